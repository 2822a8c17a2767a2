"""What is told by a few words and by the verdict about whether somebody wants an answer: the small part of a head that
a person can read."""

import re
from collections.abc import Sequence

import numpy as np

from hubbub.core.verdict import Verdict
from hubbub.models.judge import Floats

LANGUAGES = ("en", "th", "vi")
_SCALE = 3.0  # times, so that they count beside the many words

ASKS = re.compile(
    r"\?|^\W*(?:who|what|which|where|when|why|how|is|are|do|does|did|can|could|will|would|has|have)\b|\banyone\b"
    r"|ไหม|มั้ย|มั๊ย|ไม๊|หรือเปล่า|รึเปล่า|ป่าว|ยังไง|อย่างไร|เท่าไ|กี่|สอบถาม|ทำไม|เมื่อไ|ที่ไหน|ตรงไหน|รบกวน|ขอสูตร|ช่วยที"
    r"|หน่อย(?:ค|จ|ได้)|ขอรายละเอียด|ขอทราบ"
    r"|\b(?:hỏi|hoi|bao nhiêu|bao nhieu|bao lâu|bao lau|thế nào|the nao|làm sao|lam sao|ở đâu|o dau|khi nào|tư vấn)\b"
    r"|\b(?:chỉ tui|nhờ)\b"
    r"|\b(?:không|khong|ko|hông|hong|chưa|chua|sao|nào|nao)\s*"
    r"(?:ạ|ta|vậy|vay|mn|mọi người|moi nguoi|shop|ad|bác|nhỉ|nhi|thế)?\W*$",
    re.IGNORECASE,
)
OFFERS = re.compile(
    r"https?|www\.|📢|🎉|\bpromo|โปรโมชั่น|ลดราคา|ขอเชิญ|กิจกรรม|ประกาศ|\[ขาย\]|khuyến mãi|giảm giá|danh sách",
    re.IGNORECASE,
)
THANKS = re.compile(
    r"\bthank|\bthx\b|\bty\b|appreciate|\bcheers\b|ขอบคุณ|ขอบใจ|cảm ơn|cám ơn|\bcam on\b",
    re.IGNORECASE,
)
POLITE_QUESTIONS = re.compile(
    r"(?:ไหม|มั้ย|มั๊ย|ไม๊|ใหม|เปล่า|ป่าว|เท่าไ\w*|ยังไง|อย่างไร|ไหน|เมื่อไ\w*|กี่\S{1,8}|อะไร|ได้บ้าง)[^?]{0,8}?"
    r"(?:คะ|ค่ะ|ค้ะ|ค๊ะ|คับ|ครับ|คัฟ|คร้าบ|จ๊ะ)"
    r"|ขอรายละเอียด|สนใจ(?:ค่ะ|ครับ)|สนจัย|ขอทราบข้อมูล|ขอที่อยู่|ขอเบอร์"
    r"|(?:không|khong|ko|hông|chưa|nào|sao|bao nhiêu|mấy)\s+ạ"
    r"|(?:shop|ad|admin|anh|chị|mọi người|mn|các bác) ơi|cho (?:em|mình|hỏi)"
    r"|giúp (?:em|mình)|\b(?:can|could) (?:you|someone|somebody|i)\b|\bplease\b|\bpls\b",
    re.IGNORECASE,
)
BRANDS_VOICE = re.compile(
    r"แอดมิน(?:ขอ|จะ|แนะนำ|ต้อง)|(?:คุณ)ลูกค้า|ลูกค้าสะดวก|ลูกค้าทุกท่าน|ขออภัยใน|ขอบพระคุณ|น้อมรับ|สอบถาม(?:ราย|เพิ่มเติม|ได้|หรือ)|\^\^"
    r"|ก้อน(?:ขอ|ต้อง|จะ)"
    r"|\b(?:bên|ben) em\b|\bdạ (?:chào|máy|shop|bên)|\bvui lòng\b"
    r"|\b(?:dm|send|contact|message|follow) us\b|\bwe(?:'re| are) (?:so |very |really )?sorry\b"
    r"|\bour team\b|\blet us know\b"
    r"|\breach(?:ing)? out\b|[\^/][A-Z]{2,3}\s*$",
    re.IGNORECASE,
)
EXPERIENCE = re.compile(
    r"สาขา|พนักงาน|บริการ|ไปกิน|ไปทาน|ไปสั่ง|สั่งไป|ซื้อมา|รอนาน|รอ\S{0,6}(?:ชั่วโมง|นาที|วัน|เดือน)|ศูนย์|เข้าศูนย์|แอป|เน็ต|เนต|จอง"
    r"|\b(?:máy|mua|shop|nhân viên|giao|pin|loa|camera|màn hình|vân tay|wifi|sóng|bảo hành|hàng|chất lượng)\b"
    r"|\b(?:my|me|i|i'm|we|our|service|support|order|flight|account|app)\b",
    re.IGNORECASE,
)
CHATTER = re.compile(r"กู|มึง|แดก|สัส|เหี้ย|55+|ฮ่าๆ|\blol\b|\blmao\b|haha|\bkk+\b|=\)\)|:v", re.IGNORECASE)
_ADDRESSED = re.compile(r"^\W*@\w")
_TAGGED = re.compile(r"#\w")
_CUES = (ASKS, OFFERS, THANKS, POLITE_QUESTIONS, BRANDS_VOICE, EXPERIENCE, CHATTER, _ADDRESSED, _TAGGED)


def asks(text: str) -> bool:
    """Whether a text looks like a question or a request, and not like an advert."""
    return bool(ASKS.search(text)) and not OFFERS.search(text)


def hints(texts: Sequence[str], verdicts: Sequence[Verdict], languages: Sequence[str]) -> Floats:
    """Columns of a head, (texts, columns): how positive and how negative, by language; which words there are; and a
    question that is no advert, a bad experience."""
    table = np.zeros((len(texts), WIDTH), dtype=np.float32)
    for row, text, verdict, language in zip(table, texts, verdicts, languages, strict=True):
        bad = max(-verdict.score, 0)
        at = 3 * (LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES))
        row[at : at + 3] = 1, max(verdict.score, 0), bad
        cues = [cue.search(text) is not None for cue in _CUES]
        row[_FIRST_CUE:] = *cues, cues[0] and not cues[1], cues[_CUES.index(EXPERIENCE)] * bad
    return _SCALE * table


_FIRST_CUE = 3 * (len(LANGUAGES) + 1)
WIDTH = _FIRST_CUE + len(_CUES) + 2
