"""What a page of the review shows, waited for; and deciding from a page as its scripts do."""

AWAY = ("ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET", "Failed to fetch")
"""What a browser says on its console while the server is away."""

REFUSED = ("status of 4", "status of 5")
"""What it says when the server says no."""

DECIDE = """say => import('/static/api.js').then(({decide}) => decide(say)).then(
    ({said}) => said, error => `${error.name}: ${error.message}${error.stale ? ' (stale)' : ''}`)"""
"""Decides, and returns what was said."""


def naming(name):
    """Something to decide."""
    return {"kind": "name", "name": name}


def begin(page, *names):
    """Decides without waiting for the server."""
    page.evaluate(f"names => {{ for (const name of names) ({DECIDE})({{kind: 'name', name}}) }}", list(names))


def names_of(asked):
    """What was asked, in a word each."""
    return [one["say"].get("name", one["say"]["kind"]) for one in asked]


def all_saved(page):
    """Waits until nothing is in the outbox."""
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.includes('outbox'))")


def toast(page, text):
    """Waits for a toast."""
    page.locator(".toast", has_text=text).wait_for()


def banner(page, text):
    """Waits for a banner."""
    page.locator(".banner:visible", has_text=text).wait_for()


def no_banner(page):
    """Waits until there is none."""
    page.locator(".banner").wait_for(state="detached")
