"""What a job cannot do as it stands."""

from cnnwalk.featvis.errors import FeatureVisualizationError


class JobError(FeatureVisualizationError):
    """A job is in a state in which this cannot be done; the message is a sentence for people."""
