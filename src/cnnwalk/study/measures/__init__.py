"""What is measured of trained networks, for the report (paper 5.1 to 5.4, with controls)."""

from cnnwalk.study.measures.measurements import (
    PICTURE_PLACES,
    PLACES,
    Curve,
    ExampleImages,
    MapMeasures,
    Measurements,
    PictureMeasures,
    PicturePlace,
    Place,
)
from cnnwalk.study.measures.measuring import OnStep, Step, measure
from cnnwalk.study.measures.settings import FULL, MeasureSettings
from cnnwalk.study.measures.several import measure_all
from cnnwalk.study.measures.stored import from_json, to_json

__all__ = [
    "FULL",
    "PICTURE_PLACES",
    "PLACES",
    "Curve",
    "ExampleImages",
    "MapMeasures",
    "MeasureSettings",
    "Measurements",
    "OnStep",
    "PictureMeasures",
    "PicturePlace",
    "Place",
    "Step",
    "from_json",
    "measure",
    "measure_all",
    "to_json",
]
