"""Real customer care conversations (examples/care), collected into both indexes, which must agree to the document."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from hubbub.core.settings import IndexSettings, Settings
from hubbub.flows.parts import open_index
from tests.command import hubbub
from tests.elasticsearch_node import empty

CONFIG = Path(__file__).parents[2] / "examples" / "care" / "hubbub.yaml"
DATA = os.environ.get("HUBBUB_TEST_CARE_DATA", "")

pytestmark = pytest.mark.skipif(
    not DATA, reason="no care data: let HUBBUB_TEST_CARE_DATA name the folder of conversations.ndjson.gz"
)


def collected(folder: Path, url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The status after two collects, and every document by its id, without the time at which it was first indexed."""
    settings = {"HUBBUB_INDEX__URL": url, "HUBBUB_CARE_DATA": DATA, "HUBBUB_CONFIG": str(CONFIG)}
    first = json.loads(hubbub("collect", "--json", folder=folder, **settings).stdout)[0]
    assert (first["fetched"], first["new"], first["dropped"], first["dead_lettered"]) == (1170, 1164, 0, 0)
    assert json.loads(hubbub("collect", "--json", folder=folder, **settings).stdout)[0]["fetched"] == 0
    assert hubbub("alert", folder=folder, **settings).stdout == "nothing stands out\n"
    status = json.loads(hubbub("status", "--json", folder=folder, **settings).stdout)
    index = open_index(Settings(home=folder / "home", index=IndexSettings(url=url)))
    try:
        hits = index.search({"size": 2000, "query": {"match_all": {}}})["hits"]["hits"]
    finally:
        index.close()
    documents = {hit["_id"]: hit["_source"] for hit in hits}
    for document in documents.values():
        del document["event"]["ingested"]
    return status, documents


def test_both_indexes_hold_the_same_documents(tmp_path: Path, elasticsearch_8: str) -> None:
    with Elasticsearch(elasticsearch_8) as client:
        empty(client)
    (tmp_path / "embedded").mkdir()
    (tmp_path / "elastic").mkdir()
    here, these = collected(tmp_path / "embedded", "")
    there, those = collected(tmp_path / "elastic", elasticsearch_8)
    assert len(these) == 1164
    assert these == those
    assert (here["mentions"], here["brands"]) == (there["mentions"], there["brands"])
    assert here["dead_letters"] == there["dead_letters"] == 0


def test_the_report_covers_a_backfill(tmp_path: Path) -> None:
    settings = {"HUBBUB_CARE_DATA": DATA, "HUBBUB_CONFIG": str(CONFIG)}
    hubbub("collect", folder=tmp_path, **settings)
    done = hubbub("publish", "--report", "page.html", folder=tmp_path, **settings)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "2018" in page
    assert "2020" in page
