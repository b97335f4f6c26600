"""A name or a keyword as somebody spells it -> what all its spellings share."""

import unicodedata


def name_key(text: str) -> str:
    """What two names or keywords share that differ in capitals, width of letters or blanks only."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())
