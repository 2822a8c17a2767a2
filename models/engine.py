"""Embedded inference on ONNX Runtime: no torch, no transformers.

Texts are tokenised in batches, sorted by length and judged in batches of about equal length, each distinct text once.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

WINDOW = 4096  # texts in work at a time, so that memory does not grow with the number of texts
BUDGET = 2048  # tokens a batch, padding included


class Engine:
    """Answers cleaned texts with the logits of a classifier.

    Its weights are int8 and its activations are scaled by batch, so a logit moves a little with the texts beside it.
    """

    def __init__(self, model: Path, tokenizer: Path, max_tokens: int) -> None:
        """Loads the ONNX graph and the tokenizer; a text counts with its first `max_tokens` tokens."""
        self._tokenizer = Tokenizer.from_str(tokenizer.read_text(encoding="utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._pad = self._tokenizer.token_to_id("<pad>")
        self._longest = max_tokens * max(map(len, self._tokenizer.get_vocab()))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = cores()
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._labels = self._session.get_outputs()[0].shape[-1]

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns one row of logits a text, in the order of the texts: (texts, labels).

        A text is cut before it is tokenised to as many characters as `max_tokens` of the longest piece would hold: what
        lies behind could reach the model only after runs of unknown characters, each of which is one token.
        """
        places = {text: at for at, text in enumerate(dict.fromkeys(text[: self._longest] for text in texts))}
        distinct = list(places)
        logits = np.zeros((len(distinct), self._labels), dtype=np.float32)
        for start in range(0, len(distinct), WINDOW):
            encodings = self._tokenizer.encode_batch_fast(distinct[start : start + WINDOW])
            for rows in in_batches([len(encoding) for encoding in encodings]):
                logits[[start + row for row in rows]] = self._run([encodings[row] for row in rows])
        return logits[[places[text[: self._longest]] for text in texts]]

    def _run(self, encodings: Sequence[Encoding]) -> NDArray[np.float32]:
        ids = np.full((len(encodings), max(map(len, encodings))), self._pad, dtype=np.int64)  # (batch, tokens)
        for row, encoding in zip(ids, encodings, strict=True):
            row[: len(encoding)] = encoding.ids
        mask = (ids != self._pad).astype(np.int64)
        return self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


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
