"""Other people's numbers are hidden, whichever way they are written, and what is nobody's stays."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.core.text import link, masked, one_line

DIGITS = st.text("0123456789", min_size=8, max_size=8)
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
AROUND = st.sampled_from(
    [
        ("", ""),
        ("call ", " today"),
        ("โทร", "ค่ะ"),
        ("โทร. ", " ครับ"),
        ("sđt", "nhé"),
        ("Zalo: ", "."),
        ("(", ")"),
        ("tel:", ","),
        ("24/11/2026 09:15 ", " 12.500.000đ"),
        ("", "\nสาขา 2"),
    ]
)
SIGNS = st.sampled_from(["", "-", " ", ".", " - ", "–", "\u00a0", "\u2011"])


def grouped(digits: str, sizes: tuple[int, ...], sign: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    assert at == len(digits)
    return sign.join(parts)


@st.composite
def mobiles(draw: st.DrawFn) -> str:
    """Of Thailand (06, 08, 09) or Vietnam (03, 05, 07, 08, 09)."""
    second, rest = draw(st.sampled_from("35789")), draw(DIGITS)
    number = f"0{second}{rest}"
    sign = draw(SIGNS)
    home = [(10,), (3, 3, 4), (3, 7), (4, 3, 3), (2, 4, 4), (2, 2, 2, 2, 2), (3, 3, 2, 2), (4, 6), (3, 4, 3)]
    abroad = [(9,), (2, 3, 4), (3, 3, 3), (2, 7), (1, 4, 4), (2, 3, 2, 2)]
    if draw(st.booleans()):
        return grouped(number, draw(st.sampled_from(home)), sign)
    country = draw(st.sampled_from(["66", "84"]))
    prefix = draw(
        st.sampled_from([f"+{country}", f"00{country}", f"(+{country})", f"+{country} (0)", country, f"+{country}0"])
    )
    return prefix + sign + grouped(number[1:], draw(st.sampled_from(abroad)), sign)


@st.composite
def landlines(draw: st.DrawFn) -> str:
    sign, rest = draw(SIGNS), draw(DIGITS)
    thai, bangkok = f"0{draw(st.sampled_from('3457'))}{rest[:7]}", f"02{rest[:7]}"
    hanoi = f"02{draw(st.sampled_from('48'))}{rest}"
    return draw(
        st.sampled_from(
            [
                grouped(bangkok, (2, 3, 4), sign),
                grouped(bangkok, (1, 4, 4), sign),
                grouped(thai, (3, 3, 3), sign),
                grouped(thai, (3, 6), sign),
                grouped(hanoi, (3, 4, 4), sign),
                grouped(hanoi, (3, 8), sign),
                f"({bangkok[:2]}) {bangkok[2:]}",
                f"({hanoi[:3]}) {hanoi[3:7]} {hanoi[7:]}",
            ]
        )
    )


@st.composite
def thai_citizens(draw: st.DrawFn) -> str:
    """13 digits, the last by the first twelve: 11 less the remainder by 11 of their sum, weighed 13 to 2."""
    first = draw(st.sampled_from("12345678")) + draw(st.text("0123456789", min_size=11, max_size=11))
    check = (11 - sum(int(digit) * (13 - at) for at, digit in enumerate(first)) % 11) % 10
    number = f"{first}{check}"
    return grouped(
        number, *draw(st.sampled_from([((13,), ""), ((1, 4, 5, 2, 1), " "), ((1, 4, 5, 2, 1), "-"), ((1, 12), "-")]))
    )


@st.composite
def vietnamese_citizens(draw: st.DrawFn) -> str:
    number = f"{draw(st.integers(1, 96)):03}" + draw(st.text("0123456789", min_size=9, max_size=9))
    return grouped(
        number, draw(st.sampled_from([(12,), (3, 3, 3, 3), (4, 4, 4)])), draw(st.sampled_from(["", " ", "."]))
    )


@settings(max_examples=400, deadline=None)
@given(
    number=st.one_of(mobiles(), landlines(), thai_citizens(), vietnamese_citizens()),
    around=AROUND,
    digits=st.sampled_from([None, THAI_DIGITS, WIDE_DIGITS]),
)
def test_every_number_of_a_person_is_hidden(
    number: str, around: tuple[str, str], digits: dict[int, int] | None
) -> None:
    before, after = around
    assert masked(f"{before}{number.translate(digits or {})}{after}") == f"{before}[number]{after}"


@pytest.mark.parametrize(
    "number",
    [
        "12345678",
        "1234567890123",
        "1-2345-67890-12-3",
        "+44 20 7946 0958",
        "(02) 123-4567-8",
        "(081) 234-5678",
        "020 7946 0958",
        "555-123-4567",
        "(555) 123-4567",
        "1-800-555-1234",
        "4111 1111 1111 1111",
        "123-4-56789-0",
        "0 8 1 2 3 4 5 6 7 8",
    ],
)
def test_long_numbers_are_hidden(number: str) -> None:
    assert masked(f"it is {number}, thanks") == "it is [number], thanks"


@pytest.mark.parametrize(
    "around", [("mail ", " now"), ("ติดต่อ", "ค่ะ"), ("<", ">"), ("mailto:", "?subject=a"), ("#", "")]
)
@pytest.mark.parametrize(
    "address", ["a@b.co", "joe.bloggs+x@mail.example.co.uk", "ñandú@exämple.org", "0812345678@x.co"]
)
def test_mail_addresses_are_hidden(around: tuple[str, str], address: str) -> None:
    before, after = around
    assert masked(f"{before}{address}{after}") == f"{before}[e-mail]{after}"


def test_two_numbers_and_a_price_are_told_apart() -> None:
    said = "0812345678 / 0898765432 หรือ 02-123-4567 (18:00 - 02:00) ราคา 1,500 บาท"
    assert masked(said) == "[number] / [number] หรือ [number] (18:00 - 02:00) ราคา 1,500 บาท"


@pytest.mark.parametrize(
    "harmless",
    [
        "2026-11-24T09:15:00.123456+07:00",
        "24/11/2026",
        "24.11.2026 09.15",
        "24/11/2569 10.30-12.30 น.",
        "01-05/02/2563",
        "11/03 - 12/03/2023",
        "01/02/2563 - 05/02/2563",
        "11/2025-12/2026",
        "20261124",
        "เปิด 08.00-12.30, 13.00 - 16.00",
        "22.10 - 22.40 22.40 - 22.50",
        "2018-2020",
        "2561–2563",
        "1,234,567 views",
        "1.234.567 lượt xem",
        "12.500.000đ",
        "10.000.000.000 VND",
        "500.000-1.000.000đ",
        "500.000 – 1.000.000 VND",
        "1,200,000.50",
        "15000000 บาท",
        "$12345678",
        "50 000",
        "1 200 000 đồng",
        "ราคา 1200-1500, 1200 1500 1800",
        "99.9%",
        "13.7563309, 100.5017651",
        "3.14159265",
        "v10.0.19045.3803",
        "version 115.0.5790.102",
        "192.168.10.100",
        "#covid2019 #11112563sale @user_12345678",
        "iPhone 15 Pro 256 GB",
        "error 404, build 1909",
        "ตลก 55555555555",
        "55555554",
        "https://x.com/a/status/1245403438755852288",
        "https://web.archive.org/web/20200401224734/https://support.example/answer/185111",
        "100-200-300",
    ],
)
def test_what_is_nobodys_stays(harmless: str) -> None:
    assert masked(harmless) == harmless
    assert masked(f"ล่ม {harmless} อีกแล้ว") == f"ล่ม {harmless} อีกแล้ว"


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.dates().map(lambda day: f"{day:%d/%m/}{2569 if day.year < 1900 or day.year > 2099 else day.year}"),
            st.integers(0, 10**12).map(lambda price: f"{price:,}"),
            st.integers(10**6, 10**12).map(lambda price: f"{price:,}".replace(",", ".") + "đ"),
            st.times().map(lambda clock: f"{clock:%H:%M:%S}"),
            st.integers(0, 9_999_999).map(str),
            st.decimals(0, 100, places=2).map(lambda part: f"{part}%"),
        ),
        max_size=6,
    )
)
def test_dates_prices_and_counts_stay(parts: list[str]) -> None:
    said = ", ".join(parts)
    assert masked(said) == said


@pytest.mark.parametrize("number", ["0901234567", "66812345678", "84901234567"])
def test_a_number_in_a_link_is_hidden(number: str) -> None:
    assert masked(f"https://zalo.me/{number}?x=1") == "https://zalo.me/[number]?x=1"


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789 .-/()+@#aก:,_๐\n"), max_size=60))
def test_nothing_but_the_hidden_is_lost(text: str) -> None:
    parts = [part for piece in masked(text).split("[e-mail]") for part in piece.split("[number]")]
    at = 0
    for part in parts:
        assert part in text[at:]
        at = text.index(part, at) + len(part)


@pytest.mark.parametrize(
    "part",
    [
        "0 ",
        "1.111",
        "1.111.",
        "a@",
        "a.",
        "1-",
        "(0",
        "+",
        "0",
        "2018-",
        "1:",
        "x",
        "0.0",
        "@a",
        "#_",
        "(+66",
        "9-9/",
        "55",
    ],
)
def test_hostile_text_takes_no_longer_than_its_length(part: str) -> None:
    def spent(length: int) -> float:
        text = part * (length // len(part))
        began = time.process_time()
        masked(text)
        return time.process_time() - began

    assert spent(80_000) < 1 + 12 * spent(20_000)
    assert masked("https://" + part * 1000 + "!")


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\ufeff", "\u200d"])
def test_characters_without_width_hide_no_number(hidden: str) -> None:
    assert masked(f"call 081{hidden}234{hidden}5678 now") == "call [number] now"


def test_an_address_may_be_in_capitals() -> None:
    assert link("HTTPS://X.example/1") == "HTTPS://X.example/1"
    assert link("JAVASCRIPT://x.example/1") is None


def test_one_line_has_no_breaks_and_no_wide_gaps() -> None:
    assert one_line(" a\n\tb \u2028 c ") == "a b c"
    assert one_line(ValueError("a\nb")) == "a b"
    assert one_line("a  b" * 100, 5) == "a ba "
