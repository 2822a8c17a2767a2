"""What a reader is told of runs: how much of each source was covered, and what to know besides."""

from collections.abc import Sequence
from typing import Any

from hubbub.core.records import Run


def coverage(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """One row a source, as the run's table shows it."""
    return [
        {
            "source": run.entry,
            "fetched": run.fetched,
            "new": run.new,
            "updated": run.updated,
            "unchanged": run.unchanged,
            "dropped": run.dropped,
            "deleted": run.deleted,
            "gone": run.gone_unknown,
            "dead": run.dead_lettered,
            "missed": "unknown" if run.missed is None else run.missed,
        }
        for run in runs
    ]


def warnings(run: Run) -> list[str]:
    """What a reader should know of a run besides its numbers, a line each."""
    lines = []
    if run.brand_unknown:
        most = list(run.unknown_brands.items())
        named = ", ".join(f"{name} ({number:,})" for name, number in most[:3]) + (", ..." if len(most) > 3 else "")
        noun = "record names" if run.brand_unknown == 1 else "records name"
        lines.append(f"{run.entry}: {run.brand_unknown:,} {noun} a brand that is not in hubbub.yaml: {named}")
    if run.not_kept and not run.error:
        lines.append(
            f"{run.entry}: {run.dead_lettered:,} records were set aside, {run.not_kept:,} of them without a letter, "
            "since there are enough of their kind; once that is mended, read the source again"
        )
    return lines
