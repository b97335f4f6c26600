"""The order of work: plan, shard, and who runs it."""
