"""The command `hubbub demo`."""

import os
import shutil
import time
from pathlib import Path

import click

from hubbub.cli import show
from hubbub.cli.demo.sample import write_sample
from hubbub.core.clock import utc_now
from hubbub.core.errors import Misconfigured


@click.command("demo")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    default=Path("hubbub-report.html"),
    show_default=True,
    metavar="FILE",
    help="Where to write the page.",
)
def command(report: Path) -> None:
    """Take a bundled fortnight of posts the whole way: collect, judge, index, alert, report.

    Everything stays on this machine, in a folder of its own; your settings are neither read nor changed.
    """
    began = time.monotonic()
    home = Path(os.environ.get("HUBBUB_HOME") or ".hubbub").resolve() / "demo"
    stand_apart(home)
    try:
        home.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(home / "index", ignore_errors=True)
        config = write_sample(home / "sample", utc_now())
    except OSError as error:
        raise Misconfigured(f"{home}: cannot be written ({error.strerror}); set HUBBUB_HOME") from None

    from hubbub.flows import scheduled  # Prefect reads its settings when it is imported
    from hubbub.flows.coverage import coverage
    from hubbub.flows.parts import open_parts
    from hubbub.flows.publish import report as write_report

    show.console.print("Collecting the sample by a Prefect flow; its server takes a moment ...")
    runs = scheduled.run_flow(scheduled.collect_flow, config=config)
    show.table("\nCollected", coverage(runs))
    show.console.print("\nLooking for what stands out ...\n")
    if not scheduled.run_flow(scheduled.raise_alerts_flow, config=config):
        show.console.print("nothing stands out")
    with open_parts(config) as parts:
        write_report(parts, report, days=14)
    show.console.print(f"\nThe report: {report.resolve()}", soft_wrap=True)
    show.console.print(f"Done in {time.monotonic() - began:.0f} s.")


def stand_apart(home: Path) -> None:
    """Shields the demo from the user's own Prefect, Elasticsearch and Slack, and those from the demo."""
    for name in list(os.environ):
        if name.startswith(("PREFECT_", "HUBBUB_")):
            del os.environ[name]
    os.environ.update(
        HUBBUB_HOME=str(home / "index"),
        PREFECT_HOME=str(home / "prefect"),
        PREFECT_PROFILES_PATH=str(home / "prefect" / "profiles.toml"),
        PREFECT_SERVER_ALLOW_EPHEMERAL_MODE="true",
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS="120",
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        PREFECT_LOGGING_LEVEL="WARNING",
        DO_NOT_TRACK="1",
    )
