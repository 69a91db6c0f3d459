"""Secrets from files, as service managers hand them over (systemd's LoadCredential=): ``NAME_FILE`` in place of ``NAME``."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def secret(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """What ``NAME`` says, or the file that ``NAME_FILE`` names; "" for none. ImproperlyConfigured: both are set, or the file
    cannot be read, or others than its owner and group may read it. The message holds nothing of the content.
    """
    said, place = environment.get(name, ""), environment.get(f"{name}_FILE", "")
    if not place:
        return said
    if said:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; take one away.")
    return _read(name, Path(place))


def _read(name: str, place: Path) -> str:
    try:
        with place.open(encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IROTH | stat.S_IWOTH):
                raise ImproperlyConfigured(f"{name}_FILE: everybody may read {place}; chmod o-rwx it.")
            return file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE: {place} cannot be read ({type(error).__name__}).") from None
