"""Mentions in, one insight each out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hubbub.core.insight import Insight
from hubbub.core.mention import Mention
from hubbub.core.ports import Reader
from hubbub.core.verdict import Label
from hubbub.models.enrich import READERS
from hubbub.models.load import load_reader
from hubbub.models.reading import Reading

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def mention(native_id: str, text: str, title: str | None = None) -> Mention:
    return Mention(source="file", native_id=native_id, text=text, title=title, posted_at=NOW, observed_at=NOW)


def test_every_mention_is_read_with_its_title(trained: Path):
    reader: Reader = load_reader(str(trained / "weights"))
    mentions = [
        mention("1", "I hate it", title="this app is awful"),
        mention("2", "ชอบกาแฟนี้มาก ดีที่สุด"),
        mention("3", "😡"),
        mention("4", ""),
    ]
    insights = reader.read(mentions)
    assert [insight.language for insight in insights] == ["en", "th", "und", "und"]
    assert [insight.verdict.label for insight in insights[:2]] == [Label.negative, Label.positive]
    assert all(insight.verdict.uncertain for insight in insights[2:])
    assert not insights[3].needs_reply
    assert reader.read([]) == []


def test_every_field_of_an_insight_has_a_reader():
    assert set(Insight.model_fields) == set(READERS)


def test_a_reader_sees_what_those_before_it_found(trained: Path, monkeypatch: pytest.MonkeyPatch):
    readings: list[Reading] = []
    monkeypatch.setitem(READERS, "extra", lambda reading: readings.append(reading) or [None] * len(reading.texts))
    (insight,) = load_reader(str(trained / "weights")).read([mention("1", "I love this coffee, it is wonderful")])
    assert readings[0].found["language"] == [insight.language] == ["en"]
    assert readings[0].found["verdict"] == [insight.verdict]
    assert readings[0].embeddings.shape == (1, 32)
