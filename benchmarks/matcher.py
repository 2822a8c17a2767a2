"""How fast the matcher is: `python benchmarks/matcher.py [POSTS]`.

Prints the posts read a second by one core, and how many times faster that is than a loop of regular expressions over
the same terms, timed on a sample in the same run.
"""

import random
import re
import sys
import time

from hubbub.core.matching.matcher import Matcher
from hubbub.core.matching.watchlist import Brand, Offer

TERMS = 1_000
SAMPLE = 300
WORDS = {
    "english": "the app keeps crashing since this morning and nobody at support answers my third ticket about it",
    "vietnamese": "ứng dụng lỗi đăng nhập từ hôm qua tổng đài không ai nghe máy tôi thất vọng về cách phục vụ ở đây",
    "thai": "วันนี้ แอป ล่ม อีกแล้ว รอคิว นานมาก พนักงาน ไม่สนใจ ลูกค้า เลย น้ำใจ ไม่มี บริการ แย่ ที่สาขา",
}
SYLLABLES = {
    "english": "lu mo ve ra ki to ban sol ne dar pix or",
    "vietnamese": "cà phê sáng mây đỏ trà bưởi sông núi lúa hạc gió",
    "thai": "ลู โม แบงก์ ชา ดี ฟ้า ทอง สุข ใจ เร็ว น้ำ มุก",
}
LENGTHS = {"english": 18, "vietnamese": 22, "thai": 16}


def brands(dice: random.Random) -> list[Brand]:
    """Fifty brands of twenty terms each in three languages."""
    pools = {language: _names(language, TERMS, dice) for language in SYLLABLES}
    made = []
    for at in range(50):
        english, vietnamese, thai = (pools[language][at * 8 : at * 8 + 8] for language in SYLLABLES)
        made.append(
            Brand(
                name=english[0],
                handles=(english[0].replace(" ", "") + "_help",),
                hashtags=(english[0].replace(" ", ""),),
                aliases=(*english[1:4], *vietnamese[:4], *thai[:4]),
                products=(Offer(name=english[4], aliases=(vietnamese[4], thai[4])),),
                keywords=(english[5], vietnamese[5], thai[5]),
                excludes=(english[6], vietnamese[6]),
            )
        )
    return made


def posts(count: int, watched: list[Brand], dice: random.Random) -> list[str]:
    """Posts of about 110 characters, a third in each language, with one to three terms in them."""
    terms = [str(term) for brand in watched for term, _, _ in brand.terms()]
    made = []
    for at in range(count):
        language = list(WORDS)[at % 3]
        text = dice.choices(WORDS[language].split(), k=LENGTHS[language])
        for term in dice.sample(terms, dice.randint(1, 3)):
            text.insert(dice.randrange(len(text)), f" {term} ")
        made.append(("" if language == "thai" else " ").join(text))
    return made


def expressions(watched: list[Brand]) -> list[re.Pattern[str]]:
    return [
        re.compile(rf"(?<!\w){re.escape(str(term))}(?!\w)", re.IGNORECASE) for b in watched for term, _, _ in b.terms()
    ]


def _names(language: str, count: int, dice: random.Random) -> list[str]:
    syllables, joint = SYLLABLES[language].split(), " " if language == "vietnamese" else ""
    names: dict[str, None] = {}
    while len(names) < count:
        names[joint.join(dice.choices(syllables, k=dice.randint(3, 4)))] = None
    return list(names)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    dice = random.Random(7)
    watched = brands(dice)
    texts = posts(count, watched, dice)
    started = time.process_time()
    matcher = Matcher(watched)
    built = time.process_time() - started
    started = time.process_time()
    hits = sum(len(matcher.find(text)) for text in texts)
    taken = time.process_time() - started

    patterns, sample = expressions(watched), texts[:SAMPLE]
    started = time.process_time()
    for text in sample:
        for pattern in patterns:
            pattern.search(text)
    slow = (time.process_time() - started) / len(sample)

    terms = sum(1 for brand in watched for _ in (*brand.terms(), *brand.excludes))
    mean = sum(map(len, texts)) / len(texts)
    sys.stdout.write(
        f"{count:,} posts (mean {mean:.0f} characters, {hits / count:.2f} matches each) against {terms:,} terms: "
        f"{taken:.2f} s of one core, {count / taken:,.0f} posts/s\n"
    )
    sys.stdout.write(
        f"built in {built * 1000:.0f} ms; {slow * count / taken:,.0f} times as fast as a loop of regular expressions "
        f"(timed on {len(sample)} posts)\n"
    )


if __name__ == "__main__":
    main()
