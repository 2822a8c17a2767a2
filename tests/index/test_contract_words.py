"""What every index takes for a word, in each script, and how dates are counted from now."""

import pytest

from hubbub.core.ports import Index, Json
from tests.index.made import DAY, NOW, batch, said


def found(index: Index, query: Json) -> list[str]:
    hits = index.search({"query": query, "sort": [{"@timestamp": "asc"}]})["hits"]["hits"]
    return [hit["_id"].removeprefix("forum:") for hit in hits]


@pytest.mark.parametrize(
    ("text", "words", "others"),
    [
        ("เน็ตล่มทั้งวันเลย บริการแย่", ["เน็ต", "ล่ม", "บริการ", "แย่"], ["ช้า", "รถ"]),
        ("รถไฟฟ้ามาช้ามาก", ["ช้า"], ["เร็ว"]),
    ],
)
def test_thai_words_are_found_within_a_run(index: Index, text: str, words: list[str], others: list[str]):
    index.store(batch(said(1, text, title=text), said(2, "nothing Thai")))
    index.refresh()
    for field in ("message.th", "title.th"):
        for word in words:
            assert found(index, {"match": {field: word}}) == ["1"], word
        for word in others:
            assert found(index, {"match": {field: word}}) == [], word
    assert found(index, {"match": {"message": words[0]}}) == []


@pytest.mark.parametrize("word", ["giao", "hàng", "CHẬM", "quá", "Dịch"])
def test_vietnamese_words_are_found_with_their_accents(index: Index, word: str):
    index.store(batch(said(1, "Giao hàng chậm quá! Dịch vụ tệ"), said(2, "Giáo hang chấm qua, dich vu")))
    index.refresh()
    assert "1" in found(index, {"match": {"message": word}})
    assert found(index, {"match": {"message": {"query": f"{word} tệ", "operator": "and"}}}) == ["1"]


SPLITS = [
    ("foo_bar", "foo_bar"),
    ("a user@example.com writes", "example.com"),
    ("costs 3.14 or 2,718", "2,718"),
    ("#outage", "outage"),
    ("@acmehelp", "acmehelp"),
    ("e-mail", "mail"),
    ("it’s down", "it’s"),
    ("so bad 😡😡", "😡"),
    ("日本語", "本"),
    ("テスト中", "テスト"),
    ("한국어", "한국어"),
    ("ΟΔΟΣ", "οδος".replace("ς", "σ")),
    ("U.S.A. again", "u.s.a"),
    ("e\u0301te\u0301", "e\u0301te\u0301"),
]


@pytest.mark.parametrize(("text", "word"), SPLITS)
def test_a_word_is_what_elasticsearch_takes_for_one(index: Index, text: str, word: str):
    index.store(batch(said(1, text), said(2, "else")))
    index.refresh()
    assert found(index, {"match": {"message": word}}) == ["1"]


def test_dates_are_counted_from_now(index: Index):
    """Elasticsearch has a clock of its own, so these are far from it."""
    index.store(batch(said(1, at=NOW - 4000 * DAY), said(2, at=NOW + 4000 * DAY)))
    index.refresh()
    assert found(index, {"range": {"@timestamp": {"lt": "now-1h/d"}}}) == ["1"]
    assert found(index, {"range": {"@timestamp": {"gte": "now+1w"}}}) == ["2"]
