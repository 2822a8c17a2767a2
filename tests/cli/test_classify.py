"""`hubbub classify`: the same records, in order, as they come, with a sentiment each."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.cli.commands.classify import BATCH
from tests.command import assert_one_clear_line, environment, hubbub

KEYS = {"label", "confidence", "score", "uncertain", "model"}


def test_json_lines_come_back_whole_and_in_order(tmp_path: Path) -> None:
    records = [
        {"id": n, "text": f"parcel {n} never came, awful", "tags": ["a", {"b": None}]} for n in range(BATCH + 80)
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records).encode()

    done = hubbub("classify", folder=tmp_path, stdin=lines)

    answers = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
    assert done.returncode == 0, done.stderr
    assert [{key: value for key, value in answer.items() if key != "sentiment"} for answer in answers] == records
    assert all(set(answer["sentiment"]) == KEYS for answer in answers)
    assert {answer["sentiment"]["label"] for answer in answers} == {"negative"}


def test_plain_lines_of_a_file_in_three_languages(tmp_path: Path) -> None:
    file = tmp_path / "posts.txt"
    file.write_text(
        "I love this app, thank you!\nบริการแย่มาก โทรไปไม่มีใครรับ\nDịch vụ quá tệ, tôi rất thất vọng\n", encoding="utf-8"
    )
    done = hubbub("classify", file, folder=tmp_path)
    answers = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
    assert [answer["sentiment"]["label"] for answer in answers] == ["positive", "negative", "negative"]
    assert answers[1]["text"] == "บริการแย่มาก โทรไปไม่มีใครรับ"


def test_why_names_words_of_the_text(tmp_path: Path) -> None:
    texts = [
        "the parcel is late again, terrible service",
        "บริการแย่มาก โทรไปไม่มีใครรับ",
        "Dịch vụ quá tệ, tôi rất thất vọng",
    ]
    done = hubbub("classify", "--why", folder=tmp_path, stdin="\n".join(texts).encode() + b"\n\n")
    *answers, nothing = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
    assert nothing["sentiment"]["why"] == []
    for answer, text in zip(answers, texts, strict=False):
        reasons = answer["sentiment"]["why"]
        assert set(answer["sentiment"]) == KEYS | {"why"}
        assert all(set(reason) == {"word", "weight"} and reason["word"] in text for reason in reasons)
    assert answers[0]["sentiment"]["why"][0]["word"] == "terrible"


def test_insights_are_read_off_the_text_alone(tmp_path: Path) -> None:
    texts = ["I was charged twice and I am closing my account", "thank you so much, all sorted now", ""]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts) + "{}\n"
    done = hubbub("classify", "--insights", folder=tmp_path, stdin=lines.encode())
    angry, thankful, silent, broken = [json.loads(line)["insight"] for line in done.stdout.split("\n")[:-1]]
    assert angry["needs_reply"] is True
    assert {signal["name"]: signal["words"] for signal in angry["signals"]} == {
        "money_taken": ["charged twice"],
        "leaving": ["closing my account"],
    }
    shares = angry["urgency_parts"]
    assert (shares["severity"], shares["leaving"]) == (0.5, 1)
    assert angry["urgency"] == pytest.approx(0.35 * 0.5 + 0.15 * shares["sentiment"] + 0.1, abs=1e-3)
    assert (thankful["needs_reply"], thankful["urgency"], thankful["signals"]) == (False, 0, [])
    assert silent["needs_reply"] is False
    assert broken is None


def test_the_example_of_the_readme_is_true(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    asked, told = re.search(r"\$ echo '(.+)' \| \.venv/bin/hubbub classify\n +(\{.+\})", readme).groups()
    done = hubbub("classify", folder=tmp_path, stdin=f"{asked}\n".encode())
    answer, expected = json.loads(done.stdout), json.loads(told)
    for figure in ("confidence", "score"):  # processors differ in the last digits
        assert answer["sentiment"].pop(figure) == pytest.approx(expected["sentiment"].pop(figure), abs=0.02)
    assert answer == expected


def test_an_output_of_few_letters_says_the_others_as_escapes(tmp_path: Path) -> None:
    done = hubbub("classify", folder=tmp_path, stdin="ส่งช้ามาก 😀\n".encode(), PYTHONIOENCODING="ascii")
    assert done.stdout.isascii()
    assert json.loads(done.stdout)["text"] == "ส่งช้ามาก 😀"


def test_records_without_a_text_keep_their_place_and_are_told_of(tmp_path: Path) -> None:
    stdin = b'{"text": "good"}\n{"id": 2}\n{broken\n\n{"text": "\\ud800 bad"}\n'
    done = hubbub("classify", "-", folder=tmp_path, stdin=stdin)
    answers = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
    assert [answer["sentiment"] is None for answer in answers] == [False, True, True, False]
    assert answers[1]["id"] == 2
    assert "line 3" in answers[2]["error"]
    assert answers[3]["text"] == "\ud800 bad"
    assert_one_clear_line(done, 1, "2 records without a text")


def test_a_slow_source_does_not_wait_for_a_full_batch(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "hubbub", "classify"],
        env=environment(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin and process.stdout
        for text in ("first", "second"):
            process.stdin.write(text.encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_a_reader_that_stops_early_sees_no_traceback(tmp_path: Path) -> None:
    lines = b"all fine\n" * 20_000
    done = subprocess.run(
        f'"{sys.executable}" -m hubbub classify | head -n 1',
        shell=True,
        input=lines,
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1
    assert b"Traceback" not in done.stderr


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert_one_clear_line(hubbub("classify", "nothing.txt", folder=tmp_path), 2, "nothing.txt", "No such file")


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    done = hubbub("classify", folder=tmp_path, stdin=b"x\n", HUBBUB_SENTIMENT__MODEL=str(tmp_path / "none"))
    assert_one_clear_line(done, 2, "none")


@settings(max_examples=3, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.none() | st.text(max_size=20) | st.integers()), min_size=1, max_size=40
    )
)
def test_any_records_keep_their_number_and_order(tmp_path_factory, records) -> None:
    folder = tmp_path_factory.mktemp("any")
    numbered = [{**record, "n": n, "text": record.get("text", "")} for n, record in enumerate(records)]
    stdin = "".join(json.dumps(record) + "\n" for record in numbered).encode()
    done = hubbub("classify", folder=folder, stdin=stdin)
    assert [json.loads(line)["n"] for line in done.stdout.split("\n")[:-1]] == list(range(len(numbered)))
    assert "Traceback" not in done.stderr
