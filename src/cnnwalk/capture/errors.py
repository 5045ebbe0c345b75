"""The one error that capture raises."""


class CaptureError(RuntimeError):
    """A network that cannot be recorded or observed; the message is a sentence for people."""
