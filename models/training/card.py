"""The model card: what was trained on what, how good it is, and where not to trust it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hubbub.core.verdict import Verdict
from hubbub.models.embedded import ALL, Settings
from hubbub.models.training.calibrate import COVERED, PASSED, RIGHT
from hubbub.models.training.datasets import dataset
from hubbub.models.training.dressed import Outcome
from hubbub.models.training.evaluate import (
    DATASET_FIGURES,
    Report,
    Scores,
    coverage_figures,
    dataset_figures,
    language_figures,
    report,
)
from hubbub.models.training.labelled import Labelled

CURVES = "curves.svg"  # the picture beside the card


@dataclass(frozen=True)
class Run:
    """What a training run says of itself.

    Attributes:
        base: the encoder, in words.
        start: version of the weights that training went on from; empty if it began with the encoder itself.
        recipe: the fields of the recipe.
        train, a_pass, val: number of posts by dataset: all that are learned from, those of one pass, those measured on.
    """

    base: str
    start: str
    recipe: Mapping[str, Any]
    train: Mapping[str, int]
    a_pass: Mapping[str, int]
    val: Mapping[str, int]


@dataclass(frozen=True)
class Goal:
    """What the embedded model is wanted to reach on datasets, as the mean over them.

    Attributes:
        figure: a field of `Scores`.
        wanted: at least.
    """

    datasets: tuple[str, ...]
    figure: str
    wanted: float


UMSAB = tuple(f"umsab_{language}" for language in ("ar", "de", "en", "es", "fr", "it", "pt"))
GOALS = (
    Goal(("tweeteval_en",), "macro_recall", 0.722),
    Goal(("apple_en",), "macro_f1", 0.72),
    Goal(("sxsw_brands_en",), "macro_f1", 0.61),
    Goal(("wisesight_th",), "macro_f1", 0.735),
    Goal(("wisesight_th",), "accuracy", 0.775),
    Goal(("vsfc_vi",), "macro_f1", 0.81),
    Goal(("vsfc_vi",), "weighted_f1", 0.925),
    Goal(("visfd_vi",), "accuracy", 0.89),
    Goal(("visfd_vi",), "macro_f1", 0.64),
    Goal(("vlsp2016_vi",), "accuracy", 0.71),
    Goal(("aivivn_vi",), "accuracy", 0.88),
    Goal(("vlsp2018_vi",), "accuracy", 0.95),
    Goal(("traveloka_vi",), "accuracy", 0.975),
    Goal(UMSAB, "macro_f1", 0.70),
    Goal(("iiith_hi",), "macro_f1", 0.70),
    Goal(("sentimix_hi",), "macro_f1", 0.61),
    Goal(("smsa_id",), "accuracy", 0.84),
    Goal(("nusax_id",), "accuracy", 0.87),
)
LARGE = 700  # posts of a dataset, from which its calibration error counts
MEAN_ERROR, WORST_ERROR = 0.06, 0.12  # at most, over the large datasets


def card(
    settings: Settings,
    run: Run,
    val: Sequence[Labelled],
    answers: Sequence[Verdict],
    fp32: Sequence[Verdict],
    closeness: float,
    outcomes: Sequence[Outcome],
) -> str:
    """Returns the card as Markdown.

    Args:
        answers: of the shipped model on the validation posts.
        fp32: of the same model before it was quantised.
        closeness: mean cosine of the embeddings to the base encoder's.
        outcomes: of the dress test.
    """
    found = report(answers, val)
    scores = found.languages
    figures = "\n".join(_row(language, s) for language, s in scores.items())
    figure_names = " | ".join(name.replace("-\n", "").replace("\n", " ") for name in DATASET_FIGURES)
    recipe = ", ".join(f"{field} {value}" for field, value in run.recipe.items() if field not in ("name", "mixture"))
    temperatures = ", ".join(f"{language} {value:.2f}" for language, value in settings.temperatures.items())
    thresholds = ", ".join(f"{language} {settings.thresholds[language]:.2f}" for language in (ALL, *settings.languages))
    failed = [language for language in scores if language not in (ALL, *settings.languages)]
    changed = sum(a.label is not b.label for a, b in zip(answers, fp32, strict=True)) / len(val)
    loss = report(fp32, val).languages[ALL].macro_recall - scores[ALL].macro_recall
    return f"""# {settings.name} {settings.version}

Judges a post negative, neutral or positive, in {", ".join(settings.languages)}.
It reads the first {settings.max_tokens} tokens of a post.

## Where it comes from

- Base: {run.base}{_start(run.start)}
- The whole encoder was fine-tuned, with two linear layers on the mean of its last hidden states: one for the sentiment,
  one for an embedding that stays near the base encoder's. The vocabulary is trimmed to {run.recipe["pieces"]:,} pieces.
- Courses of training from the same start, whose weights were averaged: {run.recipe["courses"]}.
- A logistic regression on single pieces and pairs of pieces, learned apart, is added to the logits with a weight of
  {settings.share:.2f}.
- The weights are int8 for ONNX Runtime on CPU, with scales fixed on training posts, so a post's verdict does not depend
  on the posts beside it. Against fp32 they change {changed:.1%} of the labels on the validation posts and lose
  {loss * 100:.2f} points of macro recall.
- The mean cosine of the embedding to the base encoder's is {closeness:.3f} on the validation posts.

