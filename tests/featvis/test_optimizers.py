"""The optimizers' steps are those of torch.optim, and torch's compiler stays unimported."""

import subprocess
import sys

import pytest
import torch

from cnnwalk.featvis.forming.optimizers import Adam, NAdam


@pytest.mark.parametrize(
    ("own", "torchs", "rate"),
    [(Adam, torch.optim.Adam, 0.05), (NAdam, torch.optim.NAdam, 1.0)],
)
def test_steps_are_those_of_torch_to_the_last_bit(own, torchs, rate):
    generator = torch.Generator().manual_seed(0)
    values = torch.randn((2, 3, 5), generator=generator).requires_grad_()
    expected = values.detach().clone().requires_grad_()
    optimizer, reference = own(values, rate), torchs([expected], lr=rate, maximize=True)
    for _ in range(12):
        gradient = torch.randn((2, 3, 5), generator=generator)
        optimizer.step(gradient)
        expected.grad = gradient.clone()
        reference.step()
    assert torch.equal(values, expected)
    assert values.requires_grad


def test_the_compiler_is_not_imported():
    code = """if True:
        import sys, torch
        from cnnwalk.featvis.forming.optimizers import Adam, NAdam
        for optimizer in (Adam, NAdam):
            values = torch.zeros(3, requires_grad=True)
            optimizer(values, 0.5).step(torch.ones(3))
            assert values.min() > 0
        print("torch._dynamo" in sys.modules)
    """
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "False"
