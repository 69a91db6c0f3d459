"""Whether the desk's pages stay quick where the book is long (`LISTINGS=1000000` names how long), all in one court.

Asked in this process, through every middleware: the time of the server alone. A page may take 20 queries, and no more of
them in the long book than in the short one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry.models import Listing, Officer, Role, State
from registry.statistics.tallying import tally
from sharing.audit.checking import keep_counts
from tests import cast, desk
from tests.benchmarks import book, flat
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect

FEW, MANY = flat.FEW, flat.MANY
ROUNDS, TIMES = 7, 5
MOST_MS, MOST_QUERIES = 100.0, 20
AT_WORK = 40  # drafts and listings in review, on everybody's list
REHEARSES = "remarks"  # no page: it does a whole act and undoes it
FRAME = ("BEGIN", "COMMIT")
BARE = "admin:password_change"

MEASURED = (
    "server time of the page, median of {times}, {many:,} listings in force in the officer's court; {rounds} rounds"
)
FLOOR = "the page for a new password, which reads nothing but the session and the officer"


@dataclass(frozen=True)
class Page:
    """One page as one officer opens it."""

    name: str
    officer: Callable[[], Officer]
    address: Callable[[], str]
    typed: Mapping[str, str] | None = None  # what is sent; None: it is only opened

    def at(self, address: str, browser: Client) -> None:
        asked = browser.get(address) if self.typed is None else browser.post(address, self.typed)
        expect(asked.status_code == 200, f"{self.name} answered {asked.status_code}")


def _listing(state: State) -> Listing:
    return Listing.objects.filter(state=state).order_by("pk")[AT_WORK // 4]


def _of(route: str, *arguments: object) -> Callable[[], str]:
    return lambda: reverse(route, args=arguments)


def _of_listing(route: str, state: State = State.ACTIVE) -> Callable[[], str]:
    return lambda: reverse(route, args=[_listing(state).number])


def _of_decision(route: str, state: State = State.ACTIVE) -> Callable[[], str]:
    return lambda: reverse(route, args=[_listing(state).party.decision_id])


def _book(question: str) -> Callable[[], str]:
    return lambda: reverse("admin:registry_listing_changelist") + question


def _auditor() -> Officer:
    return Officer.objects.filter(role=Role.AUDITOR).first() or cast.officer("A-BENCH", Role.AUDITOR, "京")


PAGES = (
    Page("my_work_clerk", cast.clerk, _of("admin:index")),
    Page("my_work_judge", cast.judge, _of("admin:index")),
    Page("my_work_registrar", cast.registrar, _of("admin:index")),
    Page("my_work_high_court", cast.high_court_registrar, _of("admin:index")),
    Page("my_work_statistician", cast.statistician, _of("admin:index")),
    Page("my_work_auditor", _auditor, _of("admin:index")),
    Page("book", cast.clerk, _book("")),
    Page("book_by_state", cast.clerk, _book("?state__exact=active")),
    Page("book_by_number", cast.clerk, _book("?q=L-2025-000777")),
    Page("book_by_ending", cast.clerk, _book("?q=刑初777号")),
    Page("book_without_such_a_number", cast.high_court_registrar, _book("?q=罚777")),
    Page("book_of_all_courts", cast.high_court_registrar, _book("")),
    Page("case_register", cast.clerk, _of("admin:registry_case_changelist")),
    Page("decision", cast.clerk, _of_decision("admin:decision")),
    Page("listing", cast.clerk, _of_listing("admin:listing")),
    Page("review", cast.judge, _of_decision("admin:review", State.IN_REVIEW)),
    Page("check_before_submitting", cast.clerk, _of_decision("admin:submit", State.DRAFT)),
    Page("amend_party", cast.clerk, _of_listing("admin:amend_party", State.DRAFT)),
    Page("find", cast.clerk, _of("admin:find"), {"type": "resident_id", "number": book.number_of(77)}),
    Page(REHEARSES, cast.clerk, _of_decision("admin:remarks_on_party", State.DRAFT), desk.party(book.number_of(78))),
    Page("who_is_told", cast.clerk, _of_listing("sharing_desk:recipients")),
    Page("objections", cast.registrar, _of("sharing_desk:objections")),
    Page("departments", cast.high_court_registrar, _of("sharing_desk:departments")),
    Page("employers", cast.high_court_registrar, _of("sharing_desk:employers")),
    Page("readings", cast.high_court_registrar, _of("sharing_desk:readings")),
    Page("deletion", cast.high_court_registrar, _of("sharing_desk:retention")),
    Page("audit", _auditor, _of("sharing_desk:audit")),
    Page("log", cast.clerk, _of("admin:registry_event_changelist")),
    Page(
        "statistics",
        cast.statistician,
        lambda: reverse("sharing_desk:statistics_counted") + "?begins=2020-01-01&ends=2026-10-31",
    ),
)


def measure(stage: Stage) -> list[Figure]:
    stage.say(f"{FEW:,} listings")
    book.fill(FEW)
    _work()
    with override_settings(
        ALLOWED_HOSTS=["testserver"], REGISTRY_READINGS_AN_HOUR=10**9, REGISTRY_READINGS_A_DAY=10**9
    ):
        tally(now=cast.NOW)
        keep_counts(now=timezone.now())
        before = {page.name: _queries(page) for page in PAGES}
        flat.grow(stage, MANY - FEW)
        stage.say("the book is counted")
        tally(now=cast.NOW)
        keep_counts(now=timezone.now())
        after = {page.name: _queries(page) for page in PAGES}
        stage.say(f"queries in the long book: {after}")
        return [*_queries_figures(before, after), *(_figure(stage, page) for page in PAGES)]


def _work() -> None:
    """Drafts and listings in review, each of a judgment of its own."""
    for nth in range(AT_WORK):
        number = f"（2026）京0105刑初{900_000 + nth}号"
        decision = cast.entered_decision(cast.judgment(number=number))
        person = cast.person(book.number_of(FEW + nth), book.name_of(FEW + nth))
        draft = cast.draft(cast.party(person), decision)
        if nth % 2:
            cast._submit(draft, cast.NOW)


def _browser(page: Page) -> Client:
    return desk.at_the_desk(page.officer(), "zh-hans")


def _queries(page: Page) -> int:
    browser, address = _browser(page), page.address()
    page.at(address, browser)
    with CaptureQueriesContext(connection) as captured:
        page.at(address, browser)
    return sum(each["sql"] not in FRAME for each in captured)


def _queries_figures(before: Mapping[str, int], after: Mapping[str, int]) -> list[Figure]:
    """Of the pages that take most, and of those that take more than in the short book."""
    pages = [name for name in after if name != REHEARSES]
    most = max(pages, key=after.__getitem__)
    named = sorted({most, *(name for name in pages if after[name] > before[name] or after[name] > MOST_QUERIES)})
    return [
        Figure(
            name=f"desk_queries_{name}", unit="queries", values=[after[name]], floors=[before[name]], target_of="value",
            target=MOST_QUERIES + 1, measured=f"queries of the page, {MANY:,} listings", floor_is=f"{FEW:,} listings",
        )
        for name in named
    ]  # fmt: skip


def _figure(stage: Stage, page: Page) -> Figure:
    stage.say(page.name)
    browser, bare = _browser(page), Page("bare", page.officer, _of(BARE))
    values, floors = [], []
    for _round in range(ROUNDS):
        values.append(_milliseconds(page, browser))
        floors.append(_milliseconds(bare, browser))
    return Figure(
        name=f"desk_{page.name}", unit="ms", values=values, floors=floors, target_of="value", target=MOST_MS,
        measured=MEASURED.format(times=TIMES, many=MANY, rounds=ROUNDS), floor_is=FLOOR,
    )  # fmt: skip


def _milliseconds(page: Page, browser: Client) -> float:
    address = page.address()
    taken: Sequence[float] = [_timed(page, address, browser) for _ in range(TIMES)]
    return median(taken)


def _timed(page: Page, address: str, browser: Client) -> float:
    begun = time.perf_counter()
    page.at(address, browser)
    return (time.perf_counter() - begun) * 1000
