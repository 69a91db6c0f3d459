"""Makes .venv and installs the locked packages into it: `python3 deploy/install.py [LOCK]`, standard library only.

LOCK is a file of pinned and hashed packages, requirements.txt if none is named. Where packages come from is pip's and
uv's own configuration on this machine; in an unpacked bundle (deploy/bundle.py), from its wheels and without a network.
Says nothing and takes milliseconds when everything is installed already.
Written for any Python from 3.7 on, so that one that is too old is told so.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
STAMP = VENV / "installed.json"
UV_LOCK = ROOT / "deploy" / "uv.txt"
WHEELS = ROOT / "wheels"  # of a bundle
SUMS = ROOT / "SHA256SUMS"

OLDEST, NEWEST = (3, 11), (3, 13)
SUPPORTED = "Python 3.11, 3.12 or 3.13"
MACHINES = ("x86_64", "aarch64", "arm64")
PIP_KNOWS_PYTHON = (22, 3)  # the first release with the option --python
COMPILED = ("holidays", "celery", "kombu", "rest_framework", "drf_spectacular", "gunicorn", "redis", "urllib3")
DEBIAN_WHEELS = Path("/usr/share/python-wheels")

# What uv calls the things that pip's configuration says.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


class CannotInstall(Exception):
    """The text says what is missing and how to get it."""


@contextmanager
def phase(what: str) -> Iterator[None]:
    """Name a step while it runs, and say how long it took."""
    print(f"  {what} …".ljust(58), end="", flush=True)
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:6.1f} s", flush=True)


def check_platform(system: str, machine: str) -> None:
    """The servers' programs exist for Linux and macOS on two kinds of processor."""
    if system not in ("Linux", "Darwin"):
        raise CannotInstall(f"{system} is not supported: use Linux, macOS, or WSL on Windows.")
    if machine not in MACHINES:
        raise CannotInstall(f"Processor {machine} is not supported: use x86-64 or ARM64.")


def supported(version: tuple[int, ...]) -> bool:
    """Whether the product runs on this (major, minor)."""
    return OLDEST <= version <= NEWEST


def find_python() -> str:
    """A supported interpreter that can make a virtual environment: this one, else python3.13 … 3.11 on PATH."""
    candidates = [sys.executable] if supported(sys.version_info[:2]) else []
    candidates += filter(None, (shutil.which(f"python3.{minor}") for minor in (13, 12, 11)))
    for python in candidates:
        if _pip(python):
            return python
    if candidates:
        raise CannotInstall(
            "Python has no pip to install with. On Debian: `apt-get install python3-venv`, then try again."
        )
    raise CannotInstall(
        f"This is Python {platform.python_version()}; {SUPPORTED} is needed. Install one (Debian: `apt-get install python3 python3-venv`), or name it: "
        "`make PYTHON=/path/to/python3.13 demo`."
    )


def version_of(python: str | Path) -> tuple[int, ...]:
    """The (major, minor) that an interpreter says it has; () if it does not run."""
    said = _answer([python, "-c", "import sys; print(*sys.version_info[:2])"])
    return tuple(int(part) for part in said.split())


def make_venv(python: str) -> None:
    """Make .venv, or keep the one that is there if its Python is supported."""
    if supported(version_of(PYTHON)):
        return
    with phase("Making .venv"):
        shutil.rmtree(str(VENV), ignore_errors=True)
        subprocess.run([python, "-m", "venv", "--without-pip", str(VENV)], check=True)


def install(lock: Path, pip: Sequence[str]) -> None:
    """Install everything in `lock`, checked against its hashes: with uv, or with pip where uv has no wheel."""
    here = from_bundle()
    with ThreadPoolExecutor(1) as meanwhile:
        environment = meanwhile.submit(uv_environment, pip)
        if not UV.exists():
            with phase("Installing uv, the installer"):
                _run([*pip, "install", "--quiet", *here, "--no-deps", "--require-hashes", "-r", UV_LOCK], must=False)
    packages = sum("==" in line for line in lock.read_text().splitlines())
    with phase(f"Installing {packages} locked packages from {lock.name}"):
        if UV.exists():
            command = [UV, "pip", "install", "--quiet", *here, "--python", PYTHON, "--require-hashes", "-r", lock]
            # What this machine has already needs no network.
            if not _succeeds([*command, "--offline"], environment.result()):
                _run(command, environment.result())
        else:
            _run([*pip, "install", "--quiet", *here, "--no-compile", "--require-hashes", "-r", lock])
    _compile_behind()


def from_bundle() -> list[str]:
    """What pip and uv are told in a bundle; nothing elsewhere. No other place is asked, whatever this machine's settings name."""
    if not WHEELS.is_dir():
        return []
    for name in [name for name in os.environ if name.startswith(("UV_", "PIP_"))]:
        del os.environ[name]
    os.environ.update(UV_NO_CONFIG="1", UV_OFFLINE="1", PIP_CONFIG_FILE=os.devnull)
    return ["--no-index", "--find-links", str(WHEELS)]


