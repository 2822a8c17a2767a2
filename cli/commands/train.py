"""The command `hubbub train`."""

from dataclasses import replace
from pathlib import Path

import click

from hubbub.cli import show


@click.command("train")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA...", nargs=-1)
@click.option("--base", metavar="FOLDER|HUB_ID", help="The encoder to begin with.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Weights and checkpoints.")
@click.option(
    "--recipe",
    type=click.Choice(["full", "short"]),
    default="full",
    show_default=True,
    help="Two long courses from the encoder, or one short one to go on with.",
)
@click.option("--passes", type=click.FloatRange(0, min_open=True), help="Over the data, other than the recipe's.")
@click.option(
    "--start",
    type=click.Path(path_type=Path),
    metavar="WEIGHTS",
    help="Weights of an earlier run to go on from, such as models/weights.",
)
@click.option(
    "--heads-only",
    is_flag=True,
    help="Train nothing; fit what is read off the weights in use, besides the sentiment, to them. Minutes.",
)
@click.option("--only-open", is_flag=True, help="Leave out all data but those with an open licence.")
def command(
    data: tuple[Path, ...],
    base: str | None,
    out: Path | None,
    recipe: str,
    passes: float | None,
    start: Path | None,
    heads_only: bool,
    only_open: bool,
) -> None:
    """Fine-tune an encoder on the labelled posts in each DATA/train, measured on those in DATA/val.

    A run that was stopped goes on from its last checkpoint when the same command is given again. How long it takes is
    said within its first minutes.

    With --heads-only DATA are folders with `sentiment`, `themes` and `care` in them, and need not be given.
    """
    from hubbub.models.training.packages import require_packages

    require_packages()
    if heads_only:
        from hubbub.core.settings import load_settings
        from hubbub.models.training.fit_heads import fit_heads

        for line in fit_heads(data, load_settings().sentiment.model):
            print(line)
        return
    if not data or base is None or out is None:
        raise click.UsageError("give DATA, --base and --out; or --heads-only")
    from hubbub.models.training.recipe import RECIPES
    from hubbub.models.training.train import train

    chosen = RECIPES[recipe] if passes is None else replace(RECIPES[recipe], passes=passes)
    weights = train(data, base, out, chosen, only_open, start, show.console.is_terminal, show.console.print)
    print(f"wrote {weights}; copy it to models/weights, or set HUBBUB_SENTIMENT__MODEL={weights}")
