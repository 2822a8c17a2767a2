"""The settings that people start from: they load, and their own examples hold."""

import gzip
import importlib
import json
import re
from pathlib import Path

import pytest

from hubbub.collectors import file
from hubbub.core.matching.matcher import Matcher
from hubbub.core.ports import Query
from hubbub.core.settings import load_listening

EXAMPLES = Path(__file__).parents[2] / "examples"
CARE = EXAMPLES / "care" / "hubbub.yaml"


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("hubbub.yaml")), ids=lambda path: path.parent.name)
def test_it_loads_and_its_examples_hold(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBBUB_CARE_DATA", "somewhere")
    listening = load_listening(path)
    matcher = Matcher(listening.brands)
    for brand in listening.brands:
        for text in brand.should_match:
            assert any(match.brand == brand.name for match in matcher.find(text)), text
        for text in brand.should_not_match:
            assert not any(match.brand == brand.name for match in matcher.find(text)), text
    for entry in listening.sources:
        collector = importlib.import_module(f"hubbub.collectors.{entry.collector}")
        collector.Options.model_validate(entry.model_dump(), context={"folder": path.parent})


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("hubbub.yaml")), ids=lambda path: path.parent.name)
def test_what_is_commented_out_can_be_used(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBBUB_CARE_DATA", "somewhere")
    whole = tmp_path / "hubbub.yaml"
    settings, count = re.subn(r"^( +)# (?=\w+: )", r"\1", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    whole.write_text(settings, encoding="utf-8")
    assert count
    for entry in load_listening(whole).sources:
        collector = importlib.import_module(f"hubbub.collectors.{entry.collector}")
        collector.Options.model_validate(entry.model_dump(), context={"folder": path.parent})


def test_the_care_example_keeps_every_post_under_the_company_that_it_was_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = load_listening(CARE)
    rows = [
        {
            "id": f"{at}{who}",
            "text": "Any news?",
            "author": company if who == "agent" else "user_1",
            "is_agent": who == "agent",
            "company": company,
            "created_at": "2020-04-01T17:31:32.000Z",
            "in_reply_to": f"{at}customer" if who == "agent" else None,
            "conversation_id": f"{at}customer",
        }
        for at, company in enumerate(brand.name for brand in listening.brands)
        for who in ("customer", "agent")
    ]
    data = tmp_path / "conversations.ndjson.gz"
    data.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    monkeypatch.setenv("HUBBUB_CARE_DATA", str(tmp_path))
    (entry,) = listening.sources
    collector = file.Collector(file.Options.model_validate(entry.model_dump(), context={"folder": CARE.parent}))
    matcher = Matcher(listening.brands)
    kept = 0
    for page in collector.fetch(Query(), None):
        assert not page.dead
        for record in page.records:
            mention, matches = matcher.attribute(collector.normalise(record))
            assert record["company"] in {match.brand for match in matches}
            assert mention.author.is_brand == record["is_agent"]
            assert mention.conversation_id
            assert mention.source == "x"
            kept += 1
    assert kept == len(rows) == 2 * 24
