"""How fast the embedded model judges: `python benchmarks/sentiment.py LABELLED... [--posts 5000]`.

Judges the same posts with the same weights in five ways, in turns, a part of the posts at a time: by transformers'
pipeline one by one and 32 at a time, by Hubbub's engine in fp32, in int8 as it ships, and in haste. Writes
docs/benchmarks.md.
"""

import argparse
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerFast, pipeline
from transformers.modeling_outputs import SequenceClassifierOutput

from hubbub.models.engine import Engine, OnnxNetwork, cores
from hubbub.models.evaluate import score
from hubbub.models.export import write_fp32
from hubbub.models.labelled import Labelled, read_labelled
from hubbub.models.network import Network, load_network
from hubbub.models.sentiment import LABELS, WEIGHTS, Settings, load_judge
from hubbub.models.text import clean

PARTS = 5
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
FIRST_VERDICT = """
import resource, sys
from pathlib import Path
from hubbub.models.sentiment import load_judge
judge = load_judge()
judge.judge(["the app is down again"])
print("first", flush=True)
judge.judge(Path(sys.argv[1]).read_text(encoding="utf-8").split("\\0"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

Way = Callable[[Sequence[str]], list[int]]


class AsTransformers(PreTrainedModel):
    """The network as `pipeline` takes it."""

    _supports_sdpa = True

    def __init__(self, network: Network) -> None:
        network.classifier.config.num_labels = len(LABELS)
        super().__init__(network.classifier.config)
        self.network = network

    def forward(self, input_ids: Any, attention_mask: Any, **_: Any) -> SequenceClassifierOutput:
        return SequenceClassifierOutput(logits=self.network(input_ids, attention_mask)[0])


def ways(folder: Path, max_tokens: int) -> dict[str, Way]:
    """Each way from cleaned texts to the indices of their labels."""
    network = load_network(WEIGHTS / "model.onnx")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(WEIGHTS / "tokenizer.json"), pad_token="<pad>", model_max_length=max_tokens
    )
    write_fp32(network, folder / "fp32.onnx")
    network.classifier.encoder.set_attn_implementation("sdpa")
    classify = pipeline("text-classification", model=AsTransformers(network), tokenizer=tokenizer, device="cpu")

    def piped(size: int) -> Way:
        return lambda texts: [
            int(answer["label"].rsplit("_", 1)[1]) for answer in classify(list(texts), batch_size=size, truncation=True)
        ]

    def judged(model: str) -> Way:
        judge = load_judge(model)
        return lambda texts: [LABELS.index(verdict.label) for verdict in judge.judge(texts)]

    full = Engine(OnnxNetwork(folder / "fp32.onnx"), WEIGHTS / "tokenizer.json", max_tokens)
    return {
        "transformers pipeline, one by one": piped(1),
        "transformers pipeline, batches of 32": piped(32),
        "Hubbub, fp32": lambda texts: full.logits(texts).argmax(axis=1).tolist(),
        "Hubbub, int8 (ships)": judged(""),
        "Hubbub, int8, `fast`": judged("fast"),
    }


def gemm_rate() -> float:
    """The machine's fp32 rate in FLOP/s on products of the encoder's largest shape, the best of ten."""
    left, right = torch.randn(2048, 384), torch.randn(384, 1536)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(10):
            left @ right
        times.append((time.perf_counter() - start) / 10)
    return 2 * 2048 * 384 * 1536 / min(times)


def work(network: Network, lengths: Sequence[int]) -> float:
    """The FLOP of one pass over texts of these lengths in tokens: the encoder's products, without padding."""
    config = network.classifier.config
    width, layers = config.hidden_size, config.num_hidden_layers
    a_token = 2 * layers * (4 * width * width + 2 * width * config.intermediate_size)
    return float(sum(n * a_token + 4 * layers * n * n * width for n in lengths))


def start_and_memory(texts: Sequence[str], folder: Path) -> tuple[float, float]:
    """Seconds from the start of a process to its first verdict, and the MB that it takes at most for all texts."""
    (folder / "texts").write_text("\0".join(texts), encoding="utf-8")
    start = time.perf_counter()
    command = [sys.executable, "-c", FIRST_VERDICT, str(folder / "texts")]
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


