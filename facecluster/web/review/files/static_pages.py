"""The review as files: the same screens, to be looked at with no server, and with nothing to press."""

from pathlib import Path
from urllib.parse import quote

from facecluster.pipeline.review.live import Live, Moment
from facecluster.pipeline.review.progress import progress_of
from facecluster.store.files import make_folder, replace_file
from facecluster.store.folders import replaced_folder
from facecluster.store.library import Library
from facecluster.web.pages_beside import ENTRY, pages_folder, pages_of
from facecluster.web.review.files.file_links import FileLinks
from facecluster.web.review.files.static_cards import questions_at
from facecluster.web.review.files.static_screens import UNITS_LISTED, Screens
from facecluster.web.review.pages import Pages, Shell
from facecluster.web.review.pictures.sheets import StaticSheets
from facecluster.web.review.statics import statics
from facecluster.web.wording import counted, moment_in_words

MAX_UNITS = 3 * UNITS_LISTED
"""People and groups with a page of their own: those of three lists; where these are not full, others too that questions
and decisions are about. With as many faces each as static_screens lets through, 400 MB."""

ASSETS = "static"
SHEETS = "sheets"


def write_pages(library: Library, report: Path) -> Path:
    """Write the screens of a library beside its report, all or none; their folder.

    Raises:
        LibraryError: the library is empty, not grouped yet, or damaged.
        UsageError: something else bears the name of the folder.
        StorageError: they cannot be written.
    """
    folder, moment = pages_folder(report), Live(library).now()
    with replaced_folder(folder, pages_of(library, moment.state)) as staged:
        links = FileLinks(quote(f"../{report.name}"), MAX_UNITS)
        links(ENTRY)
        assets = _write_screens(library, moment, staged, links)
        _copy_assets(staged, assets)
    return folder


def _write_screens(library: Library, moment: Moment, folder: Path, links: FileLinks) -> set[str]:
    """Write every page that another leads to; the names of the files that ship which they need."""
    assets: set[str] = set()

    def asset(name: str) -> str:
        assets.add(name)
        return f"{ASSETS}/{name}"

    questions = questions_at(library, moment)
    sheets = StaticSheets(library, folder / SHEETS, f"{SHEETS}/")
    screens = Screens(moment, questions, sheets)
    pages, progress = Pages({"editable": False, "to": links, "asset": asset}), progress_of(moment, library)
    shell = Shell("", str(moment.state), library.identity.id, questions.counts, made=_made_when(library, moment))
    for place in links.each():
        template, tab, context = screens.shown(place)
        html = pages.render(template, shell=shell._replace(screen=tab), progress=progress, **context)
        replace_file(folder / place.file, html.encode())
    sheets.write()
    return assets


def _copy_assets(folder: Path, names: set[str]) -> None:
    make_folder(folder / ASSETS)
    for name in sorted(names):
        replace_file(folder / ASSETS / name, statics().contents[name])


def _made_when(library: Library, moment: Moment) -> str:
    """What the pages are of, in words that are the same whenever they are made again."""
    created_at = library.run_record(moment.state.run).get("created_at")
    when = f" of {moment_in_words(created_at)}" if created_at else ""
    return f"run {moment.state.run}{when} and {counted(moment.state.journal, 'decision')}"
