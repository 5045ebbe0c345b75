"""One thread for every test, and the oracle that knows nothing of capture."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import oracle
import pytest
import torch


@pytest.fixture(scope="session")
def autograd_structure() -> Callable[..., oracle.Structure]:
    return oracle.autograd_structure


@pytest.fixture(scope="session")
def graph_structure() -> Callable[..., oracle.Structure]:
    return oracle.graph_structure


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
