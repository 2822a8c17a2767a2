"""The file collector, on real files."""

import csv
import gzip
import json
import os
import re
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hubbub.collectors import file as file_collector
from hubbub.collectors._kit.exports import array, export, lines
from hubbub.collectors.file import Collector, Options
from hubbub.core.errors import Misconfigured, Skippable
from hubbub.core.mention import Kind
from hubbub.core.ports import Page, Query
from tests.collectors.contract import CollectorContract
from tests.collectors.hostile import HOSTILE_TEXTS
from tests.fakes.exports import FakeArray, FakeLines, FakeTable

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = "2026-11-20T08:00:00Z"


class TestLines(CollectorContract):
    collector = file_collector
    options = "path: $EXPORTS/export.ndjson"
    fake = FakeLines


class TestTable(CollectorContract):
    collector = file_collector
    options = "path: $EXPORTS/export.csv"
    fake = FakeTable
    texts = tuple(text for text in HOSTILE_TEXTS if "\ud83d" not in text)  # UTF-8 has no halves


class TestArray(CollectorContract):
    collector = file_collector
    options = "path: $EXPORTS/export.json"
    fake = FakeArray
    anew = True


def collector(path: Path, **options: Any) -> Collector:
    return Collector(Options(name="export", collector="file", path=path, **options), lambda: NOW)


def read(path: Path, cursor: dict[str, Any] | None = None, **options: Any) -> list[Page]:
    return list(collector(path, **options).fetch(Query(), cursor))


def records(pages: list[Page]) -> list[dict[str, Any]]:
    return [record for page in pages for record in page.records]


def problems(pages: list[Page]) -> list[str]:
    return [letter.reason for page in pages for letter in page.dead]


def ndjson(*rows: Any) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.mark.parametrize("suffix", [".ndjson", ".jsonl", ".json", ".csv"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_every_format_reads_the_same(tmp_path: Path, suffix: str, packed: bool, bom: bytes, newline: bytes) -> None:
    rows = [{"text": 'ร้านนี้ดีมาก, "จริง"', "posted_at": AT}, {"text": "hai\ndòng", "posted_at": AT}]
    content = {
        ".json": json.dumps(rows, indent=1).encode(),
        ".csv": f'text,posted_at\n"ร้านนี้ดีมาก, ""จริง""",{AT}\n"hai\ndòng",{AT}\n'.encode(),
    }.get(suffix, ndjson(*rows))
    if suffix != ".csv":
        content = content.replace(b"\n", newline)
    path = tmp_path / f"export{suffix}{'.gz' if packed else ''}"
    path.write_bytes(gzip.compress(bom + content) if packed else bom + content)
    pages = read(path)
    assert (records(pages), problems(pages)) == (rows, [])
    assert read(path, pages[-1].cursor) == []


def test_a_table_without_a_last_newline_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"text,posted_at\nOne,1700000000")
    pages = read(path)
    assert len(records(pages)) == 1
    assert read(path, pages[-1].cursor) == []


def test_windows_csv_with_semicolons_and_quoted_newlines(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b'text;posted_at\r\n"one\r\ntwo";%s\r\n\r\nthree, four;%s\r\n' % (AT.encode(), AT.encode()))
    assert [record["text"] for record in records(read(path))] == ["one\r\ntwo", "three, four"]


def test_bad_lines_are_set_aside_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 4096)
    path = tmp_path / "export.ndjson"
    bad = [b'{"text": "cut', b'{"text": "\xff\xfe"}', b'["no object"]', b"[" * 3000, b'{"text": "%s"}' % (b"x" * 9999)]
    good = [{"text": f"Good {n}", "posted_at": AT} for n in range(6)]
    written = [ndjson(good[0]), *(line + b"\n" + ndjson(row) for line, row in zip(bad, good[1:], strict=True))]
    path.write_bytes(b"".join(written))
    pages = read(path)
    assert records(pages) == good
    assert [" ".join(problem.split()[2:5]) for problem in problems(pages)] == [
        "is not JSON",
        "is not UTF-8",
        "is not a",
        "is nested too",
        "is longer than",
    ]
    assert pages[0].dead[0].raw == {"line": '{"text": "cut'}
    assert pages[0].dead[1].raw == {"line": '{"text": "\\xff\\xfe"}'}
    assert [letter.key for letter in pages[0].dead] == [letter.key for letter in read(path)[0].dead]


def test_bad_rows_are_set_aside_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    rows = [b'"open and never closed,1', b'"closed" wrongly,1', b"too,many,cells", b"\xff\xfe,1", b"few"]
    path.write_bytes(b"text,posted_at\n" + b"".join(row + b"\nGood,1700000000\n" for row in rows))
    pages = read(path)
    assert [record["text"] for record in records(pages)] == ["Good"] * 5
    assert len(problems(pages)) == 5


