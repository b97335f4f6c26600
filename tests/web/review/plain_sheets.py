"""Tiles of faces without their pictures."""

from facecluster.web.review.pictures.sheets import Tile


class PlainSheets:
    """Puts every face into the first sheet; remembers for which faces it was asked."""

    def __init__(self):
        self.asked = []

    def tiles(self, moment, rows):
        ids = moment.people.faces["face_id"].iloc[rows].tolist()
        self.asked += ids
        return [
            Tile(id_, "/sheets/plain.jpg", place % 12, place // 12, f"face {id_}", None, None, None, None)
            for place, id_ in enumerate(ids)
        ]


def ids_of(tiles):
    """The faces of tiles."""
    return [tile.face_id for tile in tiles]
