import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import WorkerError
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.queue import FUTILE_FAILURES, MAX_FALSE_STARTS, ShardQueue, check_false_starts
from facecluster.schemas import PHOTOS
from facecluster.store.archive import PhotoFile


def shard_of(*numbers):
    files = tuple(PhotoFile(f"{number:03}.jpg", number, 1) for number in numbers)
    return Shard(f"shard {numbers}", files, PHOTOS.empty_table())


def work_off(queue, poison):
    """Run a queue to its end with workers that die on poison; the files done, those given up, and the deaths."""
    finished, lost, deaths = [], [], 0
    while shard := queue.take():
        if poison & set(shard.files):
            deaths += 1
            if (given_up := queue.failed(shard, "died")) is not None:
                lost += given_up.files
        else:
            queue.succeeded()
            finished += shard.files
    return finished, lost, deaths


@given(st.sets(st.integers(0, 63), max_size=4), st.integers(1, 3))
def test_poison_costs_itself_and_nothing_else(poison, max_attempts):
    shards = [shard_of(*range(start, start + 16)) for start in range(0, 64, 16)]
    everything = [file for shard in shards for file in shard.files]
    bad = {file for file in everything if file.size in poison}
    finished, lost, deaths = work_off(ShardQueue(shards, 1, "p", max_attempts), bad)
    assert sorted(lost) == sorted(bad)
    assert sorted(finished) == sorted(set(everything) - bad)
    assert deaths <= len(bad) * (4 + max_attempts)


def test_attempts_have_names_of_their_own():
    queue = ShardQueue([shard_of(1)], 1, "p", 3)
    seen = []
    while shard := queue.take():
        seen.append(shard.name)
        lost = queue.failed(shard, "died")
    assert len(set(seen)) == 3
    assert lost is not None


def test_a_shard_put_back_comes_first_and_whole():
    queue = ShardQueue([shard_of(1, 2), shard_of(3, 4)], 1, "p", 2)
    shard = queue.take()
    queue.put_back(shard)
    again = queue.take()
    assert again.files == shard.files
    assert again.name != shard.name, "a worker may have begun to write under its first name"


def test_a_lost_node_is_no_photos_fault():
    queue = ShardQueue([shard_of(1)], 1, "p", 1)
    for _ in range(FUTILE_FAILURES - 1):
        queue.interrupted(queue.take(), "its node is gone")
    with pytest.raises(WorkerError, match="node is gone"):
        queue.interrupted(queue.take(), "its node is gone")


def test_a_photo_given_up_has_a_name_that_no_worker_wrote_under():
    queue = ShardQueue([shard_of(1)], 1, "p", 2)
    names = [(first := queue.take()).name]
    queue.failed(first, "died")
    names.append((second := queue.take()).name)
    names.append(queue.failed(second, "died").name)
    assert len(set(names)) == 3


def test_false_starts_end_a_run_when_they_go_on():
    for count in range(1, MAX_FALSE_STARTS):
        check_false_starts(count, "killed")
    with pytest.raises(WorkerError, match=r"before they began.*killed"):
        check_false_starts(MAX_FALSE_STARTS, "killed")


def test_failures_without_end_are_not_the_photos_fault():
    queue = ShardQueue([shard_of(*range(500))], 1, "p", 2)
    for _ in range(FUTILE_FAILURES - 1):
        assert queue.failed(queue.take(), "out of memory") is None
    with pytest.raises(WorkerError, match=f"{FUTILE_FAILURES} times.*out of memory"):
        queue.failed(queue.take(), "out of memory")


def test_an_empty_queue_has_nothing():
    queue = ShardQueue([], 1, "p", 2)
    assert queue.take() is None
    assert len(queue) == 0
