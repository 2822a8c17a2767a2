"""The same post as people write it: without accents, in capitals, in teencode, with slips, handles and links.

A dress rewrites a text and leaves what it says; all that is random in it comes from the dice that it is given.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from random import Random

PLAIN = 0.4  # of the posts that are learned, the share that stays as it was written
SLIPS = 0.04  # of the places between two letters, the share at which they are swapped

Dress = Callable[[str, Random], str]

_ACCENTS = re.compile("[\u0300-\u036f]")
_TONES = re.compile("[\u0e48-\u0e4b]")  # mai ek, mai tho, mai tri, mai chattawa
_THAI_SPACES = re.compile(r"(?<=[\u0e00-\u0e7f])\s+(?=[\u0e00-\u0e7f])")
_WORD = re.compile(r"\w+")
_HANDLES = ("@brand", "@support", "@customer_care", "@shop_official", "@somebody")
_TAGS = ("#fyi", "#today", "#brand", "#update", "#life")
_TEENCODE = {
    word: spellings.split()
    for word, spellings in (
        line.split(": ")
        for line in """
không: ko k hok kg hem khong
được: dc đc đk đuoc
gì: j gj
quá: wa qá wá
rồi: r rùi roi
với: vs voi
biết: bít bik biet
cũng: cug cx cũg
người: ng ngừi ngưi
nhiều: nhìu nhiu
thích: thik thít
yêu: iu
bạn: bn b
mình: mk mik mh
vậy: v dz
luôn: lun luon
thôi: thui
vui: zui
phải: fải fai
trước: trc
sau: s
làm: lm lam
nhưng: nhg nhug
những: nhữg nhug
chưa: chx ch
sao: s
thấy: thay thí
hàng: hag
sản phẩm: sp
nhân viên: nv
điện thoại: đt dt
giảng viên: gv
sinh viên: sv
chất lượng: cl
bình thường: bt
bây giờ: bh
""".strip().splitlines()
    )
}
_TEEN_WORDS = re.compile(r"\b(" + "|".join(sorted(_TEENCODE, key=len, reverse=True)) + r")\b", re.IGNORECASE)


def without_accents(text: str, dice: Random) -> str:
    return bare(text)


def half_without_accents(text: str, dice: Random) -> str:
    return "".join(bare(char) if dice.random() < 0.5 else char for char in unicodedata.normalize("NFC", text))


def teencode(text: str, dice: Random) -> str:
    """Vietnamese words as they are shortened in chats, nearly all that have such a spelling."""

    def short(word: re.Match[str]) -> str:
        return dice.choice(_TEENCODE[word[0].lower()]) if dice.random() < 0.9 else word[0]

    return _TEEN_WORDS.sub(short, unicodedata.normalize("NFC", text))


def capitals(text: str, dice: Random) -> str:
    return text.upper()


def lower_case(text: str, dice: Random) -> str:
    return text.lower()


def decomposed(text: str, dice: Random) -> str:
    """Letters and their accents as characters of their own (Unicode NFD), as some keyboards write them."""
    return unicodedata.normalize("NFD", text)


def swapped_letters(text: str, dice: Random) -> str:
    chars = list(text)
    for at in range(len(chars) - 1):
        if chars[at].isalpha() and chars[at + 1].isalpha() and dice.random() < SLIPS:
            chars[at], chars[at + 1] = chars[at + 1], chars[at]
    return "".join(chars)


def with_handles(text: str, dice: Random) -> str:
    return f"{dice.choice(_HANDLES)} {text}"


def with_links_and_tags(text: str, dice: Random) -> str:
    """A handle before, a link and a hashtag behind, each with a chance of a half but one of them at least."""
    chosen = dice.randrange(1, 8)
    before = [dice.choice(_HANDLES)] if chosen & 1 else []
    link = f"https://t.co/{dice.getrandbits(40):010x}"
    return " ".join([*before, text, *([link] if chosen & 2 else []), *([dice.choice(_TAGS)] if chosen & 4 else [])])


def without_tone_marks(text: str, dice: Random) -> str:
    return _TONES.sub("", text)


def without_spaces(text: str, dice: Random) -> str:
    """Thai letters with no space between them, as in posts typed in one go."""
    return _THAI_SPACES.sub("", text)


def with_laughter(text: str, dice: Random) -> str:
    """`5` is read "ha" in Thai."""
    return f"{text} {'5' * dice.randint(3, 8)}"


def with_stretched_end(text: str, dice: Random) -> str:
    """The last letter said longer."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    end = words[-1].end()
    return text[:end] + text[end - 1] * dice.randint(2, 6) + text[end:]


_OTHERS: Mapping[str, Dress] = {
    "without accents": without_accents,
    "capitals": capitals,
    "lower case": lower_case,
    "swapped letters": swapped_letters,
    "links and tags": with_links_and_tags,
}
DRESSES: Mapping[str, Mapping[str, Dress]] = {
    "vi": {
        "without accents": without_accents,
        "half without accents": half_without_accents,
        "teencode": teencode,
        "teencode without accents": lambda text, dice: without_accents(teencode(text, dice), dice),
        "capitals": capitals,
        "links and tags": with_links_and_tags,
    },
    "en": {
        "capitals": capitals,
        "lower case": lower_case,
        "swapped letters": swapped_letters,
        "links and tags": with_links_and_tags,
    },
    "th": {
        "without tone marks": without_tone_marks,
        "without spaces": without_spaces,
        "laughter": with_laughter,
        "stretched end": with_stretched_end,
        "handles": with_handles,
    },
}


def dress(text: str, language: str, dice: Random) -> str:
    """Returns the post as it was written, in `PLAIN` of all cases, else in one of its language's dresses."""
    if dice.random() < PLAIN:
        return text
    return dice.choice(list(DRESSES.get(language, _OTHERS).values()))(text, dice)


def bare(text: str) -> str:
    """The text without the accents of Latin script, which lie together in Unicode; `đ` is a letter of its own there."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", text)).replace("đ", "d").replace("Đ", "D")
    return unicodedata.normalize("NFC", plain)
