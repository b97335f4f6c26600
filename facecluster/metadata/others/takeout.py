"""Google Takeout: the JSON beside a photo -> whom it shows, and which JSON is beside which photo."""

import json
from typing import Any

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.words import Source, Tag
from facecluster.spelling import name_key

MAX_JSON_BYTES = 4 * 2**20
"""Real ones have 1 KB; of a shared photo with many comments, some 100 KB."""


def people_in_takeout(data: bytes) -> tuple[Tag, ...]:
    """The people whom a JSON file of Google Takeout names, once each; it says nothing of where they are.

    Raises:
        MetadataError: TOO_LARGE; BROKEN: it is no JSON.
    """
    if len(data) > MAX_JSON_BYTES:
        raise MetadataError(
            MetadataFault.TOO_LARGE, f"{len(data):,} bytes of JSON, at most {MAX_JSON_BYTES:,} are read"
        )
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MetadataError(MetadataFault.BROKEN, f"no JSON: {type(error).__name__}") from None
    people = document.get("people") if isinstance(document, dict) else None
    once: dict[str, str] = {}
    for name in map(_name, people if isinstance(people, list) else []):
        once.setdefault(name_key(name), name)
    return tuple(Tag(Source.TAKEOUT, name, None) for name in once.values() if name)


def _name(person: Any) -> str:
    """The name of one of the people; "" of what is none. Half characters, which JSON can hold, become U+FFFD."""
    name = person.get("name") if isinstance(person, dict) else None
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip() if isinstance(name, str) else ""
