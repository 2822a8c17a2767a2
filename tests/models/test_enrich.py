"""Mentions in, one insight each out."""

from datetime import UTC, datetime
from pathlib import Path

from hubbub.core.mention import Mention
from hubbub.core.ports import Reader
from hubbub.core.verdict import Label
from hubbub.models.enrich import Enrichment
from hubbub.models.load import load_judge

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def mention(native_id: str, text: str, title: str | None = None) -> Mention:
    return Mention(source="file", native_id=native_id, text=text, title=title, posted_at=NOW, observed_at=NOW)


def test_every_mention_is_read_with_its_title(trained: Path):
    reader: Reader = Enrichment(load_judge(str(trained / "weights")))
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
    assert reader.read([]) == []
