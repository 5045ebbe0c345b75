"""What one test leaves is nothing that the next one, in the same process, may find."""

import sys

import pytest


@pytest.fixture(autouse=True)
def own_path(monkeypatch):
    """Take back folders of networks that were loaded from files.

    Processes that a later test starts would get them, too, and with them a `random.py`.
    """
    monkeypatch.setattr(sys, "path", sys.path.copy())
