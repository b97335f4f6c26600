"""A name that is typed, in a real browser."""

import pytest


@pytest.fixture
def box(tabs, stage):
    page = tabs.page("/")
    page.evaluate("addEventListener('chosen', ({detail}) => (window.chosen = detail))")
    return page


def chosen(page):
    return page.wait_for_function("() => window.chosen").json_value()


def test_enter_takes_the_marked_one_even_before_the_list_is_there(box):
    box.locator("#who").focus()
    box.keyboard.type("ad")
    box.keyboard.press("Enter")
    assert chosen(box) == {"person": "a1", "name": "Ada"}


def test_a_new_person_needs_its_own_word(box):
    box.locator("#who").press_sequentially("Zoe")
    assert box.locator("[aria-selected=true]").count() == 0
    box.locator("#who").press("Enter")  # nobody is like it, and nothing is marked: nothing happens
    box.get_by_role("option", name='Create "Zoe"').wait_for()
    box.keyboard.press("ArrowUp")
    box.keyboard.press("Enter")
    assert chosen(box) == {"new": "Zoe"}


def test_arrows_go_round_and_the_box_says_where(box):
    box.locator("#who").press_sequentially("ad")
    box.get_by_role("option", name="Adam").wait_for()
    for key, name in [
        ("ArrowDown", "Adam"),
        ("ArrowDown", 'Create "ad"'),
        ("ArrowDown", "Ada"),
        ("ArrowUp", 'Create "ad"'),
    ]:
        box.keyboard.press(key)
        active = box.locator("#who").get_attribute("aria-activedescendant")
        assert box.locator(f"[id='{active}']").text_content() == name
        assert box.locator("[aria-selected=true]").all_text_contents() == [name]


def test_escape_closes_then_empties_then_leaves(box):
    box.locator("#who").press_sequentially("ad")
    box.get_by_role("listbox", name="People").wait_for()
    box.keyboard.press("Escape")
    assert box.locator("#who").get_attribute("aria-expanded") == "false"
    box.keyboard.press("Escape")
    assert box.locator("#who").input_value() == ""
    box.keyboard.press("Escape")
    assert box.evaluate("document.activeElement === document.body")


def test_a_click_takes_one(box):
    box.locator("#who").click()
    box.get_by_role("option", name="Adam").click()
    assert chosen(box) == {"person": "a2", "name": "Adam"}


def test_a_late_answer_to_an_older_question_is_dropped(box, stage):
    stage.slow = {"a"}
    box.locator("#who").press_sequentially("a")
    box.wait_for_function("() => performance.getEntriesByType('resource').length")  # something was asked
    box.wait_for_timeout(0)
    box.locator("#who").press_sequentially("da")
    box.get_by_role("option", name='Create "ada"').wait_for()
    stage.go_on.set()
    assert box.get_by_role("option", name='Create "a"', exact=True).count() == 0


def test_a_server_that_is_away_is_said(box, server):
    server.stop()
    box.locator("#who").press_sequentially("ad")
    box.get_by_role("option", name="does not answer").wait_for()
    box.keyboard.press("ArrowDown")
    box.keyboard.press("Enter")
    assert box.evaluate("window.chosen") is None
    server.start()


def test_who_types_on_after_enter_has_not_chosen_yet(box, stage):
    stage.slow = {"a"}
    box.locator("#who").press_sequentially("a")
    box.keyboard.press("Enter")
    box.keyboard.type("d")
    box.locator("[role=option][aria-selected=true]", has_text="Ada").wait_for()
    stage.go_on.set()
    assert box.evaluate("window.chosen") is None


def test_a_press_beside_the_list_is_not_lost_when_it_closes(box):
    box.locator("#who").press_sequentially("ad")
    box.get_by_role("option", name="Adam").wait_for()
    box.evaluate("""() => {
      const button = document.querySelector(".title button");
      button.addEventListener("click", () => (window.pressed = true));
      document.querySelector(".menu").style.position = "static"; // in line, as in a dialog
      document.querySelector("who-box").after(button);
    }""")
    box.get_by_role("button", name="One").click()
    assert box.evaluate("window.pressed")
    box.locator(".menu").wait_for(state="hidden")
