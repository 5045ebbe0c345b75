class FeatureVisualizationError(ValueError):
    """A feature visualization cannot be made as it was asked for; the message is for people."""
