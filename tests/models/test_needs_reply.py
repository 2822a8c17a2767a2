"""Whether somebody wants an answer: what the head does, and what it says where it does not fit."""

from pathlib import Path

import numpy as np
import pytest

from hubbub.core.errors import Misconfigured
from hubbub.models.head import Head
from hubbub.models.load import WEIGHTS, load_judge, load_reader
from hubbub.models.readers import needs_reply

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
