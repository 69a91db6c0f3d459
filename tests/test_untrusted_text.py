"""What strangers write stays text: in tables (A12), in pages (A14), and in what the database is asked (A25).

Beside this: formulas in each file by its own test (`test_no_cell_is_a_formula` and the like in test_book_as_file,
test_hand_mode, test_statistics_files, test_samples, test_audit_checks, test_employer_portal, test_campaign_portal); each
operation of the API under generated calls in test_fuzzed_api; that no table, page or statement is made past the guards
is a static rule (tests/static_rules: csv-by-hand, marked-safe, template-unescaped, sql-by-hand, query-by-the-caller).
"""

from __future__ import annotations

import csv
import io
import itertools
from html.parser import HTMLParser
from urllib.parse import quote

import openpyxl
import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import spreadsheets
from registry.models import Role
from registry.spreadsheets import Seal
from tests import cast, desk

BEGINNINGS = [*spreadsheets.BEGIN_FORMULAS, "=cmd|'/c calc'!A1", '="', '=1+1"', "@SUM(1)\r\n=2", '=HYPERLINK("x","y")']
WRITERS = {
    "csv": lambda rows: spreadsheets.unsealed_csv_file(["head"], rows),
    "sealed csv": lambda rows: spreadsheets.csv_file(["head"], rows, seal()),
    "xlsx": lambda rows: spreadsheets.unsealed_xlsx_file(["head"], rows, "sheet"),
    "sealed xlsx": lambda rows: spreadsheets.xlsx_file(["head"], rows, seal(), ("sheet", "seal")),
}


def seal() -> Seal:
    return Seal(1, ("position", "rows", "sha256"))


@pytest.mark.parametrize("writer", [name for name in WRITERS if "csv" in name])
def test_no_cell_of_a_csv_file_begins_a_formula(writer: str) -> None:
    file = b"".join(WRITERS[writer]([[f"{each}1+1"] for each in BEGINNINGS])).decode("utf-8-sig")
    _head, *rows = csv.reader(io.StringIO(file, newline=""))
    cells = [row[0] for row in rows[: len(BEGINNINGS)]]
    assert cells == [f"'{each}1+1" for each in BEGINNINGS]


@pytest.mark.parametrize("writer", [name for name in WRITERS if "xlsx" in name])
def test_every_cell_of_a_workbook_is_text(writer: str) -> None:
    file = b"".join(WRITERS[writer]([[f"{each}1+1"] for each in BEGINNINGS]))
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(file)).worksheets[0].iter_rows() for cell in row]
    assert len(cells) == len(BEGINNINGS) + 1
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_file_without_the_guard_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "safe", str)
    with pytest.raises(AssertionError):
        test_no_cell_of_a_csv_file_begins_a_formula("csv")


# Pages

ACTS = ("alert(1)", "alert`1`", "location='//evil.example'")
SHAPES = (
    "<script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    '"><script>{}</script>',
    "'><script>{}</script>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "</script><script>{}</script>",
    "<img src=x onerror={}>",
    '" autofocus onfocus={} x="',
    "' autofocus onfocus={} x='",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<body onload={}>",
    "<iframe srcdoc='<script>{}</script>'>",
    "<a href=javascript:{}>x</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror={}>",
    "{{{{constructor.constructor('{}')()}}}}",
    "<details open ontoggle={}>",
    "<object data=javascript:{}>",
    "＜script＞{}＜/script＞",
)
PAYLOADS = [shape.format(act) for shape, act in itertools.product(SHAPES, ACTS)]
HARMFUL_TAGS = {"iframe", "object", "embed", "math", "base"}


