"""Embedded inference: texts are tokenised in batches, sorted by length, and read in batches of about equal length, as
many at once as there are cores."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from hubbub.models.judge import Floats

WINDOW = 4096  # texts in work at a time, so that memory does not grow with the number of texts
BUDGET = 512  # tokens a batch, padding included: what flows between the layers stays in the cache of the processor

Ids = NDArray[np.int64]
Graph = Callable[[Ids, Ids], Sequence[Floats]]  # ids and mask, (batch, tokens), to outputs of (batch, ...) each


class Engine:
    """Asks a graph about texts: in batches by length, each distinct text once."""

    def __init__(self, tokenizer: Path, max_tokens: int) -> None:
        """Loads the tokenizer; a text counts with its first `max_tokens` tokens."""
        self._tokenizer = Tokenizer.from_str(tokenizer.read_text(encoding="utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._pad = self._tokenizer.token_to_id("<pad>")
        self._longest = max_tokens * max(map(len, self._tokenizer.get_vocab()))
        self._workers = ThreadPoolExecutor(cores(), "engine")

    def ask(self, texts: Sequence[str], graph: Graph) -> list[Floats]:
        """Returns each output of the graph with one row a text, in the order of the texts: (texts, ...).

        A text is cut before it is tokenised to as many characters as `max_tokens` of the longest piece would hold: what
        lies behind could reach the graph only after runs of unknown characters, each of which is one token.
        """
        cut = [text[: self._longest] for text in texts]
        distinct = list(dict.fromkeys(cut)) or [""]
        rows: list[int] = []
        answers: list[Sequence[Floats]] = []
        for start in range(0, len(distinct), WINDOW):
            encodings = self._tokenizer.encode_batch_fast(distinct[start : start + WINDOW])
            batches = list(in_batches([len(encoding) for encoding in encodings], cores()))
            inputs = [self._padded([encodings[row] for row in batch]) for batch in batches]
            answers += self._workers.map(graph, *zip(*inputs, strict=True))
            rows += [start + row for batch in batches for row in batch]
        place = {distinct[row]: at for at, row in enumerate(rows)}
        order = np.array([place[text] for text in cut], dtype=int)
        return [np.concatenate(parts)[order] for parts in zip(*answers, strict=True)]

    def _padded(self, encodings: Sequence[Encoding]) -> tuple[Ids, Ids]:
        ids = np.full((len(encodings), max(map(len, encodings))), self._pad, dtype=np.int64)  # (batch, tokens)
        for row, encoding in zip(ids, encodings, strict=True):
            row[: len(encoding)] = encoding.ids
        return ids, (ids != self._pad).astype(np.int64)


class OnnxGraph:
    """An ONNX graph that takes `input_ids` and `attention_mask`. Each call takes one core: two calls at once are faster
    than one on two cores, whose threads wait for each other at every node."""

    def __init__(self, file: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def __call__(self, ids: Ids, mask: Ids) -> Sequence[Floats]:
        outputs: list[Floats] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return outputs


def cores() -> int:
    """The cores that this process may use, which may be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_batches(lengths: Sequence[int], workers: int) -> Iterator[list[int]]:
    """Yields the rows, the longest first, as many at a time as fit the budget, or fewer where workers would have none
    left; a row longer than that comes alone."""
    budget = min(BUDGET, -(-sum(lengths) // workers))
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if batch and (len(batch) + 1) * lengths[batch[0]] > budget:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
