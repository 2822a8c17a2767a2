"""What is found, in the languages and spellings that people write."""

from datetime import UTC, datetime

import pytest

from hubbub.core.match import MatchKind
from hubbub.core.matching.matcher import Matcher
from hubbub.core.matching.watchlist import Brand, Exact, Offer
from hubbub.core.mention import Author, Mention

LUMO = Brand(
    name="Lumo",
    handles=("lumo", "lumo.vn"),
    hashtags=("LumoBank", "ลูโม"),
    aliases=(
        "Lumo Bank",
        "ลูโม",
        "น้ำใจ",
        "Cà Phê Sáng",
        "Thúy Hòa",
        "Đất",
        "Straße",
        "McDonald's",
        "O2",
        Exact(term="LM"),
    ),
    products=(Offer(name="Lumo Card", aliases=("e-card",)),),
    services=(Offer(name="Lumo Care"),),
    keywords=("삼성", "東京", "Καφές", "кофе", "قهوة", "IĞDIR", "C++", "care@lumo.example"),
)

FOUND = {
    # whole words, capitals
    "lumo": "Lumo",
    "I love LUMO!": "Lumo",
    "(Lumo)": "Lumo",
    "Lumo's app": "Lumo",
    "Lumo’s app": "Lumo",
    "anti-Lumo, Lumo-owned": "Lumo",
    "_Lumo_ and **this**": "Lumo",
    "lumo.example is down": "Lumo",
    "https://lumo.example/help is down": "Lumo",
    "x #Lumo": "Lumo",
    "❤️Lumo☕️": "Lumo",
    "👩‍💻Lumo🇻🇳": "Lumo",
    "Lumo™ Lumo®": "Lumo",
    "c++11? C++!": "C++",
    # the same word in other code points
    "ＬＵＭＯ": "Lumo",
    "𝗟𝘂𝗺𝗼": "Lumo",
    "Lu\u200bm\u00ado": "Lumo",
    "O₂": "O2",
    "strasse": "Straße",
    "STRAẞE": "Straße",
    "mcdonald’s": "McDonald's",
    "MCDONALD´S": "McDonald's",
    "e\u2011card": "e-card",
    "Iğdır": "IĞDIR",
    "iğdir": "IĞDIR",
    "İĞDIR": "IĞDIR",
    "ΚΑΦΈΣ": "Καφές",
    "КОФЕ": "кофе",
    "قَهْوَة": "قهوة",
    # accents
    "CA PHE SANG": "Cà Phê Sáng",
    "cà phê sang": "Cà Phê Sáng",
    "ca\u0300 phe\u0302 sa\u0301ng": "Cà Phê Sáng",
    "cà\u00a0 phê\nsáng": "Cà Phê Sáng",
    "thuý hoà": "Thúy Hòa",
    "thuy hòa": "Thúy Hòa",
    "dat": "Đất",
    "đât": "Đất",
    # no spaces between words
    "ชอบลูโมมาก": "ลูโม",
    "น้ําใจ": "น้ำใจ",
    "นํ้าใจ": "น้ำใจ",
    "นำ้ใจ": "น้ำใจ",
    "ใช้Lumoอยู่": "Lumo",
    "삼성은": "삼성",
    "我在東京住": "東京",
    # handles, hashtags, addresses
    "thanks @lumo": "@lumo",
    ".@LUMO please": "@lumo",
    "@lumo.": "@lumo",
    "ขอบคุณ@lumoมาก": "@lumo",
    "/u/lumo said": "@lumo",
    "＠lumo": "@lumo",
    "@lumo.vn": "@lumo.vn",
    "#lumobank": "#LumoBank",
    "＃LumoBank!": "#LumoBank",
    "#one#lumobank": "#LumoBank",
    "ชอบ#ลูโม มาก": "#ลูโม",
    "write to care@lumo.example": "care@lumo.example",
}


@pytest.mark.parametrize("text", FOUND)
def test_found(text):
    assert FOUND[text] in [match.term for match in Matcher([LUMO]).find(text)]


NOT_FOUND = [
    "",
    "\u200b",
    "lumos lumo2 xlumo",
    "lumo_x, x_lumo",
    "#LumoFail #lumobank2 #lumobankลูก",
    "C#lumobank",
    "&#lumobank;",
    "@lumos @lumo_x @lumo.x @lumo-x @lumo@social.example",
    "me@lumo lumo@mail.example x@lumo.example x.lumo@mail.example",
    "https://news.example/lumo?q=lumo#lumobank",
    "HTTPS://SOCIAL.EXAMPLE/@lumo",
    "u/lumo_fan u/lumo-fan",
    "cá phê sáng",
    "thúy hoá",
    "đắt",
    "ลูโม่ ลูโมี",
    "lm Lm LMs LḾ",
    "하삼서",
    "mcdonald s",
]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_not_found(text):
    assert Matcher([LUMO]).find(text) == []


