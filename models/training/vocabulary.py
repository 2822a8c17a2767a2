"""Trims a unigram tokenizer to the pieces that the languages of a text collection need.

A vocabulary of 250,000 pieces for 100 languages is four fifths of a small encoder; most of it is never looked up.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Sequence

from tokenizers import Tokenizer

WINDOW = 4096  # texts that are tokenised at a time; what the tokenizer tells of one takes kilobytes
SCRIPTS = {"LATIN", "THAI", "ARABIC", "DEVANAGARI"}


def trim(tokenizer: Tokenizer, texts: Sequence[str], size: int) -> tuple[Tokenizer, list[int]]:
    """Keeps `size` pieces: the special ones, every single character of our scripts, those that the texts use at least
    twice, then the most frequent of the rest (a unigram vocabulary is in order of frequency) in our scripts.

    Returns the smaller tokenizer and the old id of each of its pieces, in order: rows to keep of the embedding matrix.
    """
    model = json.loads(tokenizer.to_str())
    pieces: list[tuple[str, float]] = model["model"]["vocab"]
    used: Counter[int] = Counter()
    for start in range(0, len(texts), WINDOW):
        for encoding in tokenizer.encode_batch_fast(texts[start : start + WINDOW]):
            used.update(encoding.ids)
    special = {token["id"] for token in model["added_tokens"]}

    def rank(old: int) -> tuple[int, int]:
        piece = pieces[old][0]
        if old in special:
            return 0, old
        if not _ours(piece):
            return (2 if used[old] >= 2 else 4), old
        return (1 if len(piece) == 1 or used[old] >= 2 else 3), old

    kept = sorted(sorted(range(len(pieces)), key=rank)[:size])
    model["model"]["vocab"] = [pieces[old] for old in kept]
    new = {old: at for at, old in enumerate(kept)}
    model["model"]["unk_id"] = new[model["model"]["unk_id"]]
    for token in model["added_tokens"]:
        token["id"] = new[token["id"]]
    for token in (model.get("post_processor") or {}).get("special_tokens", {}).values():
        token["ids"] = [new[old] for old in token["ids"]]
    return Tokenizer.from_str(json.dumps(model)), kept


def _ours(piece: str) -> bool:
    return all(not char.isalpha() or unicodedata.name(char, "").split(" ")[0] in SCRIPTS for char in piece)
