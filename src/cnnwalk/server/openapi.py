"""The OpenAPI document; ``python -m cnnwalk.server.openapi`` prints it for client/openapi.json."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from cnnwalk.server.app import build_routes
from cnnwalk.server.messages import Problem
from cnnwalk.wire import FrameHeader


def document() -> str:
    """Return the document as stable, sorted JSON.

    OpenAPI has no words for a stream of frames, so the frames' headers are added to its
    components by hand: the client's types are generated from them.
    """
    described = build_routes().openapi()
    frames = TypeAdapter(FrameHeader).json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    schemas = described["components"]["schemas"]
    schemas |= frames.pop("$defs")
    schemas["FrameHeader"] = frames
    schemas["Problem"] = Problem.model_json_schema(mode="serialization")
    return json.dumps(described, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(document(), end="")
