"""Whether somebody wants an answer: what the head does, and what it says where it does not fit."""

import gzip
import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from hubbub.core.errors import Misconfigured
from hubbub.models.head import Head
from hubbub.models.load import WEIGHTS, load_judge, load_reader
from hubbub.models.readers import needs_reply

DATA = os.environ.get("HUBBUB_TEST_REPLY_DATA", "")
PRECISION, RECALL = {"th": 0.8, "vi": 0.79}, {"th": 0.53, "vi": 0.75}  # a little below what was measured
LABELS = Path(__file__).parent / "data" / "needs_reply.tsv"

WAITS = [
    "@acme my parcel says delivered but nothing is here",
    "@acme how do I change my address?",
    "@acme please call me back, I have been waiting for two days",
    "สาขาบางแคเปิดกี่โมงคะ",
    "สั่งไปตั้งแต่วันจันทร์ ยังไม่ได้ของเลยค่ะ โทรไปก็ไม่มีคนรับ",
    "Giá bao nhiêu vậy shop ơi?",
    "Máy mới mua một tuần đã bị đơ, màn hình chạm không ăn, thất vọng quá",
]
DOES_NOT = [
    "@acme thank you so much, all sorted now",
    "love this song, dancing all night",
    "Acme opens a second hub in Leeds next spring, creating 300 jobs",
    "หิวแล้ว ไปกินหม้อไฟกัน 555",
    "ร่วมสนุกลุ้นรับบัตรคอนเสิร์ต เพียงกดไลก์ กดแชร์ และแท็กเพื่อน 3 คน",
    "Máy đẹp, pin trâu, nhân viên nhiệt tình. Rất hài lòng",
    "",
    "  ",
]


@pytest.mark.parametrize("model", ["", "fast"])
def test_who_asks_or_complains_waits_and_who_thanks_or_chats_does_not(model: str):
    insights = load_reader(model).read_texts([*WAITS, *DOES_NOT])
    told = [insight.needs_reply for insight in insights]
    wrong = [text for text, one in zip(WAITS, told, strict=False) if not one]
    wrong += [text for text, one in zip(DOES_NOT, told[len(WAITS) :], strict=True) if one]
    assert len(wrong) <= (0 if model == "" else 2), wrong


def test_the_head_is_of_the_weights_that_ship_and_small():
    file = WEIGHTS / needs_reply.NAME
    Head.load(file).check(load_judge().name)
    assert file.stat().st_size < 300_000


def test_a_head_of_other_weights_says_how_to_fit_it(trained: Path, tmp_path: Path):
    head = Head.load(trained / "weights" / needs_reply.NAME)
    with pytest.raises(
        Misconfigured, match=r"fitted on hubbub-sentiment@\w+, and .* is in use.*hubbub train --heads-only"
    ):
        head.check("hubbub-sentiment@0123456789ab")
    with pytest.raises(Misconfigured, match="hubbub train --heads-only"):
        Head.load(tmp_path / "none.npz")
    (tmp_path / "none.npz").write_bytes(b"PK no head")
    with pytest.raises(Misconfigured, match="no head that can be read"):
        Head.load(tmp_path / "none.npz")


def test_a_head_that_was_written_says_the_same(trained: Path, tmp_path: Path):
    reader = load_reader(str(trained / "weights"))
    insights = reader.read_texts(WAITS)
    head = Head.load(trained / "weights" / needs_reply.NAME)
    head.write(tmp_path / "again.npz")
    again = Head.load(tmp_path / "again.npz")
    verdicts, languages = [one.verdict for one in insights], [one.language for one in insights]
    np.testing.assert_allclose(
        again.odds(WAITS, verdicts, languages, None), head.odds(WAITS, verdicts, languages, None), atol=0.02
    )


def texts(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line).get("text", "") if line.startswith("{") else line.rstrip("\n")


@pytest.mark.skipif(not DATA, reason="no posts: let HUBBUB_TEST_REPLY_DATA name the folder of sentiment and unlabelled")
@pytest.mark.parametrize("language", ["th", "vi"])
def test_posts_labelled_by_somebody_who_did_not_know_the_code(language: str):
    rows = [line.split("\t") for line in LABELS.read_text(encoding="utf-8").splitlines()[1:]]
    labels = {digest: label == "yes" for digest, spoken, label in rows if spoken == language}
    found = {sha256(text.encode()).hexdigest(): text for text in texts(Path(DATA))}
    assert labels.keys() <= found.keys()
    told = load_reader("").read_texts([found[digest] for digest in labels])
    pairs = list(zip(labels.values(), (one.needs_reply for one in told), strict=True))
    right = pairs.count((True, True))
    assert right / (right + pairs.count((False, True))) >= PRECISION[language]
    assert right / (right + pairs.count((True, False))) >= RECALL[language]
