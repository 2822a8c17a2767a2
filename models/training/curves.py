"""Risk-coverage curves: how right a judge is on the share of the posts that it is surest of, for every language.

El-Yaniv and Wiener 2010, https://jmlr.org/papers/v11/el-yaniv10a.html, with accuracy in place of its complement, risk.
"""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from hubbub.core.verdict import Verdict
from hubbub.models.training.calibrate import RIGHT
from hubbub.models.training.evaluate import grade
from hubbub.models.training.labelled import Labelled

FIRST = 20  # posts that a curve begins with: of fewer the accuracy leaps
STEPS = 50  # of a curve, at the most
ACROSS, WIDE, HIGH = 4, 204, 132  # panels in a row, and the plot of each in pixels
LEFT, TOP, NEXT, BELOW = 46, 64, 14, 58  # pixels before the first plot, above it, beside each and beneath each
LOWEST = 0.4  # accuracy at the bottom
STYLE = """
svg { --page: #ffffff; --text: #18212b; --muted: #566270; --line: #e2e7ec; --other: #d3dae1; --accent: #1f5f99; }
@media (prefers-color-scheme: dark) {
  svg { --page: #1a2129; --text: #e8edf2; --muted: #a3b0bd; --line: #2e3843; --other: #3a4551; --accent: #86bdf0; }
}
text { font: 12px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; fill: var(--muted); }
.name { font-size: 14px; font-weight: 650; fill: var(--text); }
.page { fill: var(--page); }
.grid { stroke: var(--line); }
.wanted { stroke: var(--muted); stroke-dasharray: 3 3; }
.curve { fill: none; stroke-linejoin: round; }
.other { stroke: var(--other); }
.own { stroke: var(--accent); stroke-width: 2.5; }
.dot { fill: var(--accent); stroke: var(--page); stroke-width: 2; }
"""

Points = list[tuple[float, float]]


def curve(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> Points:
    """Coverage and accuracy from the surest posts down, (0..1, 0..1) each; the last point covers all."""
    ordered = right[np.argsort(-confidence, kind="stable")]
    accuracy = ordered.cumsum() / np.arange(1, len(right) + 1)
    first = min(FIRST, len(right))
    at = np.unique(np.linspace(first, len(right), STEPS).round().astype(int))
    return [(n / len(right), float(accuracy[n - 1])) for n in at.tolist()]


def draw(answers: Sequence[Verdict], posts: Sequence[Labelled]) -> str:
    """Draws a panel for each language as one SVG that is light or dark as the reader's system is: its curve among all
    others, and a dot where its threshold is.

    Args:
        answers: one a post.
    """
    confidence = np.array([verdict.confidence for verdict in answers])
    right = np.array([verdict.label is post.label for verdict, post in zip(answers, posts, strict=True)])
    languages = np.array([post.language for post in posts])
    scores = grade(answers, posts, languages.tolist())
    paths = {name: _path(curve(confidence[languages == name], right[languages == name])) for name in scores}
    every = "".join(f'<path class="curve other" d="{path}"/>' for path in paths.values())
    panels = []
    for number, (name, s) in enumerate(scores.items()):
        row, column = divmod(number, ACROSS)
        says = "never confident"
        dot = ""
        if s.accuracy_covered is not None:
            says = f"{s.coverage:.0%} confident, right for {s.accuracy_covered:.0%}"
            dot = f'<circle class="dot" cx="{_x(s.coverage)}" cy="{_y(s.accuracy_covered)}" r="5"/>'
        panels.append(
            f'<g transform="translate({LEFT + column * (WIDE + NEXT)} {TOP + row * (HIGH + BELOW)})">'
            f'<text x="0" y="-9"><tspan class="name">{escape(name)}</tspan>  {says}</text>'
            f'{_grid(first=column == 0, last=number + ACROSS >= len(scores))}<use href="#all"/>'
            f'<path class="curve own" d="{paths[name]}"/>{dot}</g>'
        )
    width = LEFT + min(ACROSS, len(scores)) * (WIDE + NEXT) + 8
    height = TOP + -(-len(scores) // ACROSS) * (HIGH + BELOW) - 8
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'role="img" aria-label="Accuracy by the share of the posts that are judged, a panel a language">',
            f"<style>{STYLE}</style>",
            f'<defs><g id="all">{every}</g></defs>',
            '<rect class="page" width="100%" height="100%" rx="12"/>',
            f'<text x="{LEFT}" y="24">Accuracy (up) on the share of the posts that it is surest of (across). '
            f"Dot: where the confident part ends; dashes: {RIGHT:.0%}.</text>",
            *panels,
            "</svg>\n",
        )
    )


def _grid(*, first: bool, last: bool) -> str:
    lines = []
    for accuracy in (0.4, 0.6, 0.8, 1.0):
        lines.append(f'<path class="grid" d="M0 {_y(accuracy)}H{WIDE}"/>')
        if first:
            lines.append(f'<text x="-8" y="{_y(accuracy) + 4}" text-anchor="end">{accuracy:.0%}</text>')
    lines.append(f'<path class="wanted" d="M0 {_y(RIGHT)}H{WIDE}"/>')
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")) if last else ():
        lines.append(f'<text x="{_x(share)}" y="{HIGH + 18}" text-anchor="{anchor}">{share:.0%}</text>')
    return "".join(lines)


def _path(points: Points) -> str:
    return "M" + "L".join(f"{_x(share)} {_y(accuracy)}" for share, accuracy in points)


def _x(share: float) -> float:
    return round(share * WIDE, 1)


def _y(accuracy: float) -> float:
    return round((1 - max(accuracy, LOWEST)) / (1 - LOWEST) * HIGH, 1)
