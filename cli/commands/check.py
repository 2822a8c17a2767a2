"""hubbub check"""

from pathlib import Path

import click

from hubbub.cli import options, show
from hubbub.cli.schema import schema
from hubbub.core.examples import check_examples
from hubbub.flows.parts import Parts, open_parts


@click.command("check")
@click.option("--schema", "wants_schema", is_flag=True, help="Write the JSON schema of hubbub.yaml, for editors.")
@options.config
def command(wants_schema: bool, config: Path | None) -> int:
    """Try the settings without asking any network: the file, its examples, every source and every rule."""
    if wants_schema:
        show.as_json(schema())
        return 0
    with open_parts(config) as parts:
        return _check(parts)


def _check(parts: Parts) -> int:
    listening = parts.listening
    examples = sum(len(brand.should_match) + len(brand.should_not_match) for brand in listening.brands)
    failures = check_examples(listening.brands)
    for failure in failures:
        print(failure)
    for entry in listening.sources:
        parts.collector(entry)
    rules = parts.rules
    _ = parts.notifiers
    print(
        f"{parts.settings.config}: {len(listening.brands)} brands, "
        f"{examples - len(failures)} of {examples} examples hold, "
        f"{len(listening.sources)} sources ready, {len(rules)} alert rules"
    )
    return 2 if failures else 0
