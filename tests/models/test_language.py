"""Which language a post is in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.models.readers.language import detect

POSTS = {
    "en": "@airline my flight was delayed again, three hours at the gate",
    "th": "ร้านนี้อร่อยมาก พนักงานน่ารักด้วย",
    "vi": "Dịch vụ của quán này rất tốt, mình sẽ quay lại",
    "ar": "الخدمة سيئة جدا ولن أعود مرة أخرى",
    "fr": "Le service était vraiment lent aujourd'hui, je suis déçue",
    "de": "Der Kundendienst hat mir sofort geholfen, vielen Dank",
    "hi": "मुझे यह ऐप बहुत पसंद है",
    "it": "Il servizio clienti non risponde mai al telefono",
    "pt": "O atendimento foi ótimo, muito obrigado pela ajuda",
    "es": "El pedido llegó tarde y nadie contesta el teléfono",
    "ru": "Это ужасно, верните мне деньги",
    "ja": "この店は本当に最高です",
    "zh": "这家店的服务太差了",
    "ko": "서비스가 정말 좋아요",
    "id": "Pelayanannya lambat sekali, saya kecewa dengan toko ini",
}


@pytest.mark.parametrize("language", POSTS)
def test_plain_posts(language: str):
    assert detect(POSTS[language]) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("dich vu qua te, cho ca tuan ma chua duoc hoan tien", "vi"),
        ("shop giao hang nhanh lam, minh rat thich", "vi"),
        ("sp dep lam shop oi, se ung ho tiep", "vi"),
        ("mua hang o day roi, nv tu van nhiet tinh lam", "vi"),
        ("bahut accha phone hai yaar, battery bhi mast hai", "hi"),
        ("yeh service bilkul bekaar hai, paise wapas karo", "hi"),
        ("kya baat hai bhai, ekdum zabardast", "hi"),
        ("pelayanannya lama banget, kapok deh belanja di sini", "id"),
        ("Perkhidmatan sangat teruk, saya tidak akan datang lagi", "ms"),
        ("De bezorging duurt veel te lang en niemand neemt de telefoon op", "nl"),
        ("Leveransen var alldeles för sen och kundtjänst svarar aldrig", "sv"),
        ("Obsługa klienta jest bardzo słaba, czekam już trzy tygodnie", "pl"),
        ("Müşteri hizmetleri hiç cevap vermiyor, çok kötü", "tr"),
        ("worst airline ever, no one picks up the phone", "en"),
        ("TERRIBLE SERVICE, NEVER AGAIN", "en"),
    ],
)
def test_posts_as_people_type_them(text: str, language: str):
    assert detect(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😡😡😡",
        "👍🏽 ❤️",
        "https://t.co/abcdef www.example.com/page",
        "@airline @support",
        "@a https://x.y 😀 123 !!!",
        "5/5",
        "\x00\ud800",
    ],
)
def test_no_words_no_language(text: str):
    assert detect(text) == "und"


@pytest.mark.parametrize("text", ["lol", "ok", "hmm"])
def test_too_few_words(text: str):
    assert detect(text) == "und"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("OK ครับ ขอบคุณมาก", "th"),
        ("iPhone 15 Pro Max กล้องดีมาก ชอบสุดๆ", "th"),
        ("@brand สวัสดีค่ะ https://example.com/this-is-an-english-link", "th"),
        ("shop ơi cho mình hỏi khi nào có hàng lại ạ, thanks", "vi"),
        ("I really love the food at ร้านอาหาร in Bangkok, the staff are friendly", "en"),
        ("😡😡 worst airline ever 😡😡", "en"),
    ],
)
def test_mixed_posts_go_by_most_of_their_letters(text: str, language: str):
    assert detect(text) == language


def test_long_posts_are_read_from_their_beginning():
    assert detect("the service was really slow today " * 10_000) == "en"


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_whatever_was_written(text: str):
    language = detect(text)
    assert language == "und" or (len(language) == 2 and language.isalpha() and language.islower())