def test_what_no_store_takes_is_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "export.ndjson"
    deep: Any = "bottom"
    for _ in range(200):
        deep = [deep]
    row = {"text": "half \ud83d and \0 nul", "posted_at": AT, "score": float("nan"), "big": 10**30, "deep": deep}
    path.write_bytes(ndjson(row))
    [record] = records(read(path))
    assert record["text"] == "half \ufffd and \ufffd nul"
    assert (record["score"], record["big"]) == (None, str(10**30))
    json.dumps(record, allow_nan=False).encode()
    assert collector(path).normalise(record).text == record["text"]


@pytest.mark.parametrize("suffix", ["ndjson", "csv", "ndjson.gz"])
def test_an_appended_file_is_read_from_where_it_ended(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"export.{suffix}"

    def row(n: int) -> bytes:
        content = b"Text %d,1700000000\n" % n if suffix == "csv" else ndjson({"text": f"Text {n}"})
        return gzip.compress(content) if suffix.endswith("gz") else content

    path.write_bytes((b"text,posted_at\n" if suffix == "csv" else b"") + b"".join(map(row, range(700))))
    first = read(path)
    with path.open("ab") as file:
        file.write(row(700) + row(701))
    second = read(path, first[-1].cursor)
    assert [record["text"] for record in records(second)] == ["Text 700", "Text 701"]
    assert read(path, second[-1].cursor) == []


@pytest.mark.parametrize("change", ["truncated", "replaced", "same size"])
def test_another_file_of_that_name_is_read_from_its_start(tmp_path: Path, change: str) -> None:
    path = tmp_path / "export.ndjson"
    path.write_bytes(ndjson(*({"text": f"Old {n}"} for n in range(10))))
    cursor = read(path)[-1].cursor
    count = {"truncated": 5, "replaced": 30, "same size": 10}[change]
    path.write_bytes(ndjson(*({"text": f"{'Old' if change == 'truncated' else 'New'} {n}"} for n in range(count))))
    assert len(records(read(path, cursor))) == count


@pytest.mark.parametrize("suffix", ["ndjson", "csv"])
def test_a_line_still_being_written_is_read_when_it_is_whole(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"export.{suffix}"
    whole = b'text,posted_at\nOne,1700000000\n"Two\nlines",1700000000\n'
    if suffix == "ndjson":
        whole = ndjson({"text": "One"}, {"text": "Two\nlines"})
    for cut in range(len(whole) - 30, len(whole)):
        path.write_bytes(whole[:cut])
        pages = read(path)
        path.write_bytes(whole)
        later = read(path, pages[-1].cursor)
        texts = [record["text"] for record in records(pages) + records(later)]
        assert "One" in texts and "Two\nlines" in texts, cut


def test_a_packed_file_that_breaks_off_gives_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "export.ndjson.gz"
    noise = [{"text": os.urandom(500).hex(), "posted_at": AT} for _ in range(1000)]
    whole = gzip.compress(ndjson(*noise))
    path.write_bytes(whole[: len(whole) // 2])
    pages = read(path)
    assert 0 < len(records(pages)) < 1000
    assert "cannot be unpacked" in problems(pages)[-1]
    path.write_bytes(whole)
    assert records(pages) + records(read(path, pages[-1].cursor)) == noise


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.ndjson", None, "cannot be read"),
        ("export.txt", b"", "say `format:`"),
        ("export.json", b'[{"text": 1}', "is not JSON"),
        ("export.json", b'{"text": 1}', "no array"),
        ("export.ndjson.gz", b"not packed", "cannot be unpacked"),
        ("export.csv", b"body,posted_at\nx,y\n", "no column 'text'"),
        ("export.csv", "text,posted_at\n".encode("utf-16"), "UTF-16"),
        ("export.csv", b"PK\x03\x04\x1b[2J,", "no column 'posted_at'"),
        ("export.csv", b"a," * 2_000_000, "no column 'posted_at'"),
    ],
)
def test_a_wrong_file_is_said_in_one_line(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Misconfigured, match=says) as raised:
        read(tmp_path / name)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 1000


@pytest.mark.parametrize("name", ["export.ndjson", "export.csv", "export.json"])
def test_an_empty_file_holds_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert read(tmp_path / name) == []


def test_paths_are_relative_to_the_settings_and_know_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def path(text: str) -> Path:
        entry = {"name": "export", "collector": "file", "path": text}
        return Options.model_validate(entry, context={"folder": tmp_path}).path

    monkeypatch.setenv("EXPORTS", "/exports")
    assert path("a/b.csv") == tmp_path / "a/b.csv"
    assert path("$EXPORTS/b.csv") == path("${EXPORTS}/b.csv") == Path("/exports/b.csv")
    monkeypatch.delenv("EXPORTS")
    with pytest.raises(Misconfigured, match="EXPORTS is not set"):
        path("$EXPORTS/b.csv")
    with pytest.raises(ValidationError):
        Options(name="export", collector="file", path=Path("a.csv"), columns={"body": "x"})


def test_every_field_can_be_mapped(tmp_path: Path) -> None:
    record = {
        "id": 17,
        "body": "Slow",
        "head": "A title",
        "when": 1_700_000_000_000,
        "seen": "2024-01-01",
        "link": "https://shop.example/1",
        "place": "Store",
        "type": "Review",
        "user": {"id": "u1", "name": "@ann", "fans": "7"},
        "staff": "yes",
        "thread": "9",
        "parent": 8,
        "company": "Acme",
        "n": {"likes": -2, "replies": 1, "shares": 2, "views": 3.0},
    }
    columns = {
        "native_id": "id",
        "text": "body",
        "title": "head",
        "posted_at": "when",
        "observed_at": "seen",
        "url": "link",
        "channel": "place",
        "kind": "type",
        "author_id": "user.id",
        "author_name": "user.name",
        "followers": "user.fans",
        "is_brand": "staff",
        "conversation_id": "thread",
        "parent_id": "parent",
        "brand": "company",
        "likes": "n.likes",
        "replies": "n.replies",
        "shares": "n.shares",
        "views": "n.views",
    }
    mention = collector(tmp_path / "x.ndjson", source="shop", columns=columns).normalise(record)
    assert mention.model_dump(mode="json") == {
        "source": "shop",
        "native_id": "17",
        "kind": "review",
        "channel": "Store",
        "posted_at": "2023-11-14T22:13:20Z",
        "observed_at": "2024-01-01T00:00:00Z",
        "url": "https://shop.example/1",
        "title": "A title",
        "text": "Slow",
        "author": {"id": "u1", "name": "ann", "followers": 7, "is_brand": True},
        "engagement": {"likes": -2, "replies": 1, "shares": 2, "views": 3},
        "conversation_id": "9",
        "parent_id": "8",
        "brand": "Acme",
        "deleted": False,
        "raw": record,
    }


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-20T08:00:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("2026-11-20T15:00:00+07:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("2026-11-20 08:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        (1_700_000_000, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("1700000000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    ],
)
def test_times(tmp_path: Path, said: Any, meant: datetime) -> None:
    assert collector(tmp_path / "x.csv").normalise({"text": "a", "posted_at": said}).posted_at == meant


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"posted_at": AT}, "no text"),
        ({"text": None, "posted_at": AT}, "no text"),
        ({"text": "  ", "posted_at": AT}, "no text"),
        ({"text": "a"}, "no time"),
        ({"text": "a", "posted_at": "yesterday"}, "no time that can be read"),
        ({"text": "a", "posted_at": "2031-01-01"}, "dated 2031"),
        ({"text": "a", "posted_at": AT, "native_id": "x" * 300}, "native_id"),
    ],
)
def test_what_is_no_mention_is_skipped(tmp_path: Path, record: dict[str, Any], reason: str) -> None:
    with pytest.raises(Skippable, match=reason):
        collector(tmp_path / "x.ndjson").normalise(record)


