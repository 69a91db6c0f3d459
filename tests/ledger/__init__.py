"""The long figures: what ran for how long over which seeds, and whether it still catches a planted defect.

`make ledger NAME=parsers MINUTES=10` runs `tests.ledger.NAME` and appends a line to NAME.jsonl, which is committed. A
figure is the sum of its lines: each run takes the seeds after those of the run before.

Such a module has ``run(seed, seconds) -> Counts``: work for about that long, all of it chosen by the seed, and
``planted(seed) -> dict[str, str]``: each planted defect and how it was caught, "" where it was not.
"""
