"""Where input images come from: datasets, samples, uploads, noise."""

from cnnwalk.images.datasets import Dataset, Item, draw, first_readable
from cnnwalk.images.decode import MAX_PIXELS, MAX_UPLOAD_BYTES, ImageError, decode_upload
from cnnwalk.images.folder import folder
from cnnwalk.images.noise import NOISE_KINDS, NoiseKind, noise
from cnnwalk.images.noisy import STRONGEST, noisy
from cnnwalk.images.samples import samples
from cnnwalk.images.sources import find_images
from cnnwalk.images.store import ImageStore, Origin, StoredImage, image_id
from cnnwalk.images.torch_dataset import MapDataset, from_torch

__all__ = [
    "MAX_PIXELS",
    "MAX_UPLOAD_BYTES",
    "NOISE_KINDS",
    "STRONGEST",
    "Dataset",
    "ImageError",
    "ImageStore",
    "Item",
    "MapDataset",
    "NoiseKind",
    "Origin",
    "StoredImage",
    "decode_upload",
    "draw",
    "find_images",
    "first_readable",
    "folder",
    "from_torch",
    "image_id",
    "noise",
    "noisy",
    "samples",
]
