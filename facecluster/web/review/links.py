"""Where each screen is: on a server, or as files."""

from typing import Protocol


class Links(Protocol):
    """Makes addresses: of a screen, perhaps of one thing on it."""

    def __call__(self, screen: str, of: str = "") -> str:
        """The address.

        Args:
            screen: name, same, more, people, person, groups, cluster, alone, ignored, failed, history or photo.
            of: id of the person, number of the cluster, or id of the face; of a history, of whose.
        """
        ...


def on_server(screen: str, of: str = "") -> str:
    """The address of a screen on the server."""
    if screen == "history" and of:
        return f"/history?person={of}"
    return {"person": f"/people/{of}", "cluster": f"/groups/{of}", "photo": f"/photo/{of}"}.get(screen, f"/{screen}")
