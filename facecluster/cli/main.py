"""The command `facecluster`: gathers the commands, and turns errors into a sentence and an exit code.

What a command needs is imported when it runs, so that help, and a mistyped flag, are answered at once.
"""

import io
import logging
import sys
import traceback
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from facecluster.cli import (
    benchmark,
    calibrate,
    cluster,
    demo,
    evaluate,
    export,
    index,
    models,
    people,
    propagate,
    report,
    review,
    run,
    runs,
    status,
    tags,
)
from facecluster.cli.output import say
from facecluster.errors import FaceclusterError

DEBUG = "--debug"
INTERRUPTED = 130  # 128 + SIGINT, as shells count

NUMBERS = {"int_parsing": "a whole number", "float_parsing": "a number"}
"""What was expected, by pydantic's word for what is wrong; typer reads values with pydantic."""


class _Commands(TyperGroup):
    """The commands; a wrong value of an option is told in plain words."""

    def invoke(self, ctx: Any) -> Any:  # of click or of typer itself, by the version of typer
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = _in_words(error)
            raise


def _in_words(error: typer.BadParameter) -> str:
    from pydantic import ValidationError

    cause = error.__cause__
    if isinstance(cause, ValidationError) and (first := cause.errors()[0])["type"] in NUMBERS:
        return f"expected {NUMBERS[first['type']]}, found {first['input']!r}."
    return error.message.removeprefix("Value error, ")  # pydantic puts it before the sentences of others


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Find every face in a photo archive and group the unknown people. Nothing leaves this machine.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but photos failed (with --strict), 130 interrupted.",
)

for command in (
    run,
    index,
    cluster,
    propagate,
    review,
    status,
    report,
    export,
    evaluate,
    calibrate,
    benchmark,
    models,
    demo,
):
    app.command()(getattr(command, command.__name__.rpartition(".")[2]))
app.add_typer(runs.group, name="runs")
app.add_typer(people.group, name="people")
app.add_typer(tags.group, name="tags")


class _Told(logging.Handler):
    """What the work has to say besides: damage of the journal, which changes no result; a fault that ends nothing."""

    def __init__(self, *, debug: bool) -> None:
        super().__init__()
        self._debug = debug

    def emit(self, record: logging.LogRecord) -> None:
        """Say it on standard error."""
        if record.exc_info and record.exc_info[1]:
            _tell_fault(record.exc_info[1], debug=self._debug)
        else:
            say(f"facecluster: {record.getMessage()}")


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"facecluster {version('facecluster')}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option(DEBUG, help="Show the traceback of an error.")] = False,
    version: Annotated[  # acted on by its callback, as --debug is by `main`
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options that belong to no command."""


def main() -> None:
    """Run the command line; ends the process with one of the exit codes that the help names."""
    for stream in (sys.stdout, sys.stderr):  # a path may hold what the terminal's encoding does not
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # Whoever has just seen an error adds it to the end of the same command.
    arguments = [argument for argument in sys.argv[1:] if argument != DEBUG]
    debug = len(arguments) < len(sys.argv) - 1
    told = _Told(debug=debug)
    logging.getLogger("facecluster").handlers = [told]
    for server in map(logging.getLogger, ("uvicorn", "asyncio")):  # of the review page: what others do wrong is no news
        server.handlers = [told]
        server.setLevel(logging.ERROR)
    try:
        app(arguments, prog_name="facecluster")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            say("facecluster: Interrupted. What was committed stays; the same command goes on from there.")
        raise
    except FaceclusterError as error:
        _end(str(error), error.exit_code, debug=debug)
    except Exception as error:  # noqa: BLE001 - a bug, or a fault of the machine: still a sentence and an exit code
        _tell_fault(error, debug=debug)
        sys.exit(1)


def _tell_fault(error: BaseException, *, debug: bool) -> None:
    if debug:
        traceback.print_exception(error)
    hint = "" if debug else f" Run the command again with {DEBUG} to see where."
    say(f"facecluster: This should not have happened: {type(error).__name__}: {error}.{hint}")


def _end(message: str, exit_code: int, *, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    say(f"facecluster: {message}")
    sys.exit(exit_code)
