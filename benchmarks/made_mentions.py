"""Made mentions of 90 days to measure with: half English, a quarter Thai, a quarter Vietnamese; the same every time."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from hubbub.core.insight import Enriched, Insight
from hubbub.core.match import Match, MatchKind
from hubbub.core.mention import Author, Engagement, Kind, Mention
from hubbub.core.verdict import Label, Verdict

SEED = 11
DAYS = 90
BRANDS = {
    "Lotus Mobile": ("lotus mobile", "@lotusmobile", "#lotusdown", "lotus fibre", "lotus prepaid", "lotusเน็ต"),
    "Mekong Pay": ("mekong pay", "@mekongpay", "mekong wallet", "ví mekong", "mekong qr", "#mekongpay"),
    "Siam Parcel": ("siam parcel", "@siamparcel", "สยามพาร์เซล", "siam express", "siam locker", "#siamparcel"),
}
RIVALS = ("Orchid Telecom", "Delta Post", "Red River Bank")
KINDS = (MatchKind.alias, MatchKind.handle, MatchKind.product, MatchKind.hashtag, MatchKind.service)
PLATFORMS = {"x": "x-search", "reddit": "subreddits", "forum": "forum-export", "reviews": "store-reviews"}
PLACES = {
    "x": (None,),
    "reddit": ("r/bangkok", "r/saigon", "r/telecom", "r/onlineshopping", "r/hanoi"),
    "forum": ("help", "broadband", "billing", "general"),
    "reviews": ("play store", "app store", "shop page"),
}
ENGLISH = (
    (
        "Honestly",
        "Third week in a row:",
        "Hi team,",
        "Just so you know,",
        "Update from yesterday:",
        "Not sure who reads this but",
        "PSA:",
    ),
    (
        "the {brand} app logs me out every time I open it",
        "my order {number} from {brand} has been sitting in the warehouse since {day}",
        "{brand} charged my card twice for the same plan",
        "the courier from {brand} marked it delivered but nobody rang the bell",
        "support at {brand} keeps closing ticket {number} without an answer",
        "the new {brand} plan is cheaper than what I had and works fine in {city}",
        "a really patient agent at {brand} sorted out my refund in ten minutes",
        "signal from {brand} drops as soon as I take the train out of {city}",
        "how do I change the delivery address with {brand} after paying",
        "top up through {brand} failed at the counter and the money is gone",
    ),
    (
        "and I have been waiting {number} minutes on the phone.",
        "so please look into it before {day}.",
        "and the chat bot only sends me the same link again.",
        "which is exactly what I hoped for, thank you!",
        "while the shop in {city} tells me to write an e-mail.",
        "and my neighbours in {city} say the same.",
        "but at least the people on the counter were friendly.",
    ),
    (
        "",
        "",
        "Reference {number}.",
        "Anyone else?",
        "I am thinking about leaving.",
        "😡",
        "Screenshots are in the thread, see the second page.",
        "👍",
    ),
)
THAI = (
    ("วันนี้", "รบกวนสอบถามหน่อยครับ", "แจ้งปัญหาค่ะ", "อัปเดตจากเมื่อวาน", "ขอบ่นหน่อยนะ", "สวัสดีค่ะ"),
    (
        "แอป {brand} เข้าไม่ได้ตั้งแต่เช้า ขึ้นว่าระบบขัดข้องตลอด",
        "พัสดุหมายเลข {number} ของ {brand} ค้างอยู่ที่คลังสินค้าสามวันแล้ว",
        "สัญญาณ {brand} แถว{city}หายทุกเย็น เล่นอะไรไม่ได้เลย",
        "โอนเงินผ่าน {brand} แล้วเงินไม่เข้า ร้านค้าก็รออยู่",
        "พนักงาน {brand} ที่สาขา{city}บริการดีมาก พูดจาสุภาพ แก้ปัญหาให้เร็ว",
        "โปรใหม่ของ {brand} คุ้มกว่าเดิม เน็ตแรงขึ้นจริง",
        "ถูก {brand} หักเงินสองรอบในเดือนเดียว ใครเคยเจอบ้าง",
    ),
    (
        "โทรไปคอลเซ็นเตอร์รอสายนานมากไม่มีคนรับ",
        "ช่วยตรวจสอบให้ด้วยนะคะ ขอบคุณค่ะ",
        "ทักแชทไปก็ตอบแต่ข้อความเดิม",
        "ประทับใจมากครับ จะใช้ต่อแน่นอน",
        "ถ้ายังเป็นแบบนี้คงต้องย้ายค่ายแล้ว",
        "เพื่อนบ้านก็เป็นเหมือนกันหมด",
    ),
    ("", "", "เลขที่อ้างอิง {number}", "ใครเป็นบ้างคะ", "🙏", "แนบรูปไว้ในคอมเมนต์แล้ว"),
)
VIETNAMESE = (
    ("Cho mình hỏi,", "Mọi người ơi,", "Hôm nay", "Góp ý với bên mình:", "Bức xúc quá,", "Cập nhật:"),
    (
        "ứng dụng {brand} bị lỗi đăng nhập từ sáng đến giờ",
        "đơn hàng {number} của {brand} nằm ở kho {city} mấy ngày chưa giao",
        "mạng {brand} ở {city} chập chờn, tối nào cũng mất sóng",
        "nạp tiền qua {brand} bị trừ hai lần mà chưa thấy hoàn lại",
        "nhân viên {brand} tư vấn nhiệt tình, xử lý xong trong buổi sáng",
        "gói cước mới của {brand} rẻ hơn trước mà dùng khá ổn",
        "giao hàng của {brand} báo đã phát nhưng mình chưa nhận được gì",
    ),
    (
        "gọi tổng đài chờ rất lâu không ai nghe máy.",
        "nhờ kiểm tra giúp mình trước {day} với ạ.",
        "nhắn tin thì chỉ trả lời tự động.",
        "rất hài lòng, cảm ơn mọi người!",
        "cứ thế này chắc mình chuyển sang bên khác.",
        "hàng xóm nhà mình cũng bị y như vậy.",
    ),
    ("", "", "Mã số {number}.", "Có ai bị giống mình không?", "😤", "Hình mình để ở dưới phần bình luận."),
)
CITIES = {
    "en": ("Chiang Mai", "Da Nang", "Hanoi", "Phuket", "Saigon", "Korat", "Hue", "Pattaya"),
    "th": ("เชียงใหม่", "ขอนแก่น", "ลาดพร้าว", "หาดใหญ่", "บางนา", "โคราช"),
    "vi": ("Hà Nội", "Đà Nẵng", "Cần Thơ", "Huế", "Bình Dương", "Hải Phòng"),
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NGAY = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
WRITTEN = {"en": ENGLISH, "th": THAI, "vi": VIETNAMESE}


def batches(count: int, end: datetime, together: int) -> Iterator[tuple[str, list[Enriched]]]:
    """Entry and mentions, as runs bring them: `together` of one source at a time, in the order of their time."""
    waiting: dict[str, list[Enriched]] = {platform: [] for platform in PLATFORMS}
    for enriched in mentions(count, end):
        platform = enriched.mention.source
        waiting[platform].append(enriched)
        if len(waiting[platform]) == together:
            yield PLATFORMS[platform], waiting[platform]
            waiting[platform] = []
    yield from ((PLATFORMS[platform], some) for platform, some in waiting.items() if some)


def mentions(count: int, end: datetime) -> Iterator[Enriched]:
    """So many, even over the 90 days before `end`."""
    dice = random.Random(SEED)
    step = timedelta(days=DAYS) / count
    return (_mention(number, end - step * (count - number), dice) for number in range(count))


def _mention(number: int, posted: datetime, dice: random.Random) -> Enriched:
    language = ("en", "th", "en", "vi")[number % 4]
    platform = dice.choices(tuple(PLATFORMS), (5, 2, 2, 1))[0]
    brand = dice.choices(tuple(BRANDS), (5, 3, 2))[0]
    terms = dice.sample(BRANDS[brand], 1 + (dice.random() < 0.2))
    text = _text(language, terms[0], dice)
    author = int(dice.paretovariate(0.6)) % 2_000_000
    native_id = f"{1_790_000_000_000_000_000 + number * 7_919_000_017}" if platform == "x" else f"p{number:x}"
    label = dice.choices(tuple(Label), (4, 4, 2))[0]
    confidence, likes = dice.uniform(0.4, 0.99), int(dice.paretovariate(0.9)) - 1
    matches = [Match(brand=brand, term=term, kind=KINDS[len(term) % 5], product=_product(term)) for term in terms]
    if number % 9 == 0:
        rival = RIVALS[number % 3]
        matches.append(Match(brand=rival, term=rival.lower(), kind=MatchKind.alias, competitor=True))
    thread = f"p{dice.randrange(number + 1):x}" if number % 5 < 2 else None
    name = f"{'lnmt'[author % 4]}{author * 2_654_435_761 % 999_983}{('_th', '.vn', '', 'x')[author % 4]}"
    place = dice.choice(PLACES[platform])
    mention = Mention(
        source=platform,
        native_id=native_id,
        kind=Kind.reply if thread else Kind.post,
        channel=place,
        posted_at=posted,
        observed_at=posted + timedelta(minutes=5),
        url=f"https://{platform}.example/{name}/status/{native_id}",
        title=text[:60] if platform in ("reddit", "reviews") else None,
        text=text,
        author=Author(id=f"u{author}", name=name, followers=author % 5000, is_brand=number % 25 == 0),
        engagement=Engagement(likes=likes, replies=likes // 5, shares=likes // 9, views=likes * 40 + 11),
        conversation_id=thread,
        parent_id=thread,
        raw={
            "id": native_id,
            "text": text,
            "created_at": posted.isoformat(),
            "lang": language,
            "author": {"id": f"u{author}", "username": name, "verified": False},
            "public_metrics": {"like_count": likes, "reply_count": likes // 5, "quote_count": 0},
            "conversation_id": thread,
            "place": place,
        },
    )
    score = {Label.negative: -confidence, Label.neutral: confidence / 9, Label.positive: confidence}[label]
    verdict = Verdict(
        label=label, confidence=confidence, score=score, uncertain=confidence < 0.5, model="made-sentiment-1"
    )
    return Enriched(mention=mention, matches=tuple(matches), insight=Insight(language=language, verdict=verdict))


def _text(language: str, brand: str, dice: random.Random) -> str:
    sentences = 1 + (dice.random() < 0.1)
    said = " ".join(part for _ in range(sentences) for each in WRITTEN[language] if (part := dice.choice(each)))
    return said.format(
        brand=brand,
        number=dice.randrange(1000, 9_999_999),
        city=dice.choice(CITIES[language]),
        day=dice.choice(NGAY if language == "vi" else WEEKDAYS),
    )


def _product(term: str) -> str | None:
    return term if term.split()[-1] in ("fibre", "wallet", "locker") else None
