"""Sheets of faces on a server: composed when a page first shows them, once, and kept for a while."""

import threading
from collections import OrderedDict
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.pictures import Spots, thumbnails
from facecluster.pipeline.targets import Rows
from facecluster.store.library import Library
from facecluster.web.review.pictures.mosaic import mosaic
from facecluster.web.review.pictures.sheets import Tile, sheet_key, tiles_of

CELL_PX = 160
"""As large as pictures are kept by default, so that most are only copied; for tiles of 80 px on a screen of double
density."""

MAX_KEPT_BYTES = 24_000_000
"""Of sheets, the one asked for last among them: about 90."""

MAX_KNOWN_SHEETS = 8192
"""That can be asked for: a million faces, in ten megabytes."""

MAX_AHEAD = 8
"""Sheets under way above which no more are begun before they are asked for: whoever scrolls on fast skips some."""

COMPOSERS = 2
"""Threads; each holds an image of 9 MB."""


class ServedSheets:
    """The sheets that pages show. Any thread may ask."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        # Those used longest ago come first.
        self._known: OrderedDict[str, Spots] = OrderedDict()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._under_way: dict[str, Future[bytes]] = {}
        self._composers = ThreadPoolExecutor(COMPOSERS, "sheets")

    def tiles(self, moment: Moment, rows: Rows) -> list[Tile]:
        """The tiles of faces, in their order; their sheets, which the page will ask for at once, are begun."""
        return tiles_of(moment, rows, self._begun)

    def jpeg(self, key: str) -> bytes | None:
        """The sheet that a tile is on; None where it was told of too long ago, or by another server."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            if key not in self._known:
                return None
            sheet = self._begin(key)
        try:
            return sheet.result()
        except CancelledError:
            return None

    def close(self) -> None:
        """Compose nothing more."""
        self._composers.shutdown(cancel_futures=True)

    def _begun(self, face_ids: list[str], spots: Spots) -> str:
        """The address of a sheet, which is begun if it is not kept."""
        key = sheet_key(face_ids, CELL_PX)
        with self._lock:
            self._known[key] = spots
            self._known.move_to_end(key)
            if len(self._known) > MAX_KNOWN_SHEETS:
                self._known.popitem(last=False)
            if key not in self._kept and len(self._under_way) < MAX_AHEAD:
                self._begin(key)
        return f"/sheets/{key}.jpg"

    def _begin(self, key: str) -> Future[bytes]:
        """A sheet to come; the lock is held."""
        if key not in self._under_way:
            self._under_way[key] = self._composers.submit(self._compose, key, self._known[key])
        return self._under_way[key]

    def _compose(self, key: str, spots: Spots) -> bytes:
        try:
            sheet = mosaic(thumbnails(self._library, spots), CELL_PX)
            self._keep(key, sheet)
            return sheet
        finally:
            with self._lock:
                del self._under_way[key]

    def _keep(self, key: str, sheet: bytes) -> None:
        with self._lock:
            self._kept[key] = sheet
            while len(self._kept) > 1 and sum(map(len, self._kept.values())) > MAX_KEPT_BYTES:
                self._kept.popitem(last=False)
