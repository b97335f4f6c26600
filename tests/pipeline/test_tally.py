from facecluster.pipeline.clock import StepSeconds
from facecluster.pipeline.tally import Tally
from facecluster.pipeline.worker import ShardReport


def test_a_count_goes_on_from_what_was_done_before_and_back_where_a_shard_failed():
    told = []
    tally = Tally(lambda done, total: told.append((done, total)), 10, 4)
    tally.ready()
    for count in (1, 2, -3, 6):
        tally.photos(count)
    assert told == [(4, 10), (5, 10), (7, 10), (4, 10), (10, 10)]


def test_what_workers_tell_is_kept_and_added_up():
    tally = Tally(lambda *_: None, 2)
    assert tally.seconds == StepSeconds()
    reports = [ShardReport(str(n), 1, 0, n, StepSeconds(read=n, total=2 * n), 0.0) for n in (1, 3)]
    for report in reports:
        tally.shard(report)
    assert tally.reports == reports
    assert tally.seconds == StepSeconds(read=4, total=8)
