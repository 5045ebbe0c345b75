"""Feature visualization: images that maximize a channel, a neuron, a class or a direction.

======================  ==========================================================================
what is asked for       target (what is maximized), settings (how), order (one picture to make)
what is made            picture
the mathematics         forming (one module for each way in which pictures form), objective
the network             reach: a layer as a differentiable function of the input
one batch               worker: ascent (its steps), attempts (what is tried again), scoring
many                    making, by the workers of a pool
what is kept            cache, of entries named by their key
======================  ==========================================================================

Source: DeepVisionVR, section 3.3.5, for mode ``paper``; https://distill.pub/2017/feature-visualization
for Fourier images and transformation robustness, https://arxiv.org/abs/2306.06805 for ``maco``.
"""

from cnnwalk.featvis.errors import FeatureVisualizationError
from cnnwalk.featvis.order import Order
from cnnwalk.featvis.picture import Picture
from cnnwalk.featvis.settings import MODES, Mode
from cnnwalk.featvis.target import Measure, Target

__all__ = ["MODES", "FeatureVisualizationError", "Measure", "Mode", "Order", "Picture", "Target"]