class Active(HTMLParser):
    """Whatever in a page would run or load because a name stood in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in HARMFUL_TAGS or (
            tag == "script" and not (given.get("src") or given.get("type") == "application/json")
        ):
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name, value in attrs if self._acts(name, value or "")]

    @staticmethod
    def _acts(name: str, value: str) -> bool:
        return name.startswith("on") or value.strip().lower().startswith(("javascript:", "data:text/html"))


def active(page: str) -> list[str]:
    parser = Active()
    parser.feed(page)
    return parser.found


def test_sixty_payloads_are_tried_and_each_would_be_noticed() -> None:
    assert len(set(PAYLOADS)) == 60
    places = ('<p title="{}"></p>', "<p title='{}'></p>", "<p>{}</p>")
    inert = [each for each in PAYLOADS if not any(active(place.format(each)) for place in places)]
    assert all("＜" in each or "{{" in each for each in inert)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_a_name_is_text_on_every_page_that_shows_it() -> None:
    clerk = cast.clerk()
    numbers = (cast.resident(f"11010519880304{order:03}") for order in itertools.count(1))
    listings = [
        cast.draft(cast.party(cast.person(number, payload))) for number, payload in zip(numbers, PAYLOADS, strict=False)
    ]
    browser = desk.at_the_desk(clerk)
    page = browser.get(reverse("admin:registry_listing_changelist")).content.decode()
    assert "&lt;script&gt;" in page
    assert active(page) == []
    for listing in listings[:: len(ACTS)]:
        assert active(browser.get(f"/desk/listings/{listing.number}/").content.decode()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_asked_for_is_text_in_the_answer(shape: str) -> None:
    payload = shape.format(ACTS[0])
    browser = desk.at_the_desk(cast.clerk())
    asked = [f"/{quote(payload)}", f"/verify/?code={quote(payload)}", f"/?language={quote(payload)}"]
    asked += [f"/desk/registry/listing/?q={quote(payload)}", f"/desk/registry/case/?q={quote(payload)}"]
    for address in asked:
        assert active(browser.get(address).content.decode()) == []


# Questions to the database

HOSTILE = (
    "ordering=number;DROP TABLE registry_listing",
    "ordering=-party__person__sealed",
    "o=1.-2,(select 1)",
    "o=" + "1." * 500,
    "q=' OR 1=1--",
    "q=%00",
    "q=%25_%5C",
    "_connector=OR 1=1) OR 1=1",
    "_negated=1",
    "state__exact=' OR ''='",
    "number__regex=(a%2B)%2B$",
    "number%0A--=1",
    "number%00=1",
    "party__person__documents__digest__startswith=a",
    "account__password__startswith=p",
    "officer__account__password__regex=^p",
    "pk__in=1,2) UNION SELECT 1",
    "p=1000000000000000000",
    "p=-1",
    "all=1",
    "_to_field=password",
    "year=%D9%A2%D9%A0%D9%A2%D9%A6",
)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("role", [Role.CLERK, Role.JUDGE, Role.REGISTRAR])
def test_no_list_of_the_desk_is_asked_in_words_of_the_caller(role: Role) -> None:
    """A parameter that the list does not know is refused; one that it knows is bound, never put into a statement."""
    cast.draft()
    browser = desk.at_the_desk(cast.officer(f"Q-{role}", role))
    lists = [f"admin:{each._meta.app_label}_{each._meta.model_name}_changelist" for each in admin.site._registry]
    assert len(lists) >= 5
    seen = {browser.get(f"{reverse(name)}?{hostile}").status_code for name in lists for hostile in HOSTILE}
    assert seen <= {200, 302, 400, 403, 404}


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_a_password_is_not_guessed_letter_by_letter_through_a_filter() -> None:
    cast.draft()
    browser = desk.at_the_desk(cast.clerk())
    address = reverse("admin:registry_listing_changelist")
    for lookup in ("party__person__documents__digest__startswith=a", "entered_by__account__password__startswith=p"):
        assert browser.get(f"{address}?{lookup}").status_code in {302, 400}


@pytest.mark.django_db
@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_public_page_is_asked_in_words_of_the_caller(hostile: str) -> None:
    for page in ("/", "/statistics/", "/timeliness/", "/verify/", "/log/", "/who-may-read-what/"):
        assert Client().get(f"{page}?{hostile}").status_code < 500
