import numpy as np
import pytest
import torch
from PIL import Image

from cnnwalk.featvis import Order, Target
from cnnwalk.featvis.forming.draws import Draws
from cnnwalk.featvis.forming.views import Views, draw_views
from cnnwalk.featvis.settings import FourierSettings


def view(*, side=1.0, degrees=0.0, right=0.0, down=0.0):
    return Views(*(torch.tensor([number]) for number in (side, degrees, right, down)))


def picture(height, width):
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 12)])
def test_a_view_of_the_whole_is_the_picture(height, width):
    whole = picture(height, width)
    torch.testing.assert_close(view().of(whole), whole, atol=1e-5, rtol=0)


def test_a_shift_of_whole_pixels_moves_them_and_mirrors_the_edge():
    whole = picture(6, 10)
    seen = view(right=3 / 10, down=2 / 6).of(whole)
    expected = np.pad(whole[0].numpy(), ((0, 0), (0, 2), (0, 3)), mode="symmetric")[:, 2:, 3:]
    np.testing.assert_allclose(seen[0], expected, atol=1e-5)


def test_a_quarter_turn_is_numpys():
    whole = picture(9, 9)
    seen = view(degrees=90.0).of(whole)
    np.testing.assert_allclose(seen[0], np.rot90(whole[0], 1, axes=(1, 2)), atol=1e-5)


def test_a_turn_of_what_is_not_square_is_pils_inside():
    whole = picture(40, 60)[:, :1]
    expected = Image.fromarray(whole[0, 0].numpy()).rotate(20, Image.Resampling.BILINEAR)
    seen = view(degrees=20.0).of(whole)[0, 0]
    np.testing.assert_allclose(seen[12:28, 15:45], np.asarray(expected)[12:28, 15:45], atol=1e-3)


def test_half_a_side_shows_the_middle_enlarged():
    whole = picture(16, 16)
    seen = view(side=0.5).of(whole)[0, 0]
    expected = Image.fromarray(whole[0, 0].numpy()).resize(
        (16, 16), Image.Resampling.BILINEAR, box=(4, 4, 12, 12)
    )
    np.testing.assert_allclose(seen[2:-2, 2:-2], np.asarray(expected)[2:-2, 2:-2], atol=1e-5)


def test_each_picture_has_a_view_of_its_own():
    pictures = picture(8, 8).repeat(2, 1, 1, 1)
    views = Views(*(torch.tensor(pair) for pair in ([1.0, 1.0], [0.0, 90.0], [0.0, 0], [0.0, 0])))
    seen = views.of(pictures)
    torch.testing.assert_close(seen[0], pictures[0], atol=1e-5, rtol=0)
    assert not torch.allclose(seen[1], pictures[1], atol=0.1)


def test_views_keep_to_the_settings_and_come_to_rest():
    settings = FourierSettings(sides=(0.7, 0.8), rotation=5.0, shift=0.1)
    orders = [Order(Target("conv", channel=channel), settings) for channel in range(40)]
    draws = Draws(orders, torch.device("cpu"))
    views = draw_views(draws, settings)
    assert views.sides.min() >= 0.7
    assert views.sides.max() <= 0.8
    assert 2 < views.degrees.abs().max() <= 5
    assert 0.05 < views.right.std() < 0.2
    rest = draw_views(draws, settings, strength=0.0)
    assert torch.equal(rest.sides, torch.ones(40))
    assert not rest.degrees.any()
    assert not rest.down.any()
