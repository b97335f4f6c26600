"""The command `facecluster`: gathers the commands, and turns errors into a sentence and an exit code."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from facecluster.cli import benchmark, cluster, demo, evaluate, export, index, models, report, run, status
from facecluster.errors import FaceclusterError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Find every face in a photo archive and group the unknown people. Nothing leaves this machine.",
)

for command in (run, index, cluster, status, report, export, evaluate, benchmark, models, demo):
    app.command()(getattr(command, command.__name__.rpartition(".")[2]))


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"facecluster {version('facecluster')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[  # noqa: ARG001  # acted on by its callback
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options that stand before the command."""
    context.obj = debug


def main() -> None:
    """Run the command line.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with failed photos under --strict, 130 interrupted.
    """
    try:
        app()
    except FaceclusterError as error:
        if "--debug" in sys.argv:
            raise
        typer.echo(f"facecluster: {error}", err=True)
        sys.exit(error.exit_code)