def measure(posts: Sequence[Labelled]) -> str:
    """Returns the page."""
    texts = [clean(post.text) for post in posts]
    settings = Settings.read(WEIGHTS)
    seconds: dict[str, float] = {}
    said: dict[str, list[int]] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        first, megabytes = start_and_memory(texts, folder)
        rates = [gemm_rate()]
        every = ways(folder, settings.max_tokens)
        for judge in every.values():
            judge(texts[:64])
        for part in range(PARTS):
            for name, judge in every.items():
                start = time.perf_counter()
                said.setdefault(name, []).extend(judge(texts[part::PARTS]))
                seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start
            rates.append(gemm_rate())
        network = load_network(WEIGHTS / "model.onnx")
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(WEIGHTS / "tokenizer.json"))
    lengths = [min(len(ids), settings.max_tokens) for ids in tokenizer(texts)["input_ids"]]
    bound = len(texts) * float(np.median(rates)) / work(network, lengths)
    truth = np.array([LABELS.index(post.label) for part in range(PARTS) for post in posts[part::PARTS]])
    full, small, fast = (np.array(said[name]) for name in list(said)[2:])
    lost = _recall(truth, full) - _recall(truth, small)
    speeds = {name: len(texts) / taken for name, taken in seconds.items()}
    alone, batched, _, ships, hasty = speeds.values()
    languages = np.array([post.language for part in range(PARTS) for post in posts[part::PARTS]])
    costs = "\n".join(_cost(name, truth[of], small[of], fast[of]) for name, of in _parts(languages))
    rows = "\n".join(
        f"| {name} | {speed:.0f} | {speed / alone:.1f} | {speed / batched:.1f} | {speed / bound:.0%} |"
        for name, speed in speeds.items()
    )
    return f"""# Benchmarks

Written by `python benchmarks/sentiment.py`; run it on your machine, since only ratios travel.

## Sentiment

{settings.name} {settings.version}, {len(texts):,} different posts of {np.mean(lengths):.1f} tokens on average, on
{processor()}. All ways have the same weights and were timed in turns in one run.

| way | posts/s | to one by one | to 32 at a time | of the fp32 bound |
|---|---|---|---|---|
{rows}

- The bound is what the machine's fp32 matrix products ({np.median(rates) / 1e9:.0f} GFLOP/s, measured between the
  turns) would allow for the encoder's {work(network, lengths) / len(texts) / 1e9:.2f} GFLOP a post without padding:
  {bound:.0f} posts/s. int8 may pass it.
- int8 ships at {ships / alone:.1f} times the pipeline one by one and {ships / batched:.1f} times the pipeline at 32.
- Against the engine in fp32, int8 changes {(full != small).mean():.1%} of the labels and loses
  {lost * 100:.2f} points of macro recall.
- A new process gives its first verdict after {first:.1f} s, and takes at most {megabytes:.0f} MB while it judges all
  of the posts.

### In haste

`HUBBUB_SENTIMENT__MODEL=fast` asks the network only about posts whose words alone are not clear enough. It judges
{hasty / ships:.2f} times as many posts a second, and this is what it costs:

| language | posts | macro F1 | `fast` | macro recall | `fast` |
|---|---|---|---|---|---|
{costs}
"""


def _parts(languages: Any) -> Iterator[tuple[str, Any]]:
    """The languages with a boolean for each post, and all of them."""
    yield from ((name, languages == name) for name in sorted(set(languages.tolist())))
    yield "all", np.ones(len(languages), dtype=bool)


def _cost(language: str, truth: Any, full: Any, fast: Any) -> str:
    nothing = np.zeros(len(truth), dtype=bool)
    one, other = (score(truth, given, np.ones(len(truth)), nothing) for given in (full, fast))
    figures = (one.macro_f1, other.macro_f1, one.macro_recall, other.macro_recall)
    return f"| {language} | {len(truth):,} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |"


def _recall(truth: Any, given: Any) -> float:
    return score(truth, given, np.ones(len(truth)), np.zeros(len(truth), dtype=bool)).macro_recall


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("labelled", nargs="+", type=Path, help="files or folders of labelled posts")
    options.add_argument("--posts", type=int, default=5_000)
    given = options.parse_args()
    different = list({clean(post.text): post for post in read_labelled(given.labelled)}.values())
    posts = random.Random(7).sample(different, min(given.posts, len(different)))
    page = measure(posts)
    PAGE.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
