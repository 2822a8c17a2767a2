"""What a text tells of: the words are found, and neither what is denied nor what is told of others."""

from pathlib import Path

import pytest

from hubbub.core.urgency import LEAVING, SEVERITIES
from hubbub.models.readers.signals.reader import families, signals
from hubbub.models.readers.signals.spotting import Said, load_families

FOUND = [
    ("My kettle caught fire last night", "safety", "caught fire"),
    ("ปลั๊กไฟช็อต ดีนะไม่ตาย", "safety", "ไฟช็อต"),
    ("nồi cơm bốc khói luôn", "safety", "bốc khói"),
    ("noi com boc khoi luon", "safety", "boc khoi"),
    ("we all got food poisoning from it", "health", "food poisoning"),
    ("ใช้แล้วผื่นขึ้นเต็มหน้า", "health", "ผื่นขึ้น"),
    ("bé nhà em phải nhập viện", "health", "nhập viện"),
    ("someone hacked my account", "fraud", "hacked my"),
    ("there are charges I never made on my card", "fraud", "charges i never made"),
    ("โดนโกงเงินไป 2 พัน", "fraud", "โดนโกง"),
    ("shop lừa đảo", "fraud", "lừa đảo"),
    ("I was charged twice!", "money_taken", "charged twice"),
    ("still haven't received my refund", "money_taken", "haven't received my refund"),
    ("ตัดเงินไปแล้วแต่ไม่ได้ของ", "money_taken", "ตัดเงินไปแล้ว"),
    ("bị trừ tiền hai lần", "money_taken", "bị trừ tiền"),
    ("you will hear from my lawyer", "legal", "my lawyer"),
    ("แบบนี้ต้องร้อง สคบ.", "legal", "สคบ"),
    ("tôi sẽ kiện ra tòa", "legal", "sẽ kiện"),
    ("my mother is in a wheelchair and the lift is out", "vulnerable", "in a wheelchair"),
    ("แม่เป็นผู้ป่วยติดเตียง ไฟดับสามชั่วโมงแล้ว", "vulnerable", "ผู้ป่วยติดเตียง"),
    ("mẹ em chạy thận mà mất điện", "vulnerable", "chạy thận"),
    ("your app shows me another customer's orders", "data_leak", "shows me another customer's orders"),
    ("ข้อมูลลูกค้าหลุดหมดแล้ว", "data_leak", "ข้อมูลลูกค้าหลุด"),
    ("bên này làm lộ thông tin khách", "data_leak", "lộ thông tin"),
    ("cancelling my subscription today", "leaving", "cancelling my subscription"),
    ("never buying from you again", "leaving", "never buying from you again"),
    ("เดือนหน้าย้ายค่ายแน่นอน", "leaving", "ย้ายค่าย"),
    ("thôi chuyển mạng cho lành", "leaving", "chuyển mạng"),
]
NOTHING = [
    "it did not catch fire",
    "I heard that their phones catch fire",
    "this new track is on fire",
    "ไม่โดนโกงนะ",
    "bóng tay đẹp quá",  # with other accents than bỏng tay
    "beware of the scam season",
    "I will not cancel my account",
    "my sister is cancelling her subscription",
    "เปิดบัญชีใหม่ใช้บัตรประชาชนใบเดียว",
    "khong lua dao dau",
    "",
]


@pytest.mark.parametrize(("text", "name", "words"), FOUND)
def test_a_signal_is_found_with_its_words(text: str, name: str, words: str):
    found = {signal.name: signal.words for signal in signals(text)}
    assert words in found[name]


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_denied_or_told_of_others_is_none(text: str):
    assert signals(text) == ()


def test_the_names_are_those_that_the_urgency_counts():
    assert {family.name for family in families()} == {*SEVERITIES, *LEAVING}


def test_every_pattern_can_be_found():
    """Each finds what it says: its first choices, nothing in its gaps."""
    for family in families():
        assert family.patterns
        for pattern in family.patterns:
            assert all(len(anchor) > 1 for anchor in pattern.anchors), pattern


def test_a_family_is_a_file(tmp_path: Path):
    (tmp_path / "praise.toml").write_text(
        'en = ["(love|loving) (this|the) shop", "best .. ever", "smil*"]\n'
        'vi = ["tuyệt vời"]\nnot = ["best before ever"]',
        encoding="utf-8",
    )
    (praise,) = load_families(tmp_path)
    assert praise.name == "praise"
    said = "Loving the shop, best tea and cake ever, they smiled. Tuyệt vời! best before ever"
    assert praise.find(Said(said)) == ("loving the shop", "best tea and cake ever", "smiled", "tuyệt vời")
    assert praise.find(Said("tuyet voi")) == ("tuyet voi",)
    assert praise.find(Said("beloved shops, the best of one two three four ever")) == ()
