"""A tiny encoder with a tiny unigram tokenizer, its labelled posts, and models made from it: seconds, no network."""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, BertModel, PreTrainedTokenizerFast

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
NAMES = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>"}
SHAPE = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 160,
    "pad_token_id": 1,
}

RECIPE = {"courses": 1, "passes": 24, "learning_rate": 4e-3, "batch": 12, "pieces": 200}
SHORT = {**RECIPE, "courses": 2, "passes": 2.5}

POSTS = [
    (text.format(thing=thing), label, language)
    for language, things, texts in (
        (
            "en",
            ("coffee", "app", "delivery", "phone"),
            (
                ("I love this {thing}, it is wonderful", "positive"),
                ("the {thing} opens at nine", "neutral"),
                ("this {thing} is awful, I hate it", "negative"),
            ),
        ),
        (
            "th",
            ("กาแฟ", "แอป", "ร้าน", "โทรศัพท์"),
            (
                ("ชอบ{thing}นี้มาก ดีที่สุด", "positive"),
                ("{thing}เปิดเก้าโมง", "neutral"),
                ("{thing}นี้แย่มาก ผิดหวัง", "negative"),
            ),
        ),
        (
            "vi",
            ("cà phê", "ứng dụng", "cửa hàng", "điện thoại"),
            (
                ("{thing} này tuyệt vời , tôi rất thích", "positive"),
                ("{thing} mở cửa lúc chín giờ", "neutral"),
                ("{thing} này quá tệ , tôi thất vọng", "negative"),
            ),
        ),
    )
    for thing in things
    for text, label in texts
]


def write_data(folder: Path) -> Path:
    """Writes labelled posts as `hubbub train` reads them: each twice to train on, and once to validate."""
    for part, times in (("train", 2), ("val", 1)):
        (folder / part).mkdir(parents=True)
        for language in ("en", "th", "vi"):
            lines = [json.dumps({"text": t, "label": y, "lang": x}) for t, y, x in POSTS if x == language]
            (folder / part / f"own_{language}.jsonl").write_text("\n".join(lines * times) + "\n", encoding="utf-8")
    return folder


def tokenizer() -> Tokenizer:
    """Knows the words and letters of `POSTS`; made by hand, since training one gives another order each time."""
    words = sorted({f"\u2581{word}" for text, _, _ in POSTS for word in text.split()})
    letters = sorted({"\u2581", *(letter for text, _, _ in POSTS for letter in text)} - set(words))
    vocabulary = [
        *((name, 0.0) for name in SPECIAL),
        *((word, -5.0) for word in words),
        *((one, -8.0) for one in letters),
    ]
    tiny = Tokenizer(models.Unigram(vocabulary, unk_id=SPECIAL.index("<unk>")))
    tiny.normalizer = normalizers.NFKC()
    tiny.pre_tokenizer = pre_tokenizers.Metaspace()
    tiny.decoder = decoders.Metaspace()
    tiny.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tiny


def write_base(folder: Path, **shape: int) -> Path:
    """Writes an encoder as transformers loads it, with random weights, of another shape if told."""
    torch.manual_seed(0)
    pieces = _write_tokenizer(folder)
    BertModel(BertConfig(vocab_size=pieces, **SHAPE | shape)).save_pretrained(folder)
    (folder / "README.md").write_text("A tiny encoder with random weights.\n", encoding="utf-8")
    return folder


def write_classifier(folder: Path, labels: list[str]) -> Path:
    """Writes a sequence classifier with labels of any name."""
    torch.manual_seed(0)
    pieces = _write_tokenizer(folder)
    names = dict(enumerate(labels))
    config = BertConfig(vocab_size=pieces, id2label=names, label2id={v: k for k, v in names.items()}, **SHAPE)
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def _write_tokenizer(folder: Path) -> int:
    tiny = tokenizer()
    PreTrainedTokenizerFast(
        tokenizer_object=tiny, unk_token="<unk>", mask_token="<mask>", model_max_length=160, **NAMES
    ).save_pretrained(folder)
    return tiny.get_vocab_size()
