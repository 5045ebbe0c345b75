"""What goes wrong in the study."""

from __future__ import annotations


class StudyError(ValueError):
    """Part of the study cannot be done; the message is a sentence for people."""