def test_a_match_says_brand_product_term_and_kind():
    found = Matcher([LUMO]).find("my e-card, lumo care, @lumo, #lumobank")
    assert [(match.brand, match.term, match.kind, match.product) for match in found] == [
        ("Lumo", "@lumo", MatchKind.handle, None),
        ("Lumo", "#LumoBank", MatchKind.hashtag, None),
        ("Lumo", "Lumo", MatchKind.alias, None),
        ("Lumo", "e-card", MatchKind.product, "Lumo Card"),
        ("Lumo", "Lumo Care", MatchKind.service, "Lumo Care"),
    ]


def test_a_term_inside_a_longer_one_is_found_as_well():
    found = Matcher([LUMO]).find("Lumo Bank")
    assert [match.term for match in found] == ["Lumo", "Lumo Bank"]


def test_a_term_of_two_brands_names_both():
    brands = [Brand(name="One", keywords=("transfer",)), Brand(name="Two", competitor=True, keywords=("Transfer",))]
    found = Matcher(brands).find("TRANSFER")
    assert [(match.brand, match.term, match.competitor) for match in found] == [
        ("One", "transfer", False),
        ("Two", "Transfer", True),
    ]


def test_an_exclude_bars_its_own_brand_only():
    brands = [Brand(name="Lumo", excludes=("lava lamp", Exact(term="ADS"), "#ad")), Brand(name="Lamp")]
    matcher = Matcher(brands)
    assert [match.brand for match in matcher.find("my lumo lava lamp")] == ["Lamp"]
    assert [match.brand for match in matcher.find("lumo ads #adverts")] == ["Lumo"]
    assert matcher.find("lumo ADS") == []
    assert matcher.find("lumo #AD") == []


def test_each_exact_exclude_counts():
    matcher = Matcher([Brand(name="Lumo", excludes=(Exact(term="ADS"), Exact(term="ads")))])
    assert matcher.find("lumo ads") == []
    assert matcher.find("lumo ADS") == []
    assert [match.term for match in matcher.find("lumo Ads")] == ["Lumo"]


def test_no_brand_matches_nothing():
    assert Matcher([]).find("lumo") == []


def test_hostile_text_is_only_text():
    matcher = Matcher([LUMO])
    assert [match.term for match in matcher.find("\ud800 lumo \udfff \0")] == ["Lumo"]
    assert [match.term for match in matcher.find("@" * 20_000 + " lumo " + "a" * 50_000 + "#" * 20_000)] == ["Lumo"]


def test_a_text_full_of_almost_matches_takes_no_longer_than_its_length():
    matcher = Matcher([Brand(name="Other", aliases=(Exact(term="ing"), "ong"))])
    assert matcher.find("ing" * 30_000 + "ong" * 30_000) == []


def mention(**fields) -> Mention:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Mention(**{"source": "x", "native_id": "1", "posted_at": now, "observed_at": now, "text": "hello", **fields})


def test_a_post_of_the_brand_is_kept_and_its_author_marked():
    kept, matches = Matcher([LUMO]).attribute(mention(author=Author(name="LUMO")))
    assert kept.author.is_brand
    assert [(match.brand, match.term, match.kind) for match in matches] == [("Lumo", "@lumo", MatchKind.handle)]


@pytest.mark.parametrize("name", ["lumo_fan", "lumó", "ｌｕｍｏ", "lu\u200bmo", None])
def test_a_look_alike_account_is_not_the_brand(name):
    kept, matches = Matcher([LUMO]).attribute(mention(author=Author(name=name)))
    assert not kept.author.is_brand
    assert matches == ()


def test_an_account_that_speaks_for_two_brands_names_both():
    brands = [Brand(name="One", handles=("group",)), Brand(name="Two", handles=("group",))]
    _, matches = Matcher(brands).attribute(mention(author=Author(name="group")))
    assert [match.brand for match in matches] == ["One", "Two"]


@pytest.mark.parametrize("named", ["Lumo", "LUMO", "lumo bank"])
def test_a_source_may_name_the_brand(named):
    _, matches = Matcher([LUMO]).attribute(mention(brand=named))
    assert [(match.brand, match.term, match.kind) for match in matches] == [("Lumo", None, None)]


def test_a_brand_named_by_the_source_and_in_the_text_is_matched_by_the_text():
    _, matches = Matcher([LUMO]).attribute(mention(brand="Lumo", text="lumo?"))
    assert [match.term for match in matches] == ["Lumo"]


def test_a_brand_that_nobody_watches_is_not_kept():
    assert Matcher([LUMO]).attribute(mention(brand="Nemo"))[1] == ()


def test_the_title_counts_as_text():
    assert [match.term for match in Matcher([LUMO]).attribute(mention(title="Lumo again"))[1]] == ["Lumo"]
