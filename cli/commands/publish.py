"""The command `hubbub publish`."""

from pathlib import Path

import click

from hubbub.cli import options
from hubbub.flows.parts import open_parts


@click.command("publish")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write one HTML page instead.")
@click.option(
    "--days", type=click.IntRange(1, 3650), metavar="N", help="Let the page cover the last N days.  [default: all]"
)
@click.option("--unmasked", is_flag=True, help="Let the page show people's e-mail addresses and numbers.")
@click.option("--ndjson", type=click.Path(path_type=Path), metavar="FILE", help="Write Kibana's saved objects instead.")
@options.config
@options.by_prefect
def command(
    report: Path | None, days: int | None, unmasked: bool, ndjson: Path | None, config: Path | None, prefect: bool
) -> None:
    """Bring the dashboards to Kibana, or write them as a page."""
    from hubbub.flows import publish

    if ndjson:
        publish.write_saved_objects(ndjson)
        print(f"wrote {ndjson}; import it in Kibana under Stack Management, Saved Objects")
    if report:
        with open_parts(config) as parts:
            publish.report(parts, report, days, unmasked)
        print(f"wrote {report.resolve()}")
    if not ndjson and not report:
        with open_parts(config) as parts:
            if options.wants_prefect(prefect):
                from hubbub.flows import scheduled

                count = scheduled.run_flow(scheduled.publish_flow, config=parts.settings.config)
            else:
                count = publish.publish(parts)
        print(f"imported {count} saved objects into {parts.settings.kibana.url}")
