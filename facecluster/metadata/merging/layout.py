"""Elements put into a document and taken out of it, so that what stands around them keeps its lines and blanks.

What is put in is laid out as its neighbours are. Taking it out again, in any order, leaves all blanks as they were.
"""

from facecluster.metadata.xmp.packet import Element


def put_in(parent: Element, element: Element, before: Element | None = None) -> None:
    """Make the element a child: the last one, or the one before a child."""
    if before is not None:
        gap = _gap_before(before)
        element.tail = gap or None
        parent.insert(parent.index(before), element)
    elif len(parent):
        gap = _blank(parent.text)
        element.tail, parent[-1].tail = parent[-1].tail, gap or None
        parent.append(element)
    else:
        gap = _put_in_empty(parent, element)
    _lay_out(element, gap)


def take_out(element: Element) -> None:
    """Remove an element that `put_in` put there."""
    parent, previous = element.getparent(), element.getprevious()
    assert parent is not None
    if element.getnext() is None:
        if previous is not None:
            previous.tail = element.tail
        elif element.tail is not None:  # the blanks before it came with it, see _put_in_empty
            parent.text = None
    parent.remove(element)


def _put_in_empty(parent: Element, element: Element) -> str:
    """Append the first child, on a line of its own if the parent has one; the blanks before it.

    Blanks that stood in the parent stay; the element has a tail only if it brought those before it too.
    """
    parent.append(element)
    if parent.text:
        return _blank(parent.text)
    outer = _gap_before(parent)
    if "\n" not in outer:
        return ""
    element.tail, parent.text = outer, outer + " "
    return outer + " "


def _lay_out(element: Element, gap: str) -> None:
    """Give each element within a line of its own, a blank further in than its parent, if the parent has its own."""
    if "\n" not in gap or not len(element):
        return
    element.text = gap + " "
    for child in element:
        _lay_out(child, gap + " ")
        child.tail = gap + " "
    element[-1].tail = gap


def _gap_before(element: Element) -> str:
    """The blanks before an element."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        return _blank(previous.tail)
    return _blank(parent.text) if parent is not None else ""


def _blank(text: str | None) -> str:
    """The text if there is nothing to read in it."""
    return text if text and not text.strip() else ""
