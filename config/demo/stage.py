"""The demonstration from an empty database to a served one: what is started, in which order, and stopped at the end."""

from __future__ import annotations

import os
import secrets
import shutil
from functools import partial
from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from config.child import CannotStart, stop_together
from config.demo import inboxes, not_entered, notices, releases, world
from config.demo.asking import Employer
from config.demo.box import box
from config.demo.control import Control
from config.demo.crew import Crew
from config.demo.figures import Compared, compared
from config.demo.kept import Kept, keep
from config.demo.loading import Loaded, counted, load_period, nobody_listening
from config.demo.people import Officers, let_sign_in
from config.demo.period import PUBLISHED, live
from config.demo.person import Person
from config.demo.playbill import COURT_REGISTRAR, Playbill, PlayedDepartment
from config.demo.saying import say
from config.demo.second_body import SecondBody
from config.demo.story import Story
from config.demo.timeline import Phases, Timeline
from config.processes import Processes
from registry import actions
from registry.actions.acting import today
from registry.checkpoints import origin
from registry.models import Officer, Role
from registry.statistics.tallying import tally
from sharing.departments import telling

LIVE_COURT = "京0105"
OWN_BROKER = "DEMO_OWN_BROKER"  # set where the broker was started for this demonstration alone
NOTE, CODE = "DEMO_KEPT", "DEMO_CODE"  # of `config.demo.kept`; no note where the server is not ours
PORT = "DEMO_PORT"  # where the web process answers; `REGISTRY_ADDRESS` leads there
EXPECTED_LISTINGS = 306  # 302 persons and 4 units


