"""`facecluster people`: who is on the photos, and what somebody says of it."""

import typer

from facecluster.cli import people_backup, people_faces, people_join, people_person, people_show, people_suggest

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Say who is who, and see what was said. A decision is never lost: it outlives any new grouping, and can be "
    "undone at any time.",
    epilog="PERSON is a name, or an id or its first digits. TARGET is the number of a cluster, or the id of a face.",
)

for module in (people_show, people_suggest, people_faces, people_join, people_person, people_backup):
    for name, command in module.COMMANDS.items():
        group.command(name)(command)
