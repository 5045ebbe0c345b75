"""Which devices train, and how exactly they compute."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

import torch

from cnnwalk.study.errors import StudyError

if TYPE_CHECKING:
    from lightning_fabric import Fabric

Precision = Literal["auto", "float32", "bfloat16"]


def machine(device: str = "auto", devices: int = 1, precision: Precision = "auto") -> Fabric:
    """Return the devices that train, as Lightning Fabric has them.

    With several devices this process is the first of as many; `Fabric.launch` starts the others,
    with the arguments of the command line that this one has.

    Args:
        device: ``auto`` is the GPU where there is one; else as torch names devices.
        devices: how many of its kind.
        precision: auto is bfloat16 on a GPU that has it, else float32. Weights are float32 always.

    Raises:
        StudyError: there is no such device, or Lightning Fabric is missing.
    """
    place = _place(device)
    count = torch.cuda.device_count() if place.type == "cuda" else devices
    if devices < 1 or devices > count:
        raise StudyError(f"{devices} devices cannot train: {_present()}.")
    if devices > 1 and place.index is not None:
        raise StudyError(f"{device} is one device: give --device {place.type} for {devices}.")
    if precision == "auto":
        can = place.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        precision = "bfloat16" if can else "float32"
    return _fabric()(
        accelerator=place.type,
        devices=devices if place.index is None or place.type == "cpu" else [place.index],
        strategy="ddp" if devices > 1 else "auto",
        precision="bf16-mixed" if precision == "bfloat16" else "32-true",
    )


def _place(device: str) -> torch.device:
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        place = torch.device(device)
    except RuntimeError as error:
        raise StudyError(f"{device!r} is no device: {_present()}.") from error
    if place.type == "cpu":
        return torch.device("cpu")
    if place.type == "cuda" and (place.index or 0) < torch.cuda.device_count():
        return place
    raise StudyError(f"There is no device {device} to train with: {_present()}.")


def _present() -> str:
    count = torch.cuda.device_count()
    gpus = [f"cuda:{index}" for index in range(count)]
    return f"here are {', '.join(['cpu', *gpus])}" if count else "here is the cpu alone"


def _fabric() -> type[Fabric]:
    # Its messages are for those who write code with it.
    for name in ("lightning_fabric", "lightning_utilities"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        import lightning_fabric
    except ImportError as error:
        raise StudyError(
            'Training needs Lightning Fabric: pip install "cnnwalk[study]".'
        ) from error
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # its import sets it
    return lightning_fabric.Fabric
