"""Embedded inference: one pass over a text gives its logits and its embedding.

Texts are tokenised in batches, sorted by length and read in batches of about equal length, each distinct text once.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

WINDOW = 4096  # texts in work at a time, so that memory does not grow with the number of texts
BUDGET = 2048  # tokens a batch, padding included

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]


class Network(Protocol):
    def read(self, ids: Ids, mask: Ids) -> Sequence[Floats]:
        """Takes ids and mask, both (batch, tokens); returns logits (batch, labels) and embeddings (batch, width)."""
        ...

    def words(self, ids: Ids, mask: Ids) -> Floats:
        """Takes the same; returns the logits of the words alone, (batch, labels), for next to nothing."""
        ...


class Engine:
    """Answers cleaned texts with what a network says of them."""

    def __init__(self, network: Network, tokenizer: Path, max_tokens: int) -> None:
        """Loads the tokenizer; a text counts with its first `max_tokens` tokens."""
        self._network = network
        self._tokenizer = Tokenizer.from_str(tokenizer.read_text(encoding="utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._pad = self._tokenizer.token_to_id("<pad>")
        self._longest = max_tokens * max(map(len, self._tokenizer.get_vocab()))

    def logits(self, texts: Sequence[str]) -> Floats:
        """Returns one row of logits a text, in the order of the texts: (texts, labels).

        A text is cut before it is tokenised to as many characters as `max_tokens` of the longest piece would hold: what
        lies behind could reach the network only after runs of unknown characters, each of which is one token.
        """
        return self._in_order(texts, lambda ids, mask: self._network.read(ids, mask)[:1])[0]

    def read(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Returns the logits and, of the same pass, the embeddings of length 1: (texts, labels), (texts, width)."""
        logits, embeddings = self._in_order(texts, self._network.read)
        return logits, embeddings

    def words(self, texts: Sequence[str]) -> Floats:
        """Returns the logits of the words alone: (texts, labels)."""
        return self._in_order(texts, lambda ids, mask: [self._network.words(ids, mask)])[0]

    def _in_order(self, texts: Sequence[str], ask: Callable[[Ids, Ids], Sequence[Floats]]) -> list[Floats]:
        """Asks about each distinct text once, and returns the answers in the order of the texts."""
        cut = [text[: self._longest] for text in texts]
        distinct = list(dict.fromkeys(cut)) or [""]
        rows: list[int] = []
        answers: list[Sequence[Floats]] = []
        for start in range(0, len(distinct), WINDOW):
            encodings = self._tokenizer.encode_batch_fast(distinct[start : start + WINDOW])
            for batch in in_batches([len(encoding) for encoding in encodings]):
                rows += [start + row for row in batch]
                answers.append(ask(*self._padded([encodings[row] for row in batch])))
        place = {distinct[row]: at for at, row in enumerate(rows)}
        order = np.array([place[text] for text in cut], dtype=int)
        return [np.concatenate(parts)[order] for parts in zip(*answers, strict=True)]

    def _padded(self, encodings: Sequence[Encoding]) -> tuple[Ids, Ids]:
        ids = np.full((len(encodings), max(map(len, encodings))), self._pad, dtype=np.int64)  # (batch, tokens)
        for row, encoding in zip(ids, encodings, strict=True):
            row[: len(encoding)] = encoding.ids
        return ids, (ids != self._pad).astype(np.int64)


class OnnxNetwork:
    """The network of an ONNX graph, on as many cores as the process may use."""

    def __init__(self, graph: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = cores()
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._partly = onnxruntime.RunOptions()
        self._partly.only_execute_path_to_fetches = True

    def read(self, ids: Ids, mask: Ids) -> Sequence[Floats]:
        return self._session.run(["logits", "embedding"], {"input_ids": ids, "attention_mask": mask})

    def words(self, ids: Ids, mask: Ids) -> Floats:
        return self._session.run(["words"], {"input_ids": ids, "attention_mask": mask}, self._partly)[0]


def cores() -> int:
    """The cores that this process may use, which may be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yields the rows by length, as many at a time as fit the budget; a row longer than the budget comes alone."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[row] > BUDGET:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
