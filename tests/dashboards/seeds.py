"""Some hundred mentions of an invented brand over 14 days, the same in every run, with an outage and hostile posts."""

import random
from datetime import UTC, datetime, timedelta

from hubbub.core.facts import Facts
from hubbub.core.insight import Enriched, Insight
from hubbub.core.match import Match, MatchKind
from hubbub.core.mention import Author, Mention
from hubbub.core.verdict import Label, Verdict

NOW = datetime(2026, 11, 22, 11, 40, tzinfo=UTC)
SILENT = "forum"
"""A source whose only posts are older than the 14 days."""

_TEXTS = {
    Label.negative: [
        ("en", "Third day without internet and the {} app only says 'something went wrong'. I work from home!"),
        ("en", "Charged twice by {} this month and nobody picks up. How do I get my money back?"),
        ("th", "เน็ต {} ล่มอีกแล้ว ทำงานไม่ได้เลย โทรไปคอลเซ็นเตอร์ก็รอสายเป็นชั่วโมง"),
        ("vi", "Mạng {} chập chờn suốt cả tuần, gọi tổng đài không ai nghe máy. Quá thất vọng!"),
        ("ar", "خدمة {} سيئة جدا، الإنترنت مقطوع منذ الصباح ولا أحد يرد على الاتصال"),
    ],
    Label.neutral: [
        ("en", "Does {} cover the new station area already? Asking before I sign."),
        ("th", "โปร {} ใหม่เดือนนี้เริ่มใช้ได้วันไหนครับ"),
        ("vi", "Cho hỏi gói {} Fiber 500 có dùng được ở quận 7 không ạ?"),
    ],
    Label.positive: [
        ("en", "Technician from {} came within two hours and fixed everything. Kudos."),
        ("th", "พนักงาน {} บริการดีมาก แก้ปัญหาให้เร็วสุด ๆ ขอบคุณครับ"),
        ("vi", "Nhân viên {} lắp đặt nhanh, nhiệt tình, rất hài lòng."),
    ],
}
_TERMS = {
    "Lumo": MatchKind.alias,
    "@lumocare": MatchKind.handle,
    "Lumo Fiber": MatchKind.product,
    "#lumodown": MatchKind.hashtag,
}
_SOURCES = {"x": 0.5, "reddit": 0.25, "reviews": 0.15, "survey": 0.1}


def seeds(*, hostile: bool = True) -> list[Enriched]:
    """In no order of time."""
    dice = random.Random(20261122)
    quiet = [
        _seed(dice, number, NOW - timedelta(days=dice.uniform(0, 13.9)), dice.choices(list(Label), [30, 35, 35])[0])
        for number in range(420)
    ]
    outage = [
        _seed(dice, 1000 + number, NOW - timedelta(days=2, hours=5, minutes=dice.uniform(0, 120)), Label.negative)
        for number in range(60)
    ]
    brand = [
        _seed(dice, 2000 + number, NOW - timedelta(days=dice.uniform(0, 13)), Label.neutral, brand=True)
        for number in range(25)
    ]
    old = [
        _seed(dice, 3000 + number, NOW - timedelta(days=40 + number), Label.neutral, source=SILENT)
        for number in range(4)
    ]
    return quiet + outage + brand + old + (_hostile() if hostile else [])


def told(mentions: list[Enriched]) -> dict[str, Facts]:
    """What their conversations tell of them: of ten customers one waits, six were answered, three asked nothing."""
    facts = {}
    for number, mention in enumerate(each.mention for each in mentions if not each.mention.author.is_brand):
        hour, at = Facts(posted_hour=mention.posted_at.hour), mention.posted_at
        due = at + timedelta(minutes=30)
        took = timedelta(minutes=number * 7 % 90, seconds=number)
        first = {"opened_at": at, "due_at": due, "contacts": 1 + number % 3}
        facts[mention.id] = hour
        if number % 10 == 0:
            facts[mention.id] = hour.amended(Facts(**first, open=True, queue_state="waiting"))
        elif number % 10 < 7:
            answered = {"answered_at": at + took, "response_seconds": int(took.total_seconds())}
            facts[mention.id] = hour.amended(Facts(**first, **answered, open=False, in_time=at + took <= due))
    return facts


def seed(
    native_id: str,
    when: datetime,
    label: Label,
    text: str,
    *,
    source: str = "x",
    language: str = "en",
    term: str = "Lumo",
    author: Author | None = None,
    title: str | None = None,
    url: str | None = None,
    confidence: float = 0.9,
    competitor: bool = False,
) -> Enriched:
    name = "Nimbus" if competitor else "Lumo"
    score = {Label.negative: -confidence, Label.neutral: 0.0, Label.positive: confidence}[label]
    return Enriched(
        mention=Mention(
            source=source,
            native_id=native_id,
            posted_at=when,
            observed_at=when + timedelta(minutes=5),
            url=url,
            title=title,
            text=text,
            author=author or Author(id=f"id-{native_id}", name=f"user_{native_id}"),
        ),
        matches=(Match(brand=name, competitor=competitor, term=term, kind=_TERMS.get(term, MatchKind.keyword)),),
        insight=Insight(
            language=language,
            verdict=Verdict(
                label=label, confidence=confidence, score=score, uncertain=confidence < 0.5, model="test@1"
            ),
        ),
    )


def _seed(
    dice: random.Random, number: int, when: datetime, label: Label, *, brand: bool = False, source: str = ""
) -> Enriched:
    source = source or dice.choices(list(_SOURCES), list(_SOURCES.values()))[0]
    term = dice.choices(list(_TERMS), [50, 25, 15, 10])[0]
    language, text = dice.choice(_TEXTS[label])
    name = dice.choice(["mai.tran", "สมชาย", "anna_k", "d0ug", "نور", "p_srisuk"])
    return seed(
        str(number),
        when.replace(microsecond=number * 100 % 1000 * 1000),
        label,
        text.format(term),
        source=source,
        language=language,
        term=term,
        author=Author(id="lumo", name="lumocare", is_brand=True) if brand else Author(id=f"u{number % 90}", name=name),
        title="Lumo again" if source == "reddit" else None,
        url=f"https://{source}.example/posts/{number}",
        confidence=round(dice.uniform(0.36, 0.99), 3),
    )


def _hostile() -> list[Enriched]:
    texts = [
        "<script>alert(1)</script><img src=https://evil.example/x.png onerror=alert(2)> down AGAIN </p></main>",
        "{{ 7*7 }} {% include 'x' %} &lt;b&gt; \u202eevil\u202c \x00\x07 Lumo " + "g" * 300,
        "Lumo " + "sehr lang " * 400,
    ]
    return [
        seed(
            f"hostile-{number}",
            NOW - timedelta(minutes=number + 1),
            Label.negative,
            text,
            author=Author(id=f"h{number}", name='"><svg onload=alert(3)>'),
            title="</title><style>*{display:none}</style>" if number == 0 else None,
            term="Lumo",
            url='https://x.example/"onmouseover=alert(1)' if number == 1 else None,
            confidence=0.4,
        )
        for number, text in enumerate(texts)
    ]
