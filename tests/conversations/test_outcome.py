"""How conversations end."""

import pytest

from tests.conversations.made import line, said

ROOT = said("1", "ann", 0, within="1")
REPLY = said("2", "lumo", 20, within="1", to="1", text="try it again")
HOUR = 60


def again(minutes, label="negative", score=-0.5):
    return said("3", "ann", minutes, within="1", to="2", sentiment={"label": label, "score": score})


@pytest.mark.parametrize(
    ("rest", "outcome"),
    [
        ((), None),
        ((REPLY,), "resolved"),
        ((REPLY, again(30, "positive", 0.9)), "better"),
        ((REPLY, again(30, "negative", -0.9)), "worse"),
        ((REPLY, again(30, "negative", -0.6)), "unchanged"),
        ((REPLY, again(30), said("4", "lumo", 40, within="1", to="3", text="and so")), "silent"),
        ((REPLY, again(20 + 24 * HOUR, "positive", 0.9)), "reopened"),
        ((REPLY, again(19 + 24 * HOUR, "positive", 0.9)), "better"),
    ],
)
def test_outcomes(rest, outcome):
    assert line(ROOT, *rest)["outcome"] == outcome


@pytest.mark.parametrize(
    "words",
    [
        "please send us a DM",
        "Could you Private Message us?",
        "reach us in private",
        "รบกวนลูกค้าทักแชทค่ะ",
        "ส่งข้อความส่วนตัวมานะคะ",
        "bạn vui lòng nhắn tin riêng cho shop",
        "check hộp thư giúp mình nhé",
    ],
)
def test_what_goes_on_in_private_is_not_resolved_here(words):
    assert line(ROOT, said("2", "lumo", 20, within="1", to="1", text=words))["outcome"] == "private"


@pytest.mark.parametrize("words", ["the DMV is closed", "admin panel", "at 5 pm we call", "ต้องรอสักครู่", "tin nhắn lỗi"])
def test_what_only_sounds_like_it(words):
    assert line(ROOT, said("2", "lumo", 20, within="1", to="1", text=words))["outcome"] == "resolved"