def test_an_answer_is_a_reply_and_a_record_without_id_keeps_one(tmp_path: Path) -> None:
    reads = collector(tmp_path / "x.ndjson")
    answer = {"text": "a", "posted_at": AT, "parent_id": "1"}
    assert reads.normalise(answer).kind is Kind.reply
    assert reads.normalise({**answer, "kind": "comment"}).kind is Kind.comment
    assert collector(tmp_path / "x.ndjson", kind="ticket").normalise(answer).kind is Kind.ticket
    turned = dict(reversed(answer.items()))
    assert reads.normalise(answer).native_id == reads.normalise(turned).native_id
    assert reads.normalise(answer).native_id != reads.normalise({**answer, "text": "b"}).native_id


def test_of_a_deleted_record_only_id_and_time_stay(tmp_path: Path) -> None:
    record = {
        "native_id": "1",
        "text": "secret",
        "title": "t",
        "author_name": "wanda",
        "posted_at": AT,
        "deleted": True,
    }
    mention = collector(tmp_path / "x.ndjson").normalise(record)
    assert mention.deleted and mention.id == "file:1"
    assert "secret" not in mention.model_dump_json() and "wanda" not in mention.model_dump_json()


def test_the_time_of_the_file_is_the_time_of_observation(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(ndjson({"text": "a", "posted_at": AT}))
    os.utime(path, (1_750_000_000, 1_750_000_000))
    reads = collector(path)
    [page] = reads.fetch(Query(), None)
    assert reads.normalise(page.records[0]).observed_at.timestamp() == 1_750_000_000


def test_a_source_s_own_zone_comes_before_the_team_s(tmp_path: Path) -> None:
    def posted(zone: str | None, **entry: Any) -> datetime:
        entry = {"name": "export", "collector": "file", "path": "x.csv", **entry}
        context = {"folder": tmp_path, **({"timezone": ZoneInfo(zone)} if zone else {})}
        options = Options.model_validate(entry, context=context)
        return Collector(options, lambda: NOW).normalise({"text": "a", "posted_at": "2026-11-20T08:00"}).posted_at

    assert posted(None) == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert posted("Asia/Bangkok") == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert posted("Asia/Bangkok", timezone="America/New_York") == datetime(2026, 11, 20, 13, tzinfo=UTC)
    assert posted("Asia/Bangkok", timezone="UTC") == datetime(2026, 11, 20, 8, tzinfo=UTC)
    with pytest.raises(ValidationError, match="no time zone"):
        posted(None, timezone="Bangkok")


def test_dates_are_read_as_the_source_says(tmp_path: Path) -> None:
    reads = collector(tmp_path / "x.csv", date_format="dd/mm/yyyy", timezone="Asia/Bangkok")
    mention = reads.normalise({"text": "a", "posted_at": "19/11/2569 09:15", "observed_at": "20/11/2026"})
    assert mention.posted_at == datetime(2026, 11, 19, 2, 15, tzinfo=UTC)
    assert mention.observed_at == datetime(2026, 11, 19, 17, tzinfo=UTC)


def addressed(template: str, record: dict[str, Any], **options: Any) -> str | None:
    reads = collector(Path("x.ndjson"), url_template=template, **options)
    return reads.normalise({"text": "a", "posted_at": AT, **record}).url


def test_a_record_without_an_address_gets_one_by_the_template() -> None:
    template = "https://forum.example/t/{conversation_id}?by={author_name}#post-{native_id}"
    record = {"native_id": 17, "thread": "a b/../c?d#e", "author_name": "@ฝน"}
    columns = {"conversation_id": "thread"}
    made = "https://forum.example/t/a%20b%2F..%2Fc%3Fd%23e?by=%40%E0%B8%9D%E0%B8%99#post-17"
    assert addressed(template, record, columns=columns) == made
    assert addressed(template, {**record, "url": "https://a.example/1"}, columns=columns) == "https://a.example/1"
    assert addressed(template, {**record, "url": "javascript:alert(1)"}, columns=columns) == made
    assert addressed(template, {**record, "thread": None}, columns=columns) is None
    assert addressed("https://a.example/{native_id}", {}) is None
    assert addressed("https://a.example/{native_id}", {"native_id": "1", "deleted": True}) is None


@settings(max_examples=200)
@given(said=st.text(min_size=1, max_size=30))
def test_no_value_leads_away_from_the_template_s_place(said: str) -> None:
    url = addressed("https://a.example/t/{native_id}/x", {"native_id": said})
    assert url is None or re.fullmatch(r"https://a\.example/t/[A-Za-z0-9._~%-]+/x", url)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("https://a.example/{id}", "no value for {id}; it may hold: author_id, "),
        ("https://a.example/{native_id.__class__}", "no value for"),
        ("https://a.example/{native_id!r}", "no value for"),
        ("https://a.example/{native_id:>99999999}", "no value for"),
        ("https://a.example/{text}", "no value for"),
        ("https://a.example/{}", "no value for"),
        ("https://a.example/{native_id", "a brace without its other"),
        ("https://a.example/1", "the same for every record"),
        ("javascript:{native_id}", "a web address"),
        ("https://{channel}/{native_id}", "a web address"),
        ("{native_id}", "a web address"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(template: str, says: str) -> None:
    with pytest.raises(ValidationError) as raised:
        collector(Path("x.csv"), url_template=template)
    assert says in str(raised.value)


def test_a_table_needs_the_columns_of_its_template(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,posted_at,native_id\n")
    with pytest.raises(Misconfigured, match="no column 'conversation_id'"):
        read(path, url_template="https://a.example/{conversation_id}")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.csv", b"", "holds no record yet"),
        ("x.csv", b"text,posted_at\n", "holds no record yet"),
        ("x.csv", b"text,posted_at,who\na,b,c\n", "its first 1 records have text, posted_at, who"),
        ("x.json", b'[{"text": "a", "posted_at": 1}]', "its first 1 records have text, posted_at"),
        ("x.ndjson", b'{"title": "a", "posted_at": 1}\n', "its first 1 records have title, posted_at"),
    ],
)
def test_a_probe_says_what_the_file_holds(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert collector(tmp_path / name).probe() == f"{tmp_path / name}: {says}"


@pytest.mark.parametrize(
    ("name", "content", "options", "says"),
    [
        ("x.csv", None, {}, "cannot be read"),
        ("x.csv", b"text,when\na,b\n", {}, "no column 'posted_at' for `columns: posted_at:`; it has: text, when"),
        (
            "x.csv",
            "text,posted_at\nร้าน,1\n".encode("cp874"),
            {},
            "the first is not UTF-8 (byte 1 of the line); save the file as UTF-8",
        ),
        ("x.csv", "text,posted_at\nร้าน,1\n".encode("utf-16"), {}, "UTF-16"),
        ("x.ndjson", b'{"body": "a", "posted_at": 1}\n' * 9, {}, "none of its first 9 records has 'text'"),
        ("x.json", b'[{"text": "a", "at": 1}]', {}, "has 'posted_at' for `columns: posted_at:`; they have: text, at"),
        (
            "x.ndjson",
            b'{"text": "a", "posted_at": 1, "user": {"id": 1}}\n',
            {"columns": {"text": "user.text"}},
            "has 'user.text' for `columns: text:`",
        ),
    ],
)
def test_a_probe_says_which_column_or_file_is_missing(
    tmp_path: Path, name: str, content: bytes | None, options: dict[str, Any], says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Misconfigured) as raised:
        collector(tmp_path / name, **options).probe()
    assert says in str(raised.value)


def test_a_column_that_may_be_empty_is_told_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(ndjson({"text": "a", "posted_at": AT}))
    assert collector(path, columns={"deleted": "removed"}).probe().endswith("have text, posted_at; none has deleted")


@pytest.mark.parametrize("suffix", [".ndjson", ".csv", ".json", ".json.gz"])
def test_a_probe_reads_the_start_of_a_large_file_alone(tmp_path: Path, suffix: str) -> None:
    row = {"text": "x" * 1000, "posted_at": AT}
    count = 20_000
    if suffix == ".csv":
        content = b"text,posted_at\n" + b"".join(b"%s,%s\n" % (b"x" * 1000, AT.encode()) for _ in range(count))
    else:
        rows = [json.dumps(row)] * count
        content = (f"[{','.join(rows)}]" if "json" in suffix[:5] and "nd" not in suffix else "\n".join(rows)).encode()
    path = tmp_path / f"export{suffix}"
    path.write_bytes(gzip.compress(content, 1) if suffix.endswith("gz") else content)
    tracemalloc.start()
    collector(path).probe()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(content) > 20_000_000
    assert peak < 6_000_000


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(st.dictionaries(PLAIN, st.none() | st.floats(allow_nan=False, allow_infinity=False) | PLAIN)),
    piece=st.integers(1, 40),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
)
def test_a_json_array_is_the_same_in_pieces_of_any_size(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, Any]],
    piece: int,
    indent: int | None,
    ascii_only: bool,
) -> None:
    path = tmp_path_factory.mktemp("t") / "export.json"
    content = json.dumps(rows, indent=indent, ensure_ascii=ascii_only).encode()
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(array, "_PIECE", piece)
        assert records(read(path)) == json.loads(content)


@pytest.mark.parametrize(
    "content", [b"[{}", b"[{},", b"[{}]]", b"[,{}]", b"[{},]", b"[{} {}]", b"{}", b"nul", b'["', b"[" * 9999, b"[\xff]"]
)
def test_what_is_no_json_array_is_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(Misconfigured) as raised:
        read(tmp_path / "x.json")
    assert "\n" not in str(raised.value) and len(str(raised.value)) < 300


ROWS = st.lists(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), min_size=2, max_size=2)
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, stop=st.integers(0, 10))
def test_any_table_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], stop: int
) -> None:
    path = tmp_path_factory.mktemp("t") / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["text", "posted_at"], *rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "PAGE", 3)
        pages = read(path)
        part = pages[:stop]
        rest = read(path, part[-1].cursor) if part else pages
    assert [list(record.values()) for record in records(part + rest)] == rows
    assert not problems(pages)
