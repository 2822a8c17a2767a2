"""`hubbub check` opens what it is told of, and says what is wrong before anything is collected."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command import assert_one_clear_line, hubbub, write_posts
from tests.fakes.reddit import FakeReddit
from tests.fakes.server import Answer
from tests.fakes.x import FakeX

AT = "2026-09-01T10:00:00Z"
NETWORK = {
    "HUBBUB_REDDIT__CLIENT_ID": "client",
    "HUBBUB_REDDIT__CLIENT_SECRET": "the-reddit-secret",
    "HUBBUB_X__BEARER_TOKEN": "the-x-token",
}


def write(folder: Path, *sources: dict[str, Any], **more: Any) -> None:
    settings = {"brands": [{"name": "Kolibri", "handles": ["@kolibri"]}], "sources": list(sources), **more}
    (folder / "hubbub.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")


def source(name: str, path: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "collector": "file", "path": path, **more}


def checked(folder: Path, *arguments: str, status: int = 0, **settings: str) -> dict[str, Any]:
    done = hubbub("check", "--json", *arguments, folder=folder, **settings)
    assert (done.returncode, done.stderr) == (status, ""), done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_mute_that_names_nobody_is_told(tmp_path: Path) -> None:
    write_posts(tmp_path / "good.ndjson", [{"text": "Kolibri", "posted_at": AT}] * 3)
    until = "2027-01-31T06:00:00Z"
    mutes = [{"source": "Forum", "until": until}, {"brand": "Kolibri", "rule": "negative_surge", "until": until}]
    write(tmp_path, source("forum", "good.ndjson"), alerts={"mutes": mutes})
    [warning] = checked(tmp_path)["warnings"]
    assert "no source named 'Forum'" in warning


def test_every_file_and_column_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("comment,date\nfine,2026-09-01\n")
    (tmp_path / "thai.csv").write_bytes("text,posted_at\nร้านดี,2026-09-01\n".encode("cp874"))
    (tmp_path / "excel.csv").write_bytes("text,posted_at\na,b\n".encode("utf-16"))
    write_posts(tmp_path / "posts.ndjson", [{"body": "Kolibri", "posted_at": AT}] * 3)
    write_posts(tmp_path / "good.ndjson", [{"text": "Kolibri", "posted_at": AT}] * 3)
    write(
        tmp_path,
        source("gone", "gone.csv"),
        source("survey", "survey.csv", columns={"text": "comment"}),
        source("thai", "thai.csv"),
        source("excel", "excel.csv"),
        source("posts", "posts.ndjson"),
        source("good", "good.ndjson"),
    )
    done = hubbub("check", folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    problems = [line for line in done.stdout.splitlines() if line.startswith("source ")]
    for problem, *says in zip(
        problems,
        ("'gone'", "'survey'", "'thai'", "'excel'", "'posts'"),
        ("gone.csv: cannot be read", "no column 'posted_at'", "not UTF-8", "UTF-16", "has 'text'"),
        strict=True,
    ):
        for word in says:
            assert word in problem
    assert "1 of 6 sources ready" in done.stdout


def test_a_sample_shows_whom_each_record_is_about_or_why_it_fails(tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text(
        "id,comment,date,company\n"
        "1,Kolibri is late,24/11/2568 09:15,\n"
        "2,nothing about it,24/11/2568,Zenith\n"
        "3,so slow,2025-11-24,KOLIBRI\n"
        "4,so slow,25/11/2568,KOLIBRI\n"
        "5,cut\n"
    )
    columns = {"native_id": "id", "text": "comment", "posted_at": "date", "brand": "company"}
    options = {"source": "survey", "date_format": "dd/mm/yyyy", "columns": columns}
    write(tmp_path, source("surveys", "survey.csv", **options), timezone="Asia/Bangkok")
    told = checked(tmp_path, "--sample", "9")
    (surveys,) = told["sources"]
    assert [(row["id"], row["posted_at"], row["brands"]) for row in surveys["sample"]] == [
        ("survey:1", "2025-11-24T02:15:00.000Z", ["Kolibri"]),
        ("survey:2", "2025-11-23T17:00:00.000Z", []),
        (None, None, []),
        ("survey:4", "2025-11-24T17:00:00.000Z", ["Kolibri"]),
        (None, None, []),
    ]
    assert "`date_format`" in surveys["sample"][2]["reason"] and "has 2 columns" in surveys["sample"][4]["reason"]
    assert surveys["unknown_brands"] == {"Zenith": 1}
    assert [warning for warning in told["warnings"] if "'Zenith' (1)" in warning]
    assert len(checked(tmp_path, "--sample", "2")["sources"][0]["sample"]) == 2
    shown = hubbub("check", "--sample", "2", folder=tmp_path, COLUMNS="200").stdout
    assert "2025-11-24 09:15 +07" in shown and "Kolibri is late" in shown and "so slow" not in shown


@pytest.mark.parametrize(
    ("posts", "says"),
    [
        ([{"text": "other", "posted_at": AT}] * 5, "none of its first 5 records is about a brand"),
        ([{"text": "Kolibri", "posted_at": AT}, {"text": "Kolibri"}], "1 of its first 2 records cannot be used"),
        ([{"text": f"Kolibri {n}", "posted_at": AT, "brand": f"B{n % 7}"} for n in range(50)], "'B0' (8), 'B1' (7)"),
    ],
)
def test_what_is_probably_not_meant_is_a_warning(tmp_path: Path, posts: list[dict[str, Any]], says: str) -> None:
    write_posts(tmp_path / "posts.ndjson", posts)
    write(tmp_path, source("posts", "posts.ndjson"))
    told = checked(tmp_path)
    assert [warning for warning in told["warnings"] if says in warning and "source 'posts'" in warning]
    assert told["problems"] == []


def test_a_source_of_which_nothing_can_be_used_is_a_problem(tmp_path: Path) -> None:
    write_posts(tmp_path / "posts.ndjson", [{"text": "Kolibri", "posted_at": "24/11/2026"}] * 4)
    write(tmp_path, source("posts", "posts.ndjson"))
    (problem,) = checked(tmp_path, status=2)["problems"]
    assert "none of its first 4 records can be used" in problem and "`date_format: dd/mm/yyyy`" in problem


@pytest.mark.parametrize(("bad", "status"), [(11, 2), (10, 2), (9, 0)])
def test_a_source_that_collecting_would_refuse_is_a_problem(tmp_path: Path, bad: int, status: int) -> None:
    write_posts(
        tmp_path / "posts.ndjson", [{"text": "Kolibri", "posted_at": "soon" if n < bad else AT} for n in range(20)]
    )
    write(tmp_path, source("posts", "posts.ndjson"))
    told = checked(tmp_path, status=status)
    says = f"source 'posts': {bad} of its first 20 records cannot be used; most often ({bad}): has no time"
    assert says in (told["problems"] if status else told["warnings"])[0]
    assert hubbub("collect", folder=tmp_path).returncode == min(status, 1)


def test_an_empty_file_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").touch()
    write(tmp_path, source("posts", "posts.csv"))
    told = checked(tmp_path, "--sample", "3")
    assert told["problems"] == told["warnings"] == []
    assert "no record yet" in told["sources"][0]["answer"]


def test_a_network_is_asked_only_when_told_to(tmp_path: Path) -> None:
    write(tmp_path, {"name": "talk", "collector": "reddit", "subreddits": ["acme"]}, {"name": "x", "collector": "x"})
    with FakeReddit() as reddit, FakeX() as x:
        settings = reddit.environment() | x.environment()
        assert checked(tmp_path, "--sample", "3", **settings)["problems"] == []
        assert not reddit.requests and not x.requests
        told = checked(tmp_path, "--online", "--sample", "3", **settings)
        assert [one["answer"] for one in told["sources"]] == [
            "Reddit lets us read r/acme (no post yet)",
            "X knows our key: 43,435 posts read this month of 2,000,000",
        ]
        assert [request.path for request in reddit.requests] == ["/api/v1/access_token", "/r/acme/new/"]
        assert [request.path for request in x.requests] == ["/2/usage/tweets"]


@pytest.mark.parametrize(("answer", "status", "says"), [(Answer(404), 2, "no subreddit"), (Answer(429), 1, "quota")])
def test_a_network_that_refuses_is_told_with_the_others(tmp_path: Path, answer: Answer, status: int, says: str) -> None:
    write_posts(tmp_path / "posts.ndjson", [{"text": "Kolibri", "posted_at": AT}])
    talk = {"name": "talk", "collector": "reddit", "subreddits": ["acme"]}
    write(tmp_path, talk, source("posts", "posts.ndjson"))
    with FakeReddit() as reddit:
        reddit.faults.append(answer)
        told = checked(tmp_path, "--online", status=status, **reddit.environment())
    assert len(told["problems"]) == 1 and says in told["problems"][0] and "source 'talk'" in told["problems"][0]
    assert "1 records" in told["sources"][1]["answer"]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"path": "a.csv", "colums": {}}, "colums: is not a setting"),
        ({"path": "a.csv", "columns": {"body": "text"}}, "columns.body: is not a setting"),
        ({"path": "a.csv", "date_format": "dd.mm.yy"}, "date_format: Input should be 'dd/mm/yyyy', 'mm/dd/yyyy'"),
        ({"path": "a.csv", "timezone": "Bangkok"}, "no time zone"),
        ({"path": "a.csv", "url_template": "https://a.example/{id}"}, "no value for {id}"),
        ({"path": "$NO_SUCH_FOLDER/a.csv"}, "NO_SUCH_FOLDER is not set"),
    ],
)
def test_a_misspelt_option_is_named_with_its_source(tmp_path: Path, entry: dict[str, Any], says: str) -> None:
    write(tmp_path, {"name": "a", "collector": "file", **entry})
    (problem,) = checked(tmp_path, status=2)["problems"]
    assert says in problem and "source 'a'" in problem


def test_hostile_records_stay_text(tmp_path: Path) -> None:
    hostile = "Kolibri \u001b[31m\u202e <script>\nnew line"
    write_posts(tmp_path / "posts.ndjson", [{"text": hostile, "posted_at": AT, "brand": "\u001b[2J", "\u001b[1m": 1}])
    write(tmp_path, source("posts", "posts.ndjson"))
    done = hubbub("check", "--sample", "5", folder=tmp_path)
    assert done.returncode == 0
    assert "\u001b" not in done.stdout and "\u202e" not in done.stdout


def test_a_sample_of_nothing_is_wrong_usage(tmp_path: Path) -> None:
    write(tmp_path)
    assert_one_clear_line(hubbub("check", "--sample", "0", folder=tmp_path), 2, "--sample")
    assert_one_clear_line(hubbub("check", "--config", "none.yaml", folder=tmp_path), 2, "none.yaml")
