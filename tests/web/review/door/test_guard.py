"""What the guard does besides judging: it takes in bodies, whole, in time, and not too large."""

import asyncio

from facecluster.web.review.door import guard
from facecluster.web.review.door.guard import whole_body
from facecluster.web.review.door.judging import MAX_BODY_BYTES
from facecluster.web.review.refusals import Refusal


def received(*parts, then_gone=False):
    """What a server hands over of a body."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    if then_gone:
        messages.append({"type": "http.disconnect"})
    elif messages:
        messages[-1]["more_body"] = False
    waiting = iter(messages)

    async def receive():
        return next(waiting, None) or await asyncio.get_running_loop().create_future()

    return receive


def test_a_body_is_put_together():
    assert asyncio.run(whole_body(received(b"one", b"", b" two"))) == b"one two"
    assert asyncio.run(whole_body(received(b""))) == b""


def test_a_body_that_grows_too_large_is_refused_though_it_did_not_say_so():
    half = b"x" * (MAX_BODY_BYTES // 2)
    assert len(asyncio.run(whole_body(received(half, half)))) == MAX_BODY_BYTES
    assert asyncio.run(whole_body(received(half, half, b"x", then_gone=True))).status == 413


def test_a_body_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.01)
    refusal = asyncio.run(whole_body(received()))
    assert isinstance(refusal, Refusal)
    assert refusal.status == 408


def test_a_sender_who_leaves_is_answered_to_nobody():
    assert asyncio.run(whole_body(received(b"half", then_gone=True))).status == 408
