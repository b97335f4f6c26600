"""What was decided, as a command line tells it -> as a page does, where people without a name are to be seen."""

import re

NO_NAME = "somebody without a name"

NAMELESS = "the person [0-9a-f]{12}"
"""How a sentence calls who has no name, where there is no page to look at."""

IN_OTHER_WORDS = (
    (re.compile(f"as {NAMELESS}"), "as a stranger"),
    (re.compile(f"said of ([0-9,]+ faces?): {NAMELESS}"), r"said of \1: one person"),
    (re.compile(NAMELESS), NO_NAME),
)


def without_ids(said: str) -> str:
    """The sentence without the ids of people."""
    for pattern, words in IN_OTHER_WORDS:
        said = pattern.sub(words, said)
    return said
