"""The command `hubbub evaluate`."""

from pathlib import Path

import click

from hubbub.cli import options, show


@click.command("evaluate")
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DATA...")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="MODEL",
    help="`fast`, a folder or a hub id; may be given again to compare.",
)
@options.json_output
def command(data: tuple[Path, ...], models: tuple[str, ...], as_json: bool) -> None:
    """Measure models on labelled posts: JSON lines with text, label and lang. Without --model, the one in use."""
    from hubbub.core.settings import load_settings
    from hubbub.models.load import load_judge
    from hubbub.models.training.evaluate import as_json as plain
    from hubbub.models.training.evaluate import comparison, confusion_table, evaluate
    from hubbub.models.training.labelled import read_labelled

    posts = read_labelled(data)
    judges = [load_judge(model) for model in models or (load_settings().sentiment.model,)]
    results = {judge.name: evaluate(judge, posts) for judge in judges}
    if as_json:
        show.as_json(plain(results))
        return
    show.console.print(comparison(results))
    for model, scores in results.items():
        show.console.print(confusion_table(model, scores))
