"""The encoder that training begins with: its trimmed vocabulary, and what it makes of texts before it is trained."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging as transformers_logging

from hubbub.core.errors import Misconfigured
from hubbub.core.text import one_line
from hubbub.models.classifier import Classifier
from hubbub.models.dequantise import load_classifier
from hubbub.models.embedded import EmbeddedJudge
from hubbub.models.text import clean
from hubbub.models.training.vocabulary import WINDOW, trim

BATCH = 128  # texts at a time

Ids = NDArray[np.int32]  # the pieces of one text


def load_base(base: str, texts: Sequence[str], pieces: int) -> tuple[Classifier, Tokenizer]:
    """Loads an encoder from a folder or the hub and trims its vocabulary to `pieces`, those of the texts first.

    Raises:
        Misconfigured: the encoder cannot be loaded or has no fast tokenizer.
    """
    try:
        transformers_logging.disable_progress_bar()  # of loading; training has its own
        transformers_logging.set_verbosity_error()  # it reports the pooler, which is not used, as missing
        encoder = AutoModel.from_pretrained(base, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(base).backend_tokenizer
    except (OSError, ValueError, AttributeError) as error:
        reason = one_line(error, 200)
        raise Misconfigured(f"--base {base}: not an encoder that transformers can load ({reason})") from None
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if type(tokenizer.model).__name__ != "Unigram" or tokenizer.token_to_id("<pad>") is None:
        raise Misconfigured(
            f"--base {base}: needs a unigram (SentencePiece) tokenizer with <pad>, as XLM-R and E5 have"
        )
    smaller, kept = trim(tokenizer, [clean(text) for text in texts], pieces)
    words = encoder.get_input_embeddings()
    rows = words.weight.data[kept].clone()
    encoder.set_input_embeddings(nn.Embedding.from_pretrained(rows, freeze=False, padding_idx=padding(smaller)))
    return Classifier(encoder), smaller


def load_start(weights: Path, base: Classifier, tokenizer: Tokenizer) -> Classifier:
    """Loads the network that an earlier run wrote, with another vocabulary.

    Args:
        weights: the folder that serves; its matrices come back from int8.
        base: gives the embeddings of pieces that the earlier vocabulary lacks.
        tokenizer: the vocabulary from now on.

    Raises:
        Misconfigured: the folder holds no whole weights of `hubbub train`, or those of an encoder of another shape.
    """
    EmbeddedJudge(weights)  # opens whole weights alone
    network = load_classifier(weights / "model.onnx")
    earlier = Tokenizer.from_file(str(weights / "tokenizer.json")).get_vocab()
    table, known = base.encoder.get_input_embeddings(), network.encoder.get_input_embeddings()
    assert isinstance(table, nn.Embedding) and isinstance(known, nn.Embedding)
    if table.embedding_dim != known.embedding_dim or base.config.num_hidden_layers != network.config.num_hidden_layers:
        raise Misconfigured(f"--start {weights}: comes from another encoder than --base")
    rows = table.weight.data.clone()
    for piece, at in tokenizer.get_vocab().items():
        if piece in earlier:
            rows[at] = known.weight.data[earlier[piece]]
    network.encoder.set_input_embeddings(
        nn.Embedding.from_pretrained(rows, freeze=False, padding_idx=padding(tokenizer))
    )
    return network.train()


def describe(base: str) -> str:
    """A base encoder in words: the first line of the README in its folder, else its name."""
    readme = Path(base) / "README.md"
    lines = readme.read_text(encoding="utf-8").strip().splitlines() if readme.is_file() else []
    return lines[0] if lines and not lines[0].startswith("-") else Path(base).name if Path(base).is_dir() else base


def padding(tokenizer: Tokenizer) -> int:
    """The id of the piece that fills up short rows."""
    pad = tokenizer.token_to_id("<pad>")
    assert pad is not None  # `load_base` takes no other
    return pad


def encode(tokenizer: Tokenizer, texts: Sequence[str], max_tokens: int) -> list[Ids]:
    """Returns the pieces of each text, at most `max_tokens`."""
    tokenizer.enable_truncation(max_tokens)
    return [
        np.array(encoding.ids, dtype=np.int32)
        for start in range(0, len(texts), WINDOW)
        for encoding in tokenizer.encode_batch_fast([clean(text) for text in texts[start : start + WINDOW]])
    ]


def pad_rows(rows: Sequence[Ids], pad: int) -> tuple[Tensor, Tensor]:
    """Ids and mask, (rows, tokens) each."""
    tensors = [torch.from_numpy(row.astype(np.int64)) for row in rows]
    ids = nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=pad)
    return ids, (ids != pad).long()


def base_embeddings(
    model: Classifier, rows: Sequence[Ids], pad: int, file: Path, progress: bool
) -> NDArray[np.float16]:
    """Returns what the untrained encoder makes of every row, (rows, width); kept in `file` for a run that goes on."""
    if file.is_file():
        kept: NDArray[np.float16] = np.load(file)
        return kept
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.eval().to(device)
    found = np.zeros((len(rows), model.config.hidden_size), dtype=np.float16)
    by_length = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    for start in track(range(0, len(rows), BATCH), "base embeddings", disable=not progress):
        chosen = by_length[start : start + BATCH]
        ids, mask = (tensor.to(device) for tensor in pad_rows([rows[row] for row in chosen], pad))
        with torch.autocast(device, torch.bfloat16, enabled=has_bf16()):
            found[chosen] = model.base_embedding(ids, mask).cpu().numpy()
    draft = file.with_suffix(".draft.npy")
    np.save(draft, found)
    draft.replace(file)
    return found


def has_bf16() -> bool:
    """Whether the hardware multiplies in bf16; elsewhere it is emulated and slower than fp32."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu.get_capabilities().get("avx512_bf16"))
