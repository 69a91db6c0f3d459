"""Whether the files of the pages are those of this release: another one's are there after an update that nobody collected for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files import File

MANIFEST = "staticfiles.json"
# Of a file that names others, what is collected is not as it was written, and its content tells nothing.
NAMES_OTHERS = re.compile(rb"url\(|@import|sourceMappingURL")


def is_of_this_release(folder: Path) -> bool:
    """Raises OSError where there is no manifest that can be read."""
    try:
        collected = dict(json.loads((folder / MANIFEST).read_bytes())["paths"])
        names = ManifestStaticFilesStorage(location=str(folder))
    except (ValueError, KeyError, TypeError):
        return False
    return all(_fits(file, collected.get(name, ""), names) for name, file in _of_this_release())


def _of_this_release() -> Iterator[tuple[str, Path]]:
    """As they are named in addresses; of two with one name the first, as collecting does."""
    seen: set[str] = set()
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=["CVS", ".*", "*~"]):
            prefix = getattr(storage, "prefix", "") or ""
            name = f"{prefix}/{path}" if prefix else path
            if name not in seen:
                seen.add(name)
                yield name, Path(storage.path(path))


def _fits(file: Path, collected: str, names: ManifestStaticFilesStorage) -> bool:
    if not collected:
        return False
    with file.open("rb") as content:
        if NAMES_OTHERS.search(content.read()):
            return True
        content.seek(0)
        return f".{names.file_hash(file.name, File(content))}" in collected
