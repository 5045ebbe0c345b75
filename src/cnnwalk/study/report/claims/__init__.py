"""What the paper claims of memorizing networks, each with the rule by which it is judged.

Left out is what eyes alone can tell, such as which animal a picture shows.
"""

from cnnwalk.study.report.claims.frequencies import FREQUENCIES
from cnnwalk.study.report.claims.maps import MAPS
from cnnwalk.study.report.claims.performance import PERFORMANCE
from cnnwalk.study.report.claims.pictures import PICTURES

CLAIMS = (*PERFORMANCE, *MAPS, *PICTURES, *FREQUENCIES)
"""In the order of the paper's sections."""

__all__ = ["CLAIMS"]