class Stage:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.phases = Phases()
        self.timeline = Timeline()
        self.playbill_path = folder.resolve() / "playbill.json"
        self.notice_path = folder / "notice.pdf"
        for path in (self.playbill_path, self.notice_path):
            path.unlink(missing_ok=True)  # the last run's is nobody's now
        self.second_body = SecondBody(folder.resolve())
        playing = {
            "REGISTRY_ENVIRONMENT": "demo",
            "DEMO_PLAYBILL": str(self.playbill_path),
            "SHARING_LOG_WITNESSES": self.second_body.setting,
        }
        self.processes = Processes(folder.resolve(), os.environ | playing)
        self.processes.port = int(os.environ[PORT])
        self.note = Path(os.environ[NOTE]) if os.environ.get(NOTE) else None
        self.connected: list[world.Connected] = []
        self.figures: list[Compared] = []
        self.control_key = secrets.token_hex(32)
        self.control = Control(self.control_key)

    def play(self) -> bool:
        """Everything up to the proved timeline; writes var/demo.json."""
        say("\nRegistry: a demonstration with invented persons\n")
        # Neither touches the database before it is asked to, and nobody asks before the tables are there.
        self.processes.begin("web", "worker")
        kept = self.begun_with()
        if kept is None:
            call_command("migrate", verbosity=0)
        self.phases.done("servers started, database ready")
        with nobody_listening():
            officers = Officers()
            loaded = self._load(officers, kept)
            self._connect(officers)
            asking = world.admit_employer(officers, timezone.now())
            self._write_playbill(officers, asking)
        self._open(officers)
        story = self._tell_the_story(officers, asking)
        # Its first sweep is seconds away when it starts: no line above waits for it, and its start would slow them.
        self.processes.begin("beat")
        left_out = releases.left_out(releases.propose(officers, timezone.now()))
        not_entered.leave(officers.bench(LIVE_COURT).clerk, timezone.now())
        self.processes.wait("beat")
        whole = _is_whole(loaded) and all(each.agrees for each in self.figures) and not left_out
        self.timeline.write(
            self.folder / "demo.json",
            approval_to_last_department_ms=round(story.approved_to_last_ms),
            loaded=vars(loaded),
            kept_since=kept.entered_at.isoformat() if kept else None,
            phases=self.phases.seconds,
            whole=whole,
            figures={each.figure.name: each.computed for each in self.figures},
            left_out=left_out,
        )
        return self.timeline.holds and whole

    def serve(self) -> None:
        """Print the box; take commands, and start again what ends, until Ctrl-C."""
        crew = Crew(
            self.processes,
            {each.department.organisation.code: (each.inbox, each.environment) for each in self.connected},
            self.folder.resolve(),
            broker_url=os.environ["REDIS_URL"] if os.environ.get(OWN_BROKER) else "",
        )
        self.control.open()
        served = notices.serve(self._clerk(), self.notice_path, timezone.now())
        say(box(settings.REGISTRY_ADDRESS, served))
        while True:
            self.control.answer_next(crew.obey)
            crew.start_again()
            releases.release_when_drawn(timezone.now())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.control.close()
        for path in (self.playbill_path, self.notice_path):
            path.unlink(missing_ok=True)
        self.processes.stop()
        others = [self.second_body.child, *(each.inbox.child for each in self.connected)]
        stop_together([each for each in others if each is not None])

    def begun_with(self) -> Kept | None:
        """The kept book; None with an empty database. Raises CannotStart with what somebody else put there."""
        if not connection.introspection.table_names():
            return None
        kept = Kept.read(self.note, os.environ[CODE]) if self.note else None
        if kept is None:
            raise CannotStart("DATABASE_URL names a database that is not empty. Give the demonstration an empty one.")
        return kept

    def _load(self, officers: Officers, kept: Kept | None) -> Loaded:
        loaded = self._taken_up() if kept else self._entered(officers)
        telling.walk(now=timezone.now())
        tally(now=timezone.now())
        self.figures = compared(now=timezone.now())
        agree = f"{sum(each.agrees for each in self.figures)} of {len(self.figures)} published figures"
        said = f"{loaded.cases} cases, {loaded.approvals} approvals, {loaded.in_force} in force; {agree}"
        when = f"entered {kept.entered_at.astimezone():%d %b %H:%M}" if kept else "entered and approved"
        self.phases.done(f"the published period, {when}", said)
        return loaded

    def _entered(self, officers: Officers) -> Loaded:
        loaded = load_period(officers, timezone.now())
        let_sign_in(self._signing_in(officers))
        call_command("check", stdout=StringIO())  # raises where something is wrong; that nothing is, need not be said
        if self.note:
            connection.close()  # nobody may be connected to what is copied
            keep(os.environ["DATABASE_URL"], self.note, os.environ[CODE])
        return loaded

    def _taken_up(self) -> Loaded:
        """What ended since is ended, as the clock would have done it."""
        actions.expire(now=timezone.now())
        return counted()

    def _connect(self, officers: Officers) -> None:
        """Register the departments and start their receivers; nothing is meant for them yet."""
        folder = self.folder / "receivers"
        shutil.rmtree(folder, ignore_errors=True)
        self.connected = world.connect(officers, folder.resolve(), self.processes.address, timezone.now())
        log_vkey = origin.keys(1)[0].vkey
        self.second_body.start(log_vkey)
        checking = {"REGISTRY_LOG_VKEY": log_vkey, "RECEIVER_LOG_WITNESSES": self.second_body.vkey}
        for each in self.connected:
            each.environment.update(checking)
            inboxes.start(each.inbox, self.folder.resolve(), each.environment)

    def _write_playbill(self, officers: Officers, asking: world.Asking) -> None:
        """The pages can read from here on who is who."""
        Playbill(
            departments=tuple(_played(each) for each in self.connected),
            accounts={role: officer.account_id for role, officer in self._signing_in(officers).items()},
            employer=asking.organisation.name,
            employer_account_id=asking.hr.account_id,
            employer_client_id=asking.client_id,
            employer_client_secret=asking.client_secret,
            control_port=self.control.port,
            control_key=self.control_key,
        ).write(self.playbill_path)

    def _open(self, officers: Officers) -> None:
        """The departments are told of what is in force."""
        self.processes.wait("web", "worker")
        for each in self.connected:
            inboxes.wait_until(partial(inboxes.listens, each.inbox), f"{each.inbox.name} listens")
        world.open_measures(self.connected, officers, timezone.now())
        for each in self.connected:
            told = each.department.organisation.told.count()
            inboxes.wait_until(partial(each.inbox.has, told), f"{each.inbox.name} has its set")
            inboxes.wait_until(each.inbox.has_confirmed, f"{each.inbox.name} has confirmed its set")
        counts = ", ".join(f"{each.inbox.name} {each.inbox.count()}" for each in self.connected)
        self.phases.done("four departments told of what is in force", counts)

    def _signing_in(self, officers: Officers) -> dict[str, Officer]:
        bench = officers.bench(LIVE_COURT)
        return {
            "clerk": bench.clerk,
            "judge": bench.judge,
            COURT_REGISTRAR: bench.registrar,
            "registrar": officers.high_court.registrar,
            "auditor": officers.auditor,
            "statistician": officers.statistician,
            "security": officers.security_administrator,
            "system": officers.system_administrator,
        }

    def _clerk(self) -> Officer:
        return Officer.objects.select_related("account", "court").get(court__code=LIVE_COURT, role=Role.CLERK)

    def _tell_the_story(self, officers: Officers, asking: world.Asking) -> Story:
        employer = Employer(self.processes.address, asking.client_id, asking.client_secret)
        employer.sign_in()
        say("\n  One judgment, live, as the other side saw it:\n")
        story = Story(
            live=live(today(timezone.now())),
            bench=officers.bench(LIVE_COURT),
            inboxes=[each.inbox for each in self.connected],
            recipients=tuple(each.department.organisation.name for each in self.connected),
            employer=employer,
            employer_name=asking.organisation.name,
            person=Person(self.processes.address),
            timeline=self.timeline,
        )
        story.play()
        say(f"\n  Approval to the last of four departments: {story.approved_to_last_ms:.0f} ms\n")
        return story


def _played(each: world.Connected) -> PlayedDepartment:
    organisation = each.department.organisation
    return PlayedDepartment(
        code=organisation.code,
        name=organisation.name,
        name_en=organisation.name_en,
        department_id=each.department.pk,
        endpoint_id=each.environment["RECEIVER_ENDPOINT"],
        url=each.inbox.url,
        store=str(each.inbox.path),
        client_id=each.environment["REGISTRY_CLIENT_ID"],
        client_secret=each.environment["REGISTRY_CLIENT_SECRET"],
        account_id=each.integrator.account_id,
    )


def _is_whole(loaded: Loaded) -> bool:
    """The book holds the published totals, each listing approved and each approval in the log."""
    figures = {figure.name: figure.published for figure in PUBLISHED}
    return (
        loaded.cases == figures["cases_filed"]
        and loaded.concluded == figures["cases_concluded"]
        and loaded.approvals == loaded.published == EXPECTED_LISTINGS
        and loaded.in_force + loaded.withdrawn == EXPECTED_LISTINGS
    )
