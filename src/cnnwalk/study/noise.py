"""White noise that belongs to an example: made when it is needed, the same every time."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from cnnwalk.study.draws import Purpose, seed_for

_LEVELS = 2**16
_LOW = _LEVELS - 1


class FixedNoise:
    """Noise of each example, which depends on a seed and the example's number alone.

    Nothing is kept of it: nine copies of a large set would not fit into memory. A random generator
    for each example would need a launch for each on a GPU, so every value is a hash of where it
    stands; the noise is the same bit for bit on every device. A hash of 32 bits gives two values,
    each a quantile of the normal distribution in 65,536 steps (at most 4.3 sigma).

    Args:
        seed: of the training.
        shape: of an example, (C, H, W).
        device: where noise is made.
    """

    def __init__(self, seed: int, shape: tuple[int, int, int], device: torch.device) -> None:
        self._shape = shape
        key = seed_for(Purpose.NOISE, seed)
        self._keys = _signed(key), _signed(key >> 31)
        words = -(-math.prod(shape) // 2)
        places = torch.arange(words, dtype=torch.int32, device=device)
        self._places = _mix(places.bitwise_xor_(self._keys[0]))
        # In float64 on the CPU, since devices differ in the last digits of such functions.
        shares = (torch.arange(_LEVELS, dtype=torch.float64) + 0.5) / _LEVELS
        self._quantiles = torch.special.ndtri(shares).float().to(device)

    def of(self, numbers: Tensor) -> Tensor:
        """Return standard normal noise.

        Args:
            numbers: of the examples, int64 (B,), below 2**31, on the noise's device.

        Returns:
            float32 (B, C, H, W).
        """
        keys = _mix(_mix(numbers.to(torch.int32)).bitwise_xor_(self._keys[1]))
        words = _mix(self._places ^ keys[:, None])
        halves = torch.cat([words & _LOW, (words >> 16).bitwise_and_(_LOW)], dim=1)
        count = math.prod(self._shape)
        noise: Tensor = self._quantiles.index_select(0, halves[:, :count].reshape(-1))
        return noise.view(-1, *self._shape)


def _mix(words: Tensor) -> Tensor:
    """Mix the bits of int32 words in place, so that words that differ little become unlike.

    The constants are those of "lowbias32" (Chris Wellons, "Prospecting for Hash Functions",
    2018, in the public domain).
    """
    for shift, factor in ((16, 0x7FEB352D), (15, _signed(0x846CA68B))):
        # A shift to the right copies the sign of int32, which the mask takes away.
        words.bitwise_xor_((words >> shift).bitwise_and_((1 << (32 - shift)) - 1))
        words.mul_(factor)
    return words.bitwise_xor_((words >> 16).bitwise_and_(_LOW))


def _signed(word: int) -> int:
    """Return the int32 that has the lowest 32 bits of a number."""
    word &= 0xFFFFFFFF
    return word - 2**32 if word >= 2**31 else word
