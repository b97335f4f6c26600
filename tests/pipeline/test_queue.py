import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import WorkerError
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.queue import FUTILE_FAILURES, ShardQueue
from facecluster.schemas import PHOTOS
from facecluster.store.archive import PhotoFile


def shard_of(*numbers):
    files = tuple(PhotoFile(f"{number:03}.jpg", number, 1) for number in numbers)
    return Shard(f"shard {numbers}", files, PHOTOS.empty_table())


def work_off(queue, poison):
    """Run a queue to its end with workers that die on poison; the files done and given up, and how often workers died."""
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
    assert queue.take() is shard


def test_failures_without_end_are_not_the_photos_fault():
    queue = ShardQueue([shard_of(*range(500))], 1, "p", 2)
    with pytest.raises(WorkerError, match=f"{FUTILE_FAILURES} times.*out of memory"):
        while shard := queue.take():
            queue.failed(shard, "out of memory")


def test_an_empty_queue_has_nothing():
    queue = ShardQueue([], 1, "p", 2)
    assert queue.take() is None
    assert len(queue) == 0
