"""The version, as the installed package says it."""

from importlib import metadata

try:
    __version__ = metadata.version("cnnwalk")
except metadata.PackageNotFoundError:  # a source folder on the path, without an install
    __version__ = "0+source"