def check_bundle() -> None:
    """Every file of the bundle is what was packed; a wheel that was added is not among them."""
    named = dict(line.split("  ", 1)[::-1] for line in SUMS.read_text(encoding="utf-8").splitlines())
    there = {*named, *(f"wheels/{file.name}" for file in WHEELS.iterdir())}
    with phase(f"Checking {len(there)} files of the bundle"):
        wrong = [name for name in sorted(there) if not _is(ROOT / name, named.get(name))]
    if wrong:
        raise CannotInstall(
            f"Not what was packed: {', '.join(wrong)}. Copy the bundle anew, and compare its checksum first."
        )


def _is(file: Path, digest: str | None) -> bool:
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == digest


def _compile_behind() -> None:
    """Compile what every process imports, on a core that the start of the servers leaves free; nobody waits for it."""
    folder = _answer([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    packages = [str(Path(folder) / name) for name in COMPILED if (Path(folder) / name).is_dir()]
    command = [str(PYTHON), "-m", "compileall", "-q", *packages]
    subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def uv_environment(pip: Sequence[str]) -> dict[str, str]:
    """What uv is told: the user's own settings for uv if there are any, else those made for pip."""
    own = [
        Path(os.environ.get("XDG_CONFIG_HOME", str(Path.home() / ".config"))) / "uv" / "uv.toml",
        Path("/etc/uv/uv.toml"),
    ]
    if any(name.startswith("UV_") and "INDEX" in name for name in os.environ) or any(file.exists() for file in own):
        return {}
    return translate(_answer([*pip, "config", "list"]))


def translate(pip_config: str) -> dict[str, str]:
    """pip's configuration, as `pip config list` prints it, in uv's names."""
    said: dict[str, str] = {}
    # "install" is said for the command, ":env:" in the environment: the later wins.
    for section in ("global", "install", ":env:"):
        for line in pip_config.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(section + ".") and name[len(section) + 1 :] in UV_NAMES:
                said[name[len(section) + 1 :]] = ast.literal_eval(value)
    if "find-links" in said:
        # pip passes over folders that are not there; uv fails on them.
        links = [link for link in said.pop("find-links").split() if "://" in link or os.path.exists(link)]
        said.update({"find-links": ",".join(links)} if links else {})
    if "extra-index-url" in said:
        said["extra-index-url"] = " ".join(said["extra-index-url"].split())
    environment = {UV_NAMES[name]: value for name, value in said.items() if UV_NAMES[name] not in os.environ}
    if "UV_INDEX" in environment:
        # As pip does: any index may have the file; which file it must be, the hashes say.
        environment["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return environment


def wanted(lock: Path) -> str:
    """What the stamp has to say for `lock` to count as installed."""
    return hashlib.sha256(UV_LOCK.read_bytes() + lock.read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    """What the stamp says: lock file name → hash; nothing if .venv lost its Python."""
    if not (STAMP.exists() and PYTHON.exists()):
        return {}
    said: dict[str, str] = json.loads(STAMP.read_text())
    return said


def main(lock_name: str = "requirements.txt") -> None:
    """Install unless that was done already."""
    lock = ROOT / lock_name
    if installed().get(lock_name) == wanted(lock):
        return
    check_platform(platform.system(), platform.machine())
    if WHEELS.is_dir():
        check_bundle()
    python = find_python()
    print("Installing into .venv, with {}".format(_answer([python, "--version"])), flush=True)
    make_venv(python)
    install(lock, _pip(python))
    # The larger set holds the smaller one, at the same versions.
    locks = ["requirements.txt", lock_name]
    STAMP.write_text(json.dumps(dict(installed(), **{name: wanted(ROOT / name) for name in locks})))


def _pip(python: str) -> list[str]:
    """The command of a pip that installs into .venv without being in it; [] if there is none.

    It is the interpreter's own if it has one, which starts three times as fast; else the one packed with it.
    """
    said = _answer([python, "-m", "pip", "--version"]).split()  # "pip 23.2.1 from …"
    if said and tuple(int(part) for part in said[1].split(".")[:2]) >= PIP_KNOWS_PYTHON:
        return [python, "-m", "pip", "--python", str(PYTHON)]
    code = "import ensurepip, pathlib; print(pathlib.Path(ensurepip.__file__).parent / '_bundled')"
    folders = [DEBIAN_WHEELS, Path(_answer([python, "-c", code]) or ".")]
    wheels = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
    return [str(PYTHON), str(wheels[-1] / "pip")] if wheels else []


def _answer(command: Sequence[str | Path]) -> str:
    """What a command prints, without the line end; "" if it fails or is not there."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.decode().strip()


def _succeeds(command: Sequence[str | Path], more: dict[str, str]) -> bool:
    words = [str(word) for word in command]
    done = subprocess.run(words, env=dict(os.environ, **more), stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def _run(command: Sequence[str | Path], more: dict[str, str] | None = None, *, must: bool = True) -> None:
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_ROOT_USER_ACTION="ignore", **(more or {}))
    done = subprocess.run([str(word) for word in command], env=environment, check=False)
    if must and done.returncode:
        raise CannotInstall("Installing failed; the reason is in the lines above.")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except CannotInstall as refusal:
        sys.exit("\n" + str(refusal))
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run it again to go on.")
