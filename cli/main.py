"""The `hubbub` command: one file a verb in `cli/commands/`, loaded when it is called."""

import os
import signal
import sys
from importlib import import_module
from io import TextIOWrapper

import click

from hubbub import __version__
from hubbub.cli import commands, show
from hubbub.core.errors import HubbubError, Misconfigured
from hubbub.core.folders import module_names


class Verbs(click.Group):
    """Finds its commands by listing `cli/commands/`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name.replace("_", "-") for name in module_names(commands.__path__)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"hubbub.cli.commands.{cmd_name.replace('-', '_')}").command
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="hubbub %(version)s")
def hubbub() -> None:
    """Hears what customers say about a brand, judges it, and tells the care team in time."""


def main() -> None:
    """Exit status: 0 done, 1 failed, 2 wrong usage or configuration."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: a Prefect server that was started ends too
    os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect reports its use to its makers unless told otherwise
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = hubbub.main(prog_name="hubbub", standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        status = 2
    except click.ClickException as error:
        status = _fail(f"{error.format_message().rstrip('.')}; see {_help(error)}", 2)
    except Misconfigured as error:
        status = _fail(str(error), 2)
    except HubbubError as error:
        status = _fail(str(error), 1)
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer would fail again
        if isinstance(error, BrokenPipeError):  # the reader of our output went away, as `head` does
            status = 1
        else:
            what = f"{error.filename}: failed" if error.filename else "the output cannot be written"
            status = _fail(f"{what} ({error.strerror})", 1)
    sys.exit(status if isinstance(status, int) else 0)


def _help(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"`{context.command_path if context else 'hubbub'} --help`"


def _fail(reason: str, status: int) -> int:
    show.complain(reason)
    return status
