"""Where networks come from: the demo, torchvision, timm, a user's own code."""

from cnnwalk.networks.load import load_network, network_from_module
from cnnwalk.networks.network import InputSpec, Network, NetworkError
from cnnwalk.networks.trial import try_out

__all__ = ["InputSpec", "Network", "NetworkError", "load_network", "network_from_module", "try_out"]
