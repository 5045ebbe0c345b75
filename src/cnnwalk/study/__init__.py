"""The paper's study (sections 4 and 5): train with strategies, measure, report, walk.

What follows from `cnnwalk study`: images (`sources`, `emoji`), training (`training`), the trained
networks (`trained`, `shipped`), what is measured of them (`measures`), the report (`report`).
"""
