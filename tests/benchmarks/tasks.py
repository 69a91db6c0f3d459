"""Tasks that exist for comparison only: one that does nothing, and one that posts one message."""

from __future__ import annotations

import base64
import json
import os
from functools import lru_cache
from pathlib import Path

import redis
import requests
from celery import shared_task
from django.conf import settings

from sharing import signing
from tests.benchmarks.posting import Message, signed_headers

MESSAGES = "BENCHMARK_MESSAGES"  # names the file that the rival's worker reads once
DONE = "benchmark:done"


@shared_task(name="benchmarks.nothing")
def nothing() -> None:
    """Answers on a list of the broker, as soon as a worker has run it."""
    _redis().rpush(DONE, "")


@shared_task(name="benchmarks.post_one")
def post_one(number: int) -> None:
    url, secret, messages = _rendered()
    message_id, body = messages[number]
    headers = signed_headers(message_id, body, secret, signing.webhook_keys()[0])
    answer = _session().post(url, data=body, headers={"Content-Type": "application/json", **headers}, timeout=15)
    answer.raise_for_status()


def write_messages(path: Path, url: str, secret: bytes, messages: list[Message]) -> None:
    """For the rival's worker, so that it neither reads the database nor renders."""
    rendered = [(message_id, body.decode()) for message_id, body in messages]
    path.write_text(json.dumps({"url": url, "secret": base64.b64encode(secret).decode(), "messages": rendered}))


@lru_cache(maxsize=1)
def _rendered() -> tuple[str, bytes, list[Message]]:
    kept = json.loads(Path(os.environ[MESSAGES]).read_text())
    messages = [(message_id, body.encode()) for message_id, body in kept["messages"]]
    return kept["url"], base64.b64decode(kept["secret"]), messages


@lru_cache(maxsize=1)
def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


@lru_cache(maxsize=1)
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)
