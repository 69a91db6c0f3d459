import hashlib
import hmac
import logging
import pickle
import random
import subprocess

import lxml.etree

logger = logging.getLogger(__name__)


def genuine(signature, expected, file, pack):
    # ruleid: digest-compared
    if signature == expected:
        return True
    # ruleid: digest-compared
    if hmac.digest(b"key", file, "sha256") != expected:
        return False
    # ok: digest-compared
    if hmac.compare_digest(signature, expected):
        return True
    # ok: digest-compared
    return hashlib.sha256(file).hexdigest() == pack.sha256


def drawn():
    # ruleid: random-for-secrets
    random.choice("abc")
    # ok: random-for-secrets
    secrets.choice("abc")


def hashed(text):
    # ruleid: weak-hash
    hashlib.md5(text)
    # ok: weak-hash
    hashlib.sha256(text)


def logged(person, listing):
    # ruleid: personal-data-in-log
    logger.info("entered %s", person.name)
    # ruleid: personal-data-in-log
    logger.warning(f"refused {person.number}")
    # ok: personal-data-in-log
    logger.info("entered %s", listing.pk)


def read(text):
    # ruleid: unpickled
    pickle.loads(text)
    # ruleid: unpickled
    yaml.load(text)
    # ok: unpickled
    json.loads(text)


def run(text):
    # ruleid: code-from-text
    eval(text)
    # ruleid: code-from-text
    subprocess.run(text, shell=True)
    # ok: code-from-text
    subprocess.run(["typst", text], check=True)


def parsed(text):
    # ruleid: xml-undefended
    lxml.etree.fromstring(text)
    # ok: xml-undefended
    defusedxml.ElementTree.fromstring(text)
