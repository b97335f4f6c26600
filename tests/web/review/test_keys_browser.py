"""Keys, in a real browser."""

from tests.web.review.seen import DECIDE, naming, toast


def test_letters_are_letters_while_somebody_types(tabs, stage):
    page = tabs.page("/")
    page.evaluate(DECIDE, naming("Ada"))
    page.locator("#who").fill("")
    page.locator("#who").press_sequentially("zz?")
    assert page.locator("#who").input_value() == "zz?"
    assert len(stage.decided) == 1
    assert not page.locator("#help").is_visible()


def test_the_help_lists_the_keys_of_the_screen(tabs):
    page = tabs.page("/")
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keys")
    assert help_.get_by_text("Undo the last decision of this tab").is_visible()
    assert help_.get_by_text("Choose all", exact=True).is_visible()
    page.keyboard.press("Escape")
    assert not help_.is_visible()


def test_keys_of_one_letter_can_be_turned_off_for_good(tabs, stage):
    page = tabs.page("/")
    page.evaluate(DECIDE, naming("Ada"))
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Keys of one letter work").uncheck()
    page.keyboard.press("Escape")
    page.reload(wait_until="domcontentloaded")
    page.keyboard.press("z")
    page.keyboard.press("?")
    assert not page.locator("#help").is_visible()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Keys of one letter work").check()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    toast(page, "Undone: Said")
    assert len(stage.decided) == 2


def test_a_key_held_down_decides_once(tabs, stage):
    page = tabs.page("/")
    for name in ("Ada", "Bo"):
        page.evaluate(DECIDE, naming(name))
    page.keyboard.down("z")
    page.keyboard.down("z")  # what a browser sends again and again
    page.keyboard.up("z")
    toast(page, "Undone: Said")
    assert len(stage.decided) == 3


def test_where_letters_are_not_latin_the_place_of_the_key_counts(tabs, stage):
    page = tabs.page("/")
    page.evaluate(DECIDE, naming("Ada"))
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'я', code: 'KeyZ', bubbles: true}))")
    toast(page, "Undone: Said")
