"""Arguments and options that the commands of `facecluster people` share."""

from typing import Annotated

import typer

from facecluster.cli.completion import clusters, decisions, people, people_and_clusters

PERSON_HELP = "Name, id, or first digits of the id."
TARGET_HELP = "Number of a cluster, or id of a face."
BOTH_HELP = "Person, number of a cluster, or id of a face."

Person = Annotated[str, typer.Argument(metavar="PERSON", help=PERSON_HELP, autocompletion=people)]
Targets = Annotated[
    list[str], typer.Argument(metavar="TARGET", help=TARGET_HELP, autocompletion=clusters, show_default=False)
]
MaybeTargets = Annotated[
    list[str] | None,
    typer.Argument(metavar="TARGET", help=TARGET_HELP, autocompletion=clusters, show_default=False),
]
Face = Annotated[str, typer.Argument(metavar="FACE", help="Id of a face.")]
One = Annotated[str, typer.Argument(metavar="ONE", help=BOTH_HELP, autocompletion=people_and_clusters)]
Other = Annotated[str, typer.Argument(metavar="OTHER", help=BOTH_HELP, autocompletion=people_and_clusters)]
Others = Annotated[
    list[str],
    typer.Argument(metavar="OTHER", help=BOTH_HELP, autocompletion=people_and_clusters, show_default=False),
]
Decision = Annotated[
    str,
    typer.Argument(metavar="DECISION", help="Its number in the history, or its id.", autocompletion=decisions),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be decided; decide nothing.")]
New = Annotated[bool, typer.Option("--new", help="Found a new person of this name.")]
Limit = Annotated[int, typer.Option("--limit", metavar="COUNT", min=1, help="At most so many.")]
