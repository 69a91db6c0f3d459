"""`manage.py measure NAME FOLDER`: one benchmark on the servers that the environment names; figures into a file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, call_command

from tests.benchmarks import (
    approval,
    auditing,
    batch,
    counting,
    delivery,
    desk,
    fanout,
    flat,
    history,
    idle,
    importing,
    keys,
    log,
    memory,
    partitions,
    purge,
    race,
    scale,
    screening,
    sealing,
    timing,
    withdrawal,
)
from tests.benchmarks.stage import Stage

BENCHMARKS = {
    "delivery": delivery.measure,
    "desk": desk.measure,
    "fanout": fanout.measure,
    "history": history.measure,
    "keys": keys.measure,
    "memory": memory.measure,
    "partitions": partitions.measure,
    "screening": screening.measure,
    "flat": flat.measure,
    "timing": timing.measure,
    "approval": approval.measure,
    "batch": batch.measure,
    "sealing": sealing.measure,
    "purge": purge.measure,
    "race": race.measure,
    "scale": scale.measure,
    "withdrawal": withdrawal.measure,
    "statistics": counting.measure,
    "importing": importing.measure,
    "log": log.measure,
    "auditing": auditing.measure,
    "idle": idle.measure,
}
FIGURES = "figures.json"


class Command(BaseCommand):
    help = "Run one benchmark; only `python -m tests.benchmarks` should."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=BENCHMARKS)
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, name: str, folder: Path, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        stage = Stage(folder, say=lambda words: self.stderr.write(f"  {words}"))
        figures = BENCHMARKS[name](stage)
        (folder / FIGURES).write_text(json.dumps([asdict(figure) for figure in figures]))
