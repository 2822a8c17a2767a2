"""How fast the embedded model judges: `python benchmarks/sentiment.py LABELLED... [--posts 5000]`.

Judges the same posts with the same weights in five ways, in turns, a part of the posts at a time: by transformers'
pipeline one by one and 32 at a time, by Hubbub's engine in fp32, in int8 as it ships, and in haste. Writes
docs/benchmarks.md.
"""

import argparse
import json
import logging
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerFast, pipeline
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.utils import logging as transformers_logging

from hubbub.core.verdict import Verdict
from hubbub.models.classifier import Classifier
from hubbub.models.dequantise import load_classifier
from hubbub.models.embedded import ALL, EmbeddedJudge, Settings, fingerprint
from hubbub.models.engine import cores
from hubbub.models.load import WEIGHTS
from hubbub.models.text import clean
from hubbub.models.training.evaluate import report
from hubbub.models.training.graphs import write_fp32
from hubbub.models.training.labelled import Labelled, load_labelled

PARTS = 5
ALONE, BATCHED = "transformers pipeline, one by one", "transformers pipeline, batches of 32"
FULL, SHIPS, HASTY = "Hubbub, fp32", "Hubbub, int8 (ships)", "Hubbub, int8, `fast`"
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
FIRST_VERDICT = """
import json, sys
from pathlib import Path
from hubbub.models.load import load_judge
judge = load_judge()
judge.judge(["the app is down again"])
print("first", flush=True)
judge.judge(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""

Way = Callable[[Sequence[Labelled]], Any]


class AsTransformers(PreTrainedModel):
    """The network as `pipeline` takes it."""

    _supports_sdpa = True

    def __init__(self, classifier: Classifier) -> None:
        super().__init__(classifier.config)
        self.classifier = classifier

    def forward(self, input_ids: Any, attention_mask: Any, **_: Any) -> SequenceClassifierOutput:
        return SequenceClassifierOutput(logits=self.classifier(input_ids, attention_mask)[0])


def ways(folder: Path, classifier: Classifier, settings: Settings) -> dict[str, Way]:
    """Each way to judge posts."""
    full = shutil.copytree(WEIGHTS, folder / "fp32")
    write_fp32(classifier, full / "model.onnx")
    replace(settings, version=fingerprint(full)).write(full)
    classifier.encoder.set_attn_implementation("sdpa")
    transformers_logging.set_verbosity(logging.CRITICAL)  # an error for it: our class is not in its list
    classifier.config.num_labels = len(settings.labels)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(WEIGHTS / "tokenizer.json"), pad_token="<pad>", model_max_length=settings.max_tokens
    )
    classify = pipeline("text-classification", model=AsTransformers(classifier), tokenizer=tokenizer, device="cpu")

    def piped(size: int) -> Way:
        return lambda posts: classify([clean(post.text) for post in posts], batch_size=size, truncation=True)

    def judged(judge: EmbeddedJudge) -> Way:
        return lambda posts: judge.judge([post.text for post in posts], [post.language for post in posts])

    return {
        ALONE: piped(1),
        BATCHED: piped(32),
        FULL: judged(EmbeddedJudge(full)),
        SHIPS: judged(EmbeddedJudge(WEIGHTS)),
        HASTY: judged(EmbeddedJudge(WEIGHTS, fast=True)),
    }


def gemm_rate(config: PretrainedConfig) -> float:
    """The machine's fp32 rate in FLOP/s on products of the encoder's largest shape, the best of ten."""
    width, inner = config.hidden_size, config.intermediate_size
    left, right = torch.randn(2048, width), torch.randn(width, inner)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(10):
            left @ right
        times.append((time.perf_counter() - start) / 10)
    return 2 * 2048 * width * inner / min(times)


def work(config: PretrainedConfig, lengths: Sequence[int]) -> float:
    """The FLOP of one pass over texts of these lengths in tokens: the encoder's products, without padding."""
    width, layers = config.hidden_size, config.num_hidden_layers
    a_token = 2 * layers * (4 * width * width + 2 * width * config.intermediate_size)
    return float(sum(n * a_token + 4 * layers * n * n * width for n in lengths))


