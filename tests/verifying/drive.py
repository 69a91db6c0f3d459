"""Asks docs/verify/verify.py, given as the first argument; see asking.py for the lines."""

import base64
import runpy
import sys

verify = runpy.run_path(sys.argv[1])
NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")


def judged(line):
    fields = [None if field == "-" else base64.b64decode(field) for field in line.rstrip("\n").split("\t")]
    headers = {name: value.decode() for name, value in zip(NAMES, fields, strict=False) if value is not None}
    body, secrets, public_keys, endpoint, now = fields[3:]
    keys = (secrets.decode().split(), public_keys.decode().split())
    try:
        if endpoint is None:
            verify["verify_signature"](headers, body, *keys, int(now))
        else:
            verify["verify"](headers, body, *keys, endpoint.decode(), int(now))
    except verify["NotGenuine"] as refusal:
        return f"refused {refusal}"
    return "accepted"


for given in sys.stdin:
    sys.stdout.write(judged(given) + "\n")