| data | posts | in a pass | terms |
|---|---|---|---|
{_data("train", run.train, run.a_pass)}
{_data("val", run.val, {})}

## Figures on the validation posts

Measured by the training run with the weights in this folder. The share of the words, the thresholds and the
temperatures were fitted on the same posts. The temperatures:
{temperatures}.

| language | posts | accuracy | macro recall | macro F1 | ECE | confident | right then |
|---|---|---|---|---|---|---|---|
{figures}

By dataset; one that tells no neutral posts apart has no figures over three classes:

| dataset | posts | {figure_names} |
|---|---|{"---|" * len(DATASET_FIGURES)}
{_by_dataset(found.datasets)}
{_goals(found.datasets)}{_dresses(outcomes)}
## When it is sure

`confidence` is the probability of the label, after temperature scaling (Guo et al. 2017). Below the threshold of its
language a verdict is `uncertain`. Each threshold is the lowest at which the confident part of these posts is right for
{RIGHT:.0%}, but not below 0.5; or, where that would leave fewer than {COVERED:.0%} of them, the one that leaves so
many. A language that is none of those above is always uncertain. The thresholds:
{thresholds}.

![Accuracy by the share of the posts that are judged]({CURVES})

| | posts | confident | right then | right in all |
|---|---|---|---|---|
{_coverage(found)}

## Where not to trust it

- What the confident part is right for is a mean over the posts of a language; the table above says how it is where
  people write otherwise. On posts unlike all of these it is not known.
- It judges well only what is like the posts it learned from. Read the figures of a language before relying on it; where
  they are low, or rest on few posts, it is a hint.
- A language in which it reaches less than {PASSED} macro recall is not among those above, and all its verdicts there
  are uncertain: {", ".join(failed) or "none"}.
- The sentiment is that of the whole post, not of what the post says about one brand.
- Irony, dialects and new slang are judged worse than plain words. Do not judge persons by it.

## How to repeat it

    pip install -e ".[train]"
    hubbub train DATA --base BASE --out OUT {_options(run)}

BASE is the encoder above, from a folder or the hub; DATA a folder with `train/` and `val/` of the files in the table,
each line with `text`, `label` and `lang`.

Recipe: {recipe}. The mixture is what the table says of a pass.
"""


def _start(version: str) -> str:
    return f"\n- Training went on from the weights {version}, START below." if version else ""


def _options(run: Run) -> str:
    start = " --start START" if run.start else ""
    return f"--recipe {run.recipe['name']} --passes {run.recipe['passes']}{start}"


def _by_dataset(datasets: Mapping[str, Scores]) -> str:
    rows = ([name, f"{s.n:,}", *dataset_figures(name, s)] for name, s in datasets.items())
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _goals(datasets: Mapping[str, Scores]) -> str:
    """The goals of the datasets that are there; nothing if there are none."""
    rows = []
    for goal in GOALS:
        if set(goal.datasets) <= set(datasets):
            has = sum(getattr(datasets[name], goal.figure) for name in goal.datasets) / len(goal.datasets)
            name = goal.figure.replace("_", " ").replace("f1", "F1")
            verdict = "reached" if has >= goal.wanted else "**not reached**"
            rows.append(f"| {' '.join(goal.datasets)} | {name} | at least {goal.wanted} | {has:.3f} | {verdict} |")
    errors = [s.ece for s in datasets.values() if s.n >= LARGE]
    for name, has, wanted in (
        (("mean", sum(errors) / len(errors), MEAN_ERROR), ("worst", max(errors), WORST_ERROR)) if errors else ()
    ):
        verdict = "reached" if has <= wanted else "**not reached**"
        rows.append(f"| those of {LARGE} posts and more | {name} ECE | at most {wanted} | {has:.3f} | {verdict} |")
    if not rows:
        return ""
    return "\n".join(
        (
            "\nWhat Hubbub wants of its own model on posts that training never sees, and what it has on these. What",
            "was tried, and what it gave, is in `docs/decisions`.\n",
            "| | figure | wanted | has | |",
            "|---|---|---|---|---|",
            *rows,
            "",
        )
    )


def _dresses(outcomes: Sequence[Outcome]) -> str:
    """The dress test, if there is one."""
    if not outcomes:
        return ""
    rows = []
    for o in outcomes:
        figures = " | ".join(f"{value:.3f}" for value in (o.plain, o.accuracy, o.kept))
        verdict = "reached" if o.reached else "**not reached**"
        rows.append(f"| {o.trial.dataset} | {o.trial.name} | {figures} | {o.wanted} | {verdict} |")
    return "\n".join(
        (
            "\nThe same posts as people write them (`models/training/dressed.py`): accuracy as they were and in the",
            "dress, and the share that keeps its label.\n",
            "| dataset | dress | plain | dressed | kept | wanted | |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        )
    )


def _row(language: str, s: Scores) -> str:
    return f"| {language} | {s.n:,} | {' | '.join(language_figures(s))} |"


def _coverage(found: Report) -> str:
    parts = found.languages | found.datasets
    return "\n".join(f"| {name} | {s.n:,} | {' | '.join(coverage_figures(s))} |" for name, s in parts.items())


def _data(part: str, sizes: Mapping[str, int], a_pass: Mapping[str, int]) -> str:
    return "\n".join(
        f"| {part}/{name} | {posts:,} | {a_pass.get(name, '')} | {dataset(name).terms} |"
        for name, posts in sorted(sizes.items())
    )
