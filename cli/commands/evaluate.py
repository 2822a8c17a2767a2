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
@click.option("--dressed", is_flag=True, help="Also judge posts of vsfc_vi, tweeteval_en and wisesight_th rewritten.")
@options.json_output
def command(data: tuple[Path, ...], models: tuple[str, ...], dressed: bool, as_json: bool) -> None:
    """Measure models on labelled posts: JSON lines with text, label and lang. Without --model, the one in use.

    With --dressed the posts are also judged without accents, in capitals and so on, as people write them.
    """
    from hubbub.core.settings import load_settings
    from hubbub.models.load import load_judge
    from hubbub.models.training.dressed import dress_table, try_dresses
    from hubbub.models.training.evaluate import as_json as plain
    from hubbub.models.training.evaluate import by_dataset, comparison, confusion_table, coverage_table, evaluate
    from hubbub.models.training.labelled import load_labelled

    posts = load_labelled(data)
    judges = [load_judge(model) for model in models or (load_settings().sentiment.model,)]
    results = {judge.name: evaluate(judge, posts) for judge in judges}
    outcomes = {judge.name: try_dresses(judge, posts) if dressed else [] for judge in judges}
    if as_json:
        show.as_json(plain(results, outcomes))
        return
    show.console.print(comparison(results))
    for model, report in results.items():
        show.console.print(by_dataset(model, report.datasets))
        show.console.print(coverage_table(model, report))
        show.console.print(confusion_table(model, report.languages))
        if outcomes[model]:
            show.console.print(dress_table(model, outcomes[model]))
