"""The command `hubbub train`."""

from dataclasses import replace
from pathlib import Path

import click

from hubbub.cli import show


@click.command("train")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA...", nargs=-1, required=True)
@click.option("--base", required=True, metavar="FOLDER|HUB_ID", help="The encoder to begin with.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="Weights and checkpoints."
)
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
@click.option("--only-open", is_flag=True, help="Leave out all data but those with an open licence.")
def command(
    data: tuple[Path, ...], base: str, out: Path, recipe: str, passes: float | None, start: Path | None, only_open: bool
) -> None:
    """Fine-tune an encoder on the labelled posts in each DATA/train, measured on those in DATA/val.

    A run that was stopped goes on from its last checkpoint when the same command is given again. How long it takes is
    said within its first minutes.
    """
    from hubbub.models.training.packages import require_packages

    require_packages()
    from hubbub.models.training.recipe import RECIPES
    from hubbub.models.training.train import train

    chosen = RECIPES[recipe] if passes is None else replace(RECIPES[recipe], passes=passes)
    weights = train(data, base, out, chosen, only_open, start, show.console.is_terminal, show.console.print)
    print(f"wrote {weights}; copy it to models/weights, or set HUBBUB_SENTIMENT__MODEL={weights}")
