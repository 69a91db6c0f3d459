"""Makes var/bundle/registry-VERSION.tar for a machine without a network: `make bundle`, standard library and pip.

In it are the product at the last commit without its tests, the wheels of requirements.txt and of the installer for every
supported Python on both kinds of processor, and SHA256SUMS of every file. The same commit gives the same bytes. Beside it lies
registry-VERSION.tar.sha256: what a person signs, or reads out.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import install
from install import ROOT, UV_LOCK, CannotInstall, phase

BUNDLES = ROOT / "var" / "bundle"
# Of the commit, whatever else lies in it: what runs, and what is read by whoever runs it.
PRODUCT = (
    *("config", "registry", "sharing", "static", "templates", "locale", "deploy", "docs"),
    *("manage.py", "Makefile", "README.md", "pyproject.toml", "requirements.in", "requirements.txt"),
)
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = ("x86_64", "aarch64")
GLIBC = range(36, 16, -1)  # 2.36 is Debian 12's; the newest a wheel may ask for first


def main() -> None:
    commit = _git("rev-parse", "HEAD").decode().strip()
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version
    if _git("status", "--porcelain", "--untracked-files=no"):
        print("  Changes that are not committed are not in it.", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder)
        with phase("Downloading the wheels"):
            download(wheels)
        with phase("Writing the bundle"):
            name = f"registry-{version[1]}"
            files = {**product(commit), **{f"wheels/{file.name}": file for file in wheels.iterdir()}}
            made = write(BUNDLES / f"{name}.tar", name, files, moment=int(_git("show", "-s", "--format=%ct", commit)))
    print(
        f"  {made.relative_to(ROOT)}, {made.stat().st_size / 1e6:.0f} MB, of commit {commit[:12]}; its checksum lies beside it"
    )


def download(folder: Path) -> None:
    """Every wheel that one of the supported machines takes, each checked against the lock's hashes."""
    lock = folder / "lock"
    lock.write_text(everywhere((ROOT / "requirements.txt").read_text() + UV_LOCK.read_text()))
    # Each into a folder of its own: two of pip's would trip over each other.
    targets = [(python, machine) for python in PYTHONS for machine in MACHINES]
    pip = install._pip(install.find_python())
    with ThreadPoolExecutor(2) as several:
        list(several.map(lambda target: _download(pip, lock, folder / "-".join(target), *target), targets))
    lock.unlink()
    for own in [folder / "-".join(target) for target in targets]:
        for file in own.iterdir():
            file.replace(folder / file.name)
        own.rmdir()


def everywhere(lock: str) -> str:
    """The lock without conditions: pip asks those of the machine that it runs on, and the wheels are for others. No Windows."""
    entries = re.split(r"\n(?=\S)", lock)
    kept = [entry for entry in entries if not entry.startswith("#") and "sys_platform == 'win32'" not in entry]
    return "\n".join(re.sub(r" ; [^\\\n]*", " ", entry) for entry in kept) + "\n"


def _download(pip: Sequence[str], lock: Path, folder: Path, python: str, machine: str) -> None:
    tags = [f"manylinux_2_{minor}_{machine}" for minor in GLIBC] + [f"manylinux2014_{machine}"]
    command = [
        *pip,
        "download",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        str(lock),
        "-d",
        str(folder),
    ]
    command += ["--implementation", "cp", "--python-version", python]
    command += [word for tag in tags for word in ("--platform", tag)]
    if subprocess.run(command, check=False).returncode:
        raise CannotInstall(
            f"The wheels for Python {python} on {machine} could not be had; the reason is in the lines above."
        )


def product(commit: str) -> dict[str, bytes]:
    """Path → content, as committed."""
    packed = _git("archive", "--format=tar", commit, "--", *PRODUCT)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        found = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name: file.read() for name, file in found.items() if file}


def write(target: Path, name: str, files: dict[str, bytes | Path], *, moment: int) -> Path:
    """The tar, and beside it its checksum. Nothing in it says who made it, when or where."""
    sums = "".join(f"{digest}  {path}\n" for path, digest in sorted(_digests(files)))
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".unfinished")
    with tarfile.open(fresh, "w", format=tarfile.GNU_FORMAT) as archive:
        for path, content in sorted({**files, "SHA256SUMS": sums.encode()}.items()):
            member = tarfile.TarInfo(f"{name}/{path}")
            member.mtime, member.mode = moment, 0o755 if path == "manage.py" else 0o644
            data = content.read_bytes() if isinstance(content, Path) else content
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    fresh.replace(target)
    whole = hashlib.sha256()
    with target.open("rb") as file:
        for piece in iter(lambda: file.read(1024 * 1024), b""):
            whole.update(piece)
    target.with_name(f"{target.name}.sha256").write_text(f"{whole.hexdigest()}  {target.name}\n")
    return target


def _digests(files: dict[str, bytes | Path]) -> Iterator[tuple[str, str]]:
    for path, content in files.items():
        yield path, hashlib.sha256(content.read_bytes() if isinstance(content, Path) else content).hexdigest()


def _git(*words: str) -> bytes:
    git = shutil.which("git")
    if git is None:
        raise CannotInstall("A bundle is made from a clone: install git.")
    return subprocess.run([git, "-C", str(ROOT), *words], stdout=subprocess.PIPE, check=True).stdout


if __name__ == "__main__":
    try:
        main()
    except CannotInstall as refusal:
        sys.exit("\n" + str(refusal))
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
