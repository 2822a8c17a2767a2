"""The commands as a care team's engineer types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.command import assert_one_clear_line, environment, hubbub, write_config, write_posts

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(tmp_path)
    write_posts(
        tmp_path / "posts.ndjson",
        [
            {"native_id": "1", "text": "Kolibri lost my parcel, terrible", "posted_at": "2026-09-01T10:00:00Z"},
            {"native_id": "2", "text": "nothing about the brand", "posted_at": "2026-09-01T11:00:00Z"},
            {"native_id": "3", "text": "Kolibri, no time given"},
            {
                "native_id": "4",
                "text": "Sorry to hear that!",
                "posted_at": "2026-09-01T12:00:00Z",
                "author_name": "Kolibri",
            },
        ],
    )
    return tmp_path


def test_collect_status_and_replay_agree(folder: Path) -> None:
    run = json.loads(hubbub("collect", "--json", folder=folder).stdout)[0]
    assert {key: run[key] for key in ("fetched", "new", "dropped", "dead_lettered")} == {
        "fetched": 4,
        "new": 2,
        "dropped": 1,
        "dead_lettered": 1,
    }
    status = json.loads(hubbub("status", "--json", folder=folder).stdout)
    assert status["mentions"]["total"] == 2
    assert status["dead_letters"] == 1
    assert status["sources"][0]["state"] == "ok"

    still_bad = json.loads(hubbub("replay", "--json", folder=folder).stdout)[0]
    assert (still_bad["fetched"], still_bad["dead_lettered"]) == (1, 1)

    write_config(folder, columns="{posted_at: text}")  # nonsense: every record is bad now, and stays a dead letter
    assert json.loads(hubbub("replay", "--json", folder=folder).stdout)[0]["dead_lettered"] == 1


def test_a_dead_letter_passes_once_its_reason_is_mended(folder: Path) -> None:
    write_posts(folder / "posts.ndjson", [{"native_id": "9", "text": "Kolibri!", "when": "2026-09-01T10:00:00Z"}])
    assert json.loads(hubbub("collect", "--json", folder=folder).stdout)[0]["dead_lettered"] == 1
    write_config(folder, columns="{posted_at: when}")
    assert json.loads(hubbub("replay", "--json", folder=folder).stdout)[0]["new"] == 1
    assert json.loads(hubbub("status", "--json", folder=folder).stdout)["dead_letters"] == 0
    assert hubbub("replay", folder=folder).stdout == "no dead letters\n"


def test_a_backfill_alerts_nobody(folder: Path) -> None:
    hubbub("collect", folder=folder)
    done = hubbub("alert", folder=folder)
    assert (done.returncode, done.stdout) == (0, "nothing stands out\n")


def test_a_failing_source_does_not_stop_the_others(folder: Path) -> None:
    (folder / "hubbub.yaml").write_text(
        "brands: [{name: Kolibri}]\n"
        "sources:\n"
        "  - {name: away, collector: reddit, subreddits: [parcels]}\n"
        "  - {name: posts, collector: file, path: posts.ndjson, source: forum}\n"
    )
    reddit = {
        "HUBBUB_REDDIT__CLIENT_ID": "id",
        "HUBBUB_REDDIT__CLIENT_SECRET": "very-secret",
        "HUBBUB_REDDIT__OAUTH_URL": "http://127.0.0.1:9",
        "HUBBUB_REDDIT__REDDIT_URL": "http://127.0.0.1:9",
    }
    done = hubbub("collect", folder=folder, **reddit)
    assert_one_clear_line(done, 1, "away")
    assert "very-secret" not in done.stderr
    status = json.loads(hubbub("status", "--json", folder=folder, **reddit).stdout)
    assert status["mentions"]["total"] == 1
    assert [source["state"][:6] for source in status["sources"]] == ["failed", "ok"]


def test_a_source_that_is_set_up_wrong_does_not_stop_the_others(folder: Path) -> None:
    config = folder / "hubbub.yaml"
    config.write_text(
        "brands: [{name: Kolibri}]\n"
        "sources:\n"
        "  - {name: gone, collector: file, path: gone.ndjson, source: forum}\n"
        "  - {name: posts, collector: file, path: posts.ndjson, source: forum}\n"
    )
    done = hubbub("collect", "--json", folder=folder)
    assert_one_clear_line(done, 2, "gone.ndjson")
    gone, posts = json.loads(done.stdout)
    assert (gone["entry"], gone["fetched"], gone["missed"]) == ("gone", 0, None)
    assert "gone.ndjson" in gone["error"]
    assert (posts["entry"], posts["error"]) == ("posts", None)


@pytest.mark.parametrize("command", ["collect", "alert"])
def test_a_prefect_server_that_does_not_answer(folder: Path, command: str) -> None:
    done = hubbub(command, folder=folder, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert_one_clear_line(done, 1, "http://127.0.0.1:9/api", "unset PREFECT_API_URL")


@pytest.mark.parametrize("command", ["status", "demo"])
def test_a_home_that_cannot_be_a_folder(folder: Path, command: str) -> None:
    (folder / "home").write_text("a file")
    assert_one_clear_line(hubbub(command, folder=folder), 2, "home", "HUBBUB_HOME")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="a device that is always full is Linux's")
@pytest.mark.parametrize("command", ["status --json", "classify posts.ndjson", "--help"])
def test_an_output_that_is_full(folder: Path, command: str) -> None:
    done = subprocess.run(
        f'"{sys.executable}" -m hubbub {command} > /dev/full',
        shell=True,
        cwd=folder,
        env=environment(folder / "home"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert_one_clear_line(done, 1, "the output cannot be written")


def test_what_is_wrong_is_said_without_escapes(folder: Path) -> None:
    assert_one_clear_line(hubbub("collect", "a\x1b[2J\u202e", folder=folder), 2, "no source named", "[2J")
    done = hubbub("mentions", "--label", "\x1b]0;title\x07", folder=folder)
    assert done.stderr.rstrip("\n").isprintable()


def test_a_title_is_not_broken_by_a_narrow_table(folder: Path) -> None:
    hubbub("collect", folder=folder)
    assert "Sentiment" in hubbub("status", folder=folder, COLUMNS="50").stdout.splitlines()


def test_check_runs_the_examples(folder: Path) -> None:
    assert hubbub("check", folder=folder).returncode == 0
    config = folder / "hubbub.yaml"
    config.write_text(config.read_text().replace("kolibri is late", "where is my parcel"))
    done = hubbub("check", folder=folder)
    assert done.returncode == 2
    assert "where is my parcel" in done.stdout


def test_the_schema_accepts_the_examples_and_refuses_a_typo(tmp_path: Path) -> None:
    validator = Draft202012Validator(json.loads(hubbub("check", "--schema", folder=tmp_path).stdout))
    for example in ("examples/hubbub.yaml", "examples/care/hubbub.yaml", "cli/demo/hubbub.yaml"):
        validator.validate(yaml.safe_load((ROOT / example).read_text(encoding="utf-8")))
    assert not validator.is_valid(
        {"brands": [{"name": "A"}], "sources": [{"name": "a", "collector": "file", "pth": "x"}]}
    )
    assert not validator.is_valid({"brands": [{"name": "A", "alias": ["b"]}]})
    level = {"minutes": 60, "hours": {"opens": "09:00", "closes": "18:00", "holidays": ["2026-12-31"]}}
    validator.validate({"brands": [{"name": "A", "accounts": {"reddit": ["b"]}}], "service_levels": [level]})
    assert not validator.is_valid({"brands": [{"name": "A"}], "service_levels": [{"hours": {"opens": "nine"}}]})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("collect", "--config", "none.yaml"), "none.yaml"),
        (("collect", "unknown"), "unknown"),
        (("publish",), "HUBBUB_KIBANA__URL"),
        (("publish", "--report", "no/such/folder/page.html"), "page.html"),
        (("evaluate", "none.jsonl"), "none.jsonl"),
        (("train", "none", "--base", "none", "--out", "out"), "none"),
        (("collect", "--wrong"), "hubbub collect --help"),
        (("nothing",), "hubbub --help"),
        (("publish", "--report", "page.html", "--days", "0"), "--days"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    assert_one_clear_line(hubbub(*arguments, folder=folder), 2, says)


@pytest.mark.parametrize("setting", ["HUBBUB_INDEX__URL", "HUBBUB_KIBANA__URL"])
def test_a_wrong_address_names_its_variable(folder: Path, setting: str) -> None:
    assert_one_clear_line(hubbub("status", folder=folder, **{setting: "localhost:9200"}), 2, setting, "http")


def test_every_command_has_help(tmp_path: Path) -> None:
    commands = [path.stem.replace("_", "-") for path in (ROOT / "cli" / "commands").glob("[a-z]*.py")]
    assert {"demo", "collect", "classify", "alert", "publish", "status", "check", "train", "evaluate", "replay"} <= set(
        commands
    )
    for name in commands:
        done = hubbub(name, "--help", folder=tmp_path)
        assert done.returncode == 0
        assert "Usage: hubbub" in done.stdout
    assert hubbub("nothing", folder=tmp_path).returncode == 2
