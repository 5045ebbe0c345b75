"""Where the study's images come from.

``listing`` says what a source gives, ``opening`` makes a set of it; ``pack`` decodes once,
``parts`` divides. A module for each source; the emoji are made from packages (``npm``) of drawings
(``drawings``).
"""

from cnnwalk.study.sources.opening import SOURCES, open_images

__all__ = ["SOURCES", "open_images"]
