"""What the embedding is worth: `python benchmarks/embedding.py --base FOLDER LABELLED REASONS`.

LABELLED are posts as `hubbub train` reads them, REASONS gzipped JSON lines with `text` and `reason`. Prints how near
the embeddings of the embedded model are to those of the encoder that it was trained from, and how well a logistic
regression tells the reasons apart on either, five-fold.
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging as transformers_logging

from hubbub.models.classifier import Classifier
from hubbub.models.embedded import MAX_TOKENS
from hubbub.models.engine import Engine, OnnxGraph
from hubbub.models.load import WEIGHTS
from hubbub.models.text import clean
from hubbub.models.training.labelled import load_labelled

Embeddings = NDArray[np.float32]


def ours(texts: list[str]) -> Embeddings:
    """The embeddings of the texts: (texts, width)."""
    return Engine(WEIGHTS / "tokenizer.json", MAX_TOKENS).ask(texts, OnnxGraph(WEIGHTS / "model.onnx"))[1]


def of_base(folder: str, texts: list[str]) -> Embeddings:
    """The embeddings of the texts: (texts, width)."""
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()  # it reports the pooler, which is not used, as missing
    encoder = Classifier(AutoModel.from_pretrained(folder)).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    found = np.zeros((len(texts), encoder.config.hidden_size), dtype=np.float32)
    for start in range(0, len(texts), 64):
        rows = by_length[start : start + 64]
        batch = tokenizer(
            [texts[row] for row in rows], padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        )
        found[rows] = encoder.base_embedding(batch["input_ids"], batch["attention_mask"]).numpy()
    return found


def macro_f1(embeddings: Embeddings, reasons: list[str]) -> float:
    folds = StratifiedKFold(5, shuffle=True, random_state=7)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=1_000))
    return float(cross_val_score(model, embeddings, reasons, cv=folds, scoring="f1_macro").mean())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--base", required=True, help="the encoder that the model was trained from")
    options.add_argument("labelled", type=Path)
    options.add_argument("reasons", type=Path)
    given = options.parse_args()
    texts = [clean(post.text) for post in load_labelled([given.labelled])]
    cosines = (ours(texts) * of_base(given.base, texts)).sum(axis=1)
    print(f"mean cosine to the base encoder on {len(texts):,} posts: {cosines.mean():.3f}")
    with gzip.open(given.reasons, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts, reasons = [clean(row["text"]) for row in rows], [row["reason"] for row in rows]
    for name, embeddings in (("embedded", ours(texts)), ("base", of_base(given.base, texts))):
        print(f"macro F1 of reasons on {name}: {macro_f1(embeddings, reasons):.3f}")


if __name__ == "__main__":
    main()
