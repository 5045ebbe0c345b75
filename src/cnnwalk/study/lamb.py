"""The optimizer of the paper's authors."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

_LARGEST_NORM = 10.0


class Lamb(torch.optim.Optimizer):
    """Lamb as the paper's authors set it, without bias correction and without clipping gradients.

    Adam's direction plus `decay` times the weights is scaled for each tensor by the norm of the
    weights, at most 10, over its own norm (by 1 where either norm is 0). All weights are one
    group, so that biases and normalizations decay, too. You et al., "Large batch optimization
    for deep learning", 2020, version 3 of arXiv:1904.00962; settings of `Lamb2.py` in
    Criscraft/pytorch_classification.

    timm's Lamb cannot limit the norm of the weights. The package torch-optimizer has the same
    rule, but fetches two numbers from the GPU for each tensor and step, and its norms of large
    tensors are off by 4e-5 on a CPU.

    Args:
        weights: what is trained.
        rate: learning rate; the schedule changes ``param_groups[0]["lr"]``.
        decay: of the weights.
        betas: how much of the mean and of the squared gradient stays in each step.
        eps: added to the square root.
    """

    def __init__(
        self,
        weights: Iterable[nn.Parameter],
        rate: float,
        decay: float = 1.0,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
    ) -> None:
        super().__init__(weights, {"lr": rate, "decay": decay, "betas": betas, "eps": eps})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # a loss is never asked for
        """Move all weights that have a gradient."""
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            if weights:
                self._move(weights, group["lr"], group["decay"], group["betas"], group["eps"])

    def _move(
        self,
        weights: list[Tensor],
        rate: float,
        decay: float,
        betas: tuple[float, float],
        eps: float,
    ) -> None:
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        means, squares = self._averages(weights, "mean"), self._averages(weights, "square")
        torch._foreach_lerp_(means, gradients, 1 - betas[0])
        torch._foreach_mul_(squares, betas[1])
        torch._foreach_addcmul_(squares, gradients, gradients, 1 - betas[1])
        directions = torch._foreach_sqrt(squares)
        torch._foreach_add_(directions, eps)
        torch._foreach_reciprocal_(directions)
        torch._foreach_mul_(directions, means)
        torch._foreach_add_(directions, weights, alpha=decay)
        sizes = _norms(weights).clamp_(max=_LARGEST_NORM)
        lengths = _norms(list(directions))
        trust = torch.where((sizes > 0) & (lengths > 0), sizes / lengths, 1.0)
        torch._foreach_mul_(directions, list((trust * -rate).unbind()))
        torch._foreach_add_(weights, directions)

    def _averages(self, weights: list[Tensor], name: str) -> list[Tensor]:
        for weight in weights:
            if name not in self.state[weight]:
                self.state[weight][name] = torch.zeros_like(weight)
        return [self.state[weight][name] for weight in weights]


def _norms(tensors: list[Tensor]) -> Tensor:
    """Return the Euclidean norm of each tensor.

    Row by row first: torch sums up millions of float32 on a CPU with an error of 4e-5, sums of
    sums with 2e-8.
    """
    rows = [
        torch.linalg.vector_norm(tensor.flatten(1), dim=1) if tensor.ndim > 1 else tensor
        for tensor in tensors
    ]
    return torch.stack(torch._foreach_norm(rows))
