import json
from pathlib import Path

from cnnwalk.server.openapi import document

COMMITTED = Path(__file__).parents[2] / "client" / "openapi.json"


def test_the_committed_document_is_fresh():
    assert document() == COMMITTED.read_text(encoding="utf-8"), "run: make types"


def test_every_reference_leads_somewhere():
    described = document()
    schemas = json.loads(described)["components"]["schemas"]
    names = [part.partition('"')[0] for part in described.split("#/components/schemas/")[1:]]
    assert set(names) <= set(schemas)
    assert {"FrameHeader", "LayerHeader", "ValuesHeader", "ResultHeader", "ProblemHeader"} <= set(
        schemas
    )


def test_operations_have_names_for_people():
    paths = json.loads(document())["paths"]
    ids = {operation["operationId"] for item in paths.values() for operation in item.values()}
    assert {"get_walk", "get_hall", "get_pass", "get_map", "post_image", "get_draw"} <= ids