def start_and_memory(texts: Sequence[str], folder: Path) -> tuple[float, float]:
    """Seconds from the start of a process to its first verdict, and the MB that it takes at most for all texts.

    Linux only, where /proc tells.
    """
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    start = time.perf_counter()
    command = [sys.executable, "-c", FIRST_VERDICT, str(folder / "texts.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        first = time.perf_counter() - start
        kilobytes = int(process.stdout.readline())
    return first, kilobytes / 1024


def processor() -> str:
    """The processor and what of its int8 arithmetic matters."""
    told = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").is_file() else ""
    names = [line.split(":", 1)[1].strip() for line in told.splitlines() if line.startswith("model name")]
    kinds = [kind for kind in ("avx2", "avx512f", "avx512_vnni", "avx_vnni") if f" {kind}" in told]
    return f"{names[0] if names else platform.processor() or platform.machine()}, {cores()} cores, {' '.join(kinds)}"


def timed(
    every: Mapping[str, Way], parts: Sequence[Sequence[Labelled]], config: PretrainedConfig
) -> tuple[dict[str, float], dict[str, list[Any]], float]:
    """Lets the ways judge in turns.

    Returns:
        by way, the seconds that it took and what it said, part after part; and the fp32 rate between the turns.
    """
    seconds: dict[str, float] = {}
    said: dict[str, list[Any]] = {}
    rates = [gemm_rate(config)]
    for judge in every.values():
        judge(parts[0][:64])
    for part in parts:
        for way, judge in every.items():
            start = time.perf_counter()
            said.setdefault(way, []).extend(judge(part))
            seconds[way] = seconds.get(way, 0.0) + time.perf_counter() - start
        rates.append(gemm_rate(config))
    return seconds, said, float(np.median(rates))


def page(posts: Sequence[Labelled]) -> str:
    """Measures everything, and returns the page."""
    settings, classifier = Settings.load(WEIGHTS), load_classifier(WEIGHTS / "model.onnx")
    parts = [posts[part::PARTS] for part in range(PARTS)]
    with tempfile.TemporaryDirectory() as made:
        first, megabytes = start_and_memory([post.text for post in posts], Path(made))
        seconds, said, rate = timed(ways(Path(made), classifier, settings), parts, classifier.config)
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(WEIGHTS / "tokenizer.json"))
    encoded = tokenizer([clean(post.text) for post in posts])["input_ids"]
    lengths = [min(len(ids), settings.max_tokens) for ids in encoded]
    flop = work(classifier.config, lengths) / len(posts)
    speeds = {way: len(posts) / taken for way, taken in seconds.items()}
    to = {way: [speed / speeds[pipe] for pipe in (ALONE, BATCHED)] for way, speed in speeds.items()}
    rows = "\n".join(
        f"| {way} | {speed:.0f} | {to[way][0]:.1f} | {to[way][1]:.1f} | {speed * flop / rate:.0%} |"
        for way, speed in speeds.items()
    )
    judged = [post for part in parts for post in part]
    full, ships = (report(said[way], judged).languages[ALL].macro_recall for way in (FULL, SHIPS))
    lost = full - ships
    changed = sum(a.label is not b.label for a, b in zip(said[FULL], said[SHIPS], strict=True)) / len(posts)
    return f"""# Benchmarks

Written by `python benchmarks/sentiment.py`; run it on your machine, since only ratios travel.

## Sentiment

{settings.name} {settings.version}, {len(posts):,} different posts of {np.mean(lengths):.1f} tokens on average, on
{processor()}.
All ways have the same weights and were timed in turns in one run; transformers runs the network alone, Hubbub adds the
words.

| way | posts/s | to one by one | to 32 at a time | of the fp32 bound |
|---|---|---|---|---|
{rows}

- The bound is what the machine's fp32 matrix products ({rate / 1e9:.0f} GFLOP/s, measured between the turns) would
  allow for the encoder's {flop / 1e9:.2f} GFLOP a post without padding: {rate / flop:.0f} posts/s. int8 may pass it.
- int8 ships at {to[SHIPS][0]:.1f} times the pipeline one by one and {to[SHIPS][1]:.1f} times the pipeline at 32.
- Against fp32 (here the int8 weights multiplied out; the model card compares with what was trained), int8 changes
  {changed:.1%} of the labels and loses {lost * 100:.2f} points of macro recall.
- A new process gives its first verdict after {first:.1f} s, and takes at most {megabytes:.0f} MB while it judges all
  of the posts.

### In haste

`HUBBUB_SENTIMENT__MODEL=fast` asks the network only about posts whose words alone are not clear enough. It judges
{speeds[HASTY] / speeds[SHIPS]:.2f} times as many posts a second. What it costs, where these are the
validation posts of the training run on posts that its thresholds were fitted on:

| language | posts | macro F1 | `fast` | macro recall | `fast` |
|---|---|---|---|---|---|
{costs(said[SHIPS], said[HASTY], judged)}
"""


def costs(ships: Sequence[Verdict], fast: Sequence[Verdict], posts: Sequence[Labelled]) -> str:
    """The rows of a table: what haste costs in each language."""
    pairs = zip(report(ships, posts).languages.items(), report(fast, posts).languages.values(), strict=True)
    return "\n".join(
        f"| {language} | {one.n:,} | {one.macro_f1:.3f} | {other.macro_f1:.3f} | {one.macro_recall:.3f} | "
        f"{other.macro_recall:.3f} |"
        for (language, one), other in pairs
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("labelled", nargs="+", type=Path, help="files or folders of labelled posts")
    options.add_argument("--posts", type=int, default=5_000)
    given = options.parse_args()
    different = list({clean(post.text): post for post in load_labelled(given.labelled)}.values())
    posts = random.Random(7).sample(different, min(given.posts, len(different)))
    text = page(posts)
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
