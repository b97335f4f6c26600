"""`facecluster tags`: names come from the metadata of photos, and go there."""

import typer

from facecluster.cli import tags_album, tags_import, tags_write

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Take over names from other programs, and write names for them. In sidecars, on request in the photos "
    "themselves, or as a folder a person.",
    epilog="What is written stands in a ledger: `revert` takes out exactly that, and nothing else.",
)

for module in (tags_import, tags_write, tags_album):
    for name, command in module.COMMANDS.items():
        group.command(name)(command)
