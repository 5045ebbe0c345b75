"""Feature visualizations as jobs: a queue with progress that outlives the walk.

===========  =====================================================================================
request      what is asked for, and the work that follows from it
job, batch   what of it is done, forms and waits; changed by nobody but the desk
desk         where jobs lie: which comes next, and who is told of changes
hand         a thread that takes batches from the desk and has them made
estimate     how long whole layers would take
store        unfinished jobs on disk
state        what is told of a job
jobs         what a walk asks for
===========  =====================================================================================
"""

from cnnwalk.featvis.jobs.errors import JobError
from cnnwalk.featvis.jobs.jobs import Jobs
from cnnwalk.featvis.jobs.request import Request
from cnnwalk.featvis.jobs.state import JobState, Preview

__all__ = ["JobError", "JobState", "Jobs", "Preview", "Request"]
