"""The key ceremony: keys are made once, copied to a medium that leaves the machine, read back, and written into a protocol.

Nothing here shows a key; a fingerprint tells one from another and says nothing of it.
"""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from config.installing.answers import Answers
from config.installing.findings import Finding, Stopped, green, red
from config.new_keys import NAMES, new_environment
from registry.keys import seen_mark
from registry.suites import SUITES

FILES = {"SECRET_KEY": "secret", **{name: name.partition("_")[2].lower().removesuffix("_keys") for name in NAMES}}
PRIVATE, SHARED = 0o600, 0o640
SHOWN_DIGITS = 32  # of a fingerprint, in hexadecimal
RULE = "_" * 30


def make(keys: Path, suite: str) -> bool:
    """The files of the keys, all of them or none; False where they are there already and are left alone."""
    if keys.exists() and any(keys.iterdir()):
        _refuse_some(keys)
        return False
    unfinished = keys.with_name(f"{keys.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _write(unfinished, {FILES[name]: value for name, value in new_environment(SUITES[suite]).items()})
    if keys.exists():
        keys.rmdir()
    unfinished.rename(keys)
    return True


def give(keys: Path, user: str, *, shared: bool) -> None:
    """To the service's user alone; ``shared``: to the group of its name as well, where zones have users of their own."""
    keys.chmod(0o750 if shared else 0o700)
    for file in keys.iterdir():
        file.chmod(SHARED if shared else PRIVATE)
    hand_over(user, keys, *keys.iterdir())


def hand_over(user: str, *paths: Path) -> None:
    """To the user and the group of that name; without root there is nobody else to give anything to."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(user)
        for path in paths:
            os.chown(path, account.pw_uid, account.pw_gid)


def copy(keys: Path, medium: Path) -> None:
    """The same files on the medium, on it and not only on their way. Raises OSError."""
    _write(medium, read(keys))


def differing(keys: Path, medium: Path) -> list[str]:
    """Names of files that are not the same, byte by byte, read from the medium itself. Raises OSError."""
    held, copied = read(keys), {}
    for name in held:
        with (medium / name).open("rb") as file:
            os.posix_fadvise(
                file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED
            )  # or what was just written is read from memory
            copied[name] = file.read().decode()
    return [name for name in held if held[name] != copied[name]]


def read(keys: Path) -> dict[str, str]:
    """File name → what it holds. Raises OSError."""
    return {name: (keys / name).read_text(encoding="utf-8") for name in FILES.values()}


def fingerprints(keys: Path) -> dict[str, str]:
    """Setting → fingerprint of its current key, as the register notes it (`registry.key_ages`)."""
    held = read(keys)
    return {setting: seen_mark(setting, held[file]).hex()[:SHOWN_DIGITS] for setting, file in FILES.items()}


def protocol(answers: Answers, marks: Mapping[str, str], *, now: datetime) -> str:
    """What two persons sign. It holds no secret."""
    lines = [
        _("Protocol of the key ceremony"),
        "",
        f"{_('Court')}: {answers['office']} ({answers['court']})",
        f"{_('Moment')}: {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        f"{_('Keys')}: {answers['keys']}",
        f"{_('Copy')}: {answers['keys_copy']}",
        "",
        _("Fingerprints of the keys (no part of a key can be found from them):"),
        *(f"  {name:<24}{mark}" for name, mark in marks.items()),
        "",
        _("The copy was read back from the medium and is the same. It was sealed and taken away to:"),
        "",
        f"  {RULE}",
        "",
        *(f"  {name:<24}{RULE}" for name in persons(answers)),
    ]
    return "\n".join(lines) + "\n"


def persons(answers: Answers) -> list[str]:
    return [each.strip() for each in answers["persons"].split(",")]


def hold(answers: Answers, folder: Path) -> list[Finding]:
    """The ceremony from the beginning, or from where it stopped; a protocol says that it is over. Raises Stopped."""
    keys, paper = Path(answers["keys"]), folder / "protocol.txt"
    made = make(keys, answers["suite"])
    give(keys, answers["user"], shared=answers["zones"] == "apart")
    marks = fingerprints(keys)
    if paper.exists():
        return [as_in_the_protocol(marks, paper)]
    _carry_over(keys, Path(answers["keys_copy"]))
    paper.write_text(protocol(answers, marks, now=datetime.now(UTC)), encoding="utf-8")
    said = _("made") if made else _("there already")
    away = _("Have {paper} signed by both, seal the medium in {copy}, and take it away.")
    return [green("keys", f"{said}. {away.format(paper=paper, copy=answers['keys_copy'])}")]


def as_in_the_protocol(marks: Mapping[str, str], paper: Path) -> Finding:
    written = paper.read_text(encoding="utf-8")
    other = [name for name, mark in marks.items() if mark not in written]
    if not other:
        return green("keys", _("there, as in {paper}").format(paper=paper))
    said = _("{names}: not the keys of {paper}").format(names=", ".join(other), paper=paper)
    remedy = _("After a rotation, hold another ceremony: put {paper} away first. Else put the former keys back.")
    return red("keys", said, remedy.format(paper=paper))


def _carry_over(keys: Path, medium: Path) -> None:
    try:
        _refuse_to_overwrite(keys, medium)
        copy(keys, medium)
        different = differing(keys, medium)
    except OSError as error:
        said = _("{folder} cannot be written or read back ({why})").format(folder=medium, why=type(error).__name__)
        raise Stopped(red("keys_copy", said, _("Name a folder on a medium that can be written."))) from None
    if different:
        said = _("{files}: read back, they are not what was written").format(files=", ".join(different))
        raise Stopped(red("keys_copy", said, _("The medium is broken: take another one.")))


def _refuse_to_overwrite(keys: Path, medium: Path) -> None:
    """A copy of other keys may be the only one that there is: of another installation, or of versions that old backups need."""
    held = read(keys)
    other = [
        name for name in held if (medium / name).exists() and (medium / name).read_text(errors="replace") != held[name]
    ]
    if other:
        said = _("{folder} holds the copy of other keys ({files})").format(folder=medium, files=", ".join(other))
        remedy = _("Nothing is written over it. Take another medium, or name an empty folder on this one.")
        raise Stopped(red("keys_copy", said, remedy))


def _refuse_some(keys: Path) -> None:
    missing = [name for name in FILES.values() if not (keys / name).is_file()]
    if missing:
        said = _("{folder} lacks {files}").format(folder=keys, files=", ".join(missing))
        remedy = _("Nothing is made beside keys that are there. Bring those from the copy, or name an empty folder.")
        raise Stopped(red("keys", said, remedy))


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in texts.items():
        unfinished = folder / f".{name}.unfinished"  # whoever is killed meanwhile leaves no half a key under its name
        number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            os.fchmod(number, PRIVATE)
            file.write(text)
            file.flush()
            os.fsync(number)
        unfinished.replace(folder / name)
