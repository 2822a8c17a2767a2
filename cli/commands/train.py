"""The command `hubbub train`."""

from pathlib import Path

import click

from hubbub.cli import show


@click.command("train")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA")
@click.option("--base", required=True, metavar="FOLDER|HUB_ID", help="The encoder to begin with.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="Weights and checkpoints."
)
def command(data: Path, base: str, out: Path) -> None:
    """Fine-tune an encoder on the labelled posts in DATA/train, measured on DATA/val.

    A run that was stopped goes on from its last checkpoint when the same command is given again.
    """
    from hubbub.models.training.packages import require_packages

    require_packages()
    from hubbub.models.training.train import Recipe, train

    weights = train(data, base, out, Recipe(), progress=show.console.is_terminal)
    print(f"wrote {weights}; copy it to models/weights, or set HUBBUB_SENTIMENT__MODEL={weights}")
