"""The fixed cast. Every person is invented; numbers have valid check digits and nobody's birth date is today's.

Officers of the Chaoyang court (京0105): Lin enters, Zhao reviews, Sun keeps the register there; He sits in the High
Court's registry, and Fang counts there; Gao and Luo keep the accounts and Tie the system, and none of them reads the
book; Wei is a clerk of Haidian (京0108) and a stranger to Chaoyang's book.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from registry import actions
from registry.actions import drafted
from registry.actions.acting import today
from registry.actions.appointing import Appointment
from registry.entries import (
    CircumstancesEntry,
    DataEntry,
    DecisionEntry,
    DocumentEntry,
    PartyCircumstances,
    PartyEntry,
    PersonEntry,
    ProhibitionEntry,
)
from registry.identity import resident_check, unit_check
from registry.models import Account, Court, Decision, Listing, Officer, Proposal, Role, WithdrawalCause
from sharing.delivery.models import Endpoint, EndpointStage
from sharing.departments import joining, measures, telling
from sharing.departments.models import Department, Instrument, Measure

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Beijing, a Tuesday


def resident(first_17: str) -> str:
    """A resident identity number with its check digit."""
    return first_17 + resident_check(first_17)


DEFENDANT_NUMBER = resident("11010519880304123")
SECOND_NUMBER = resident("11010819920715452")
APPLICANT_NUMBER = resident("11010119950630761")
JUVENILE_NUMBER = resident("11010520090101331")


UNIT_NUMBER = "9111010" + "5MA01ABCD5"
UNIT_NUMBER += unit_check(UNIT_NUMBER)


def officer(staff_number: str, role: Role, court: str = "京0105", name: str = "") -> Officer:
    account = Account.objects.create(username=staff_number.lower(), is_staff=True)
    return Officer.objects.create(
        account=account,
        court=Court.objects.get(code=court),
        role=role,
        staff_number=staff_number,
        name=name or staff_number,
    )


def clerk() -> Officer:
    return _once("C-LIN", Role.CLERK, name="林书记员")


def judge() -> Officer:
    return _once("J-ZHAO", Role.JUDGE, name="赵法官")


def second_judge() -> Officer:
    return _once("J-QIAN", Role.JUDGE, name="钱法官")


def registrar() -> Officer:
    return _once("R-SUN", Role.REGISTRAR, name="孙登记员")


def high_court_registrar() -> Officer:
    return _once("R-HE", Role.REGISTRAR, court="京", name="何登记员")


def statistician() -> Officer:
    return _once("S-FANG", Role.STATISTICIAN, court="京", name="方统计员")


def security_administrator() -> Officer:
    return _once("A-GAO", Role.SECURITY, court="京", name="高管理员")


def second_security_administrator() -> Officer:
    return _once("A-LUO", Role.SECURITY, court="京", name="罗管理员")


def system_administrator() -> Officer:
    return _once("A-TIE", Role.SYSTEM, court="京", name="铁管理员")


def appointed(
    role: Role, staff_number: str, *, court: str = "京0105", user_name: str = "", email: str = "", now: datetime = NOW
) -> Officer:
    """Proposed by a security administrator, and confirmed by a registrar of the High Court."""
    appointment = Appointment(
        user_name=user_name or staff_number.lower(),
        court=Court.objects.get(code=court),
        role=role,
        staff_number=staff_number,
        name=staff_number,
        email=email,
    )
    proposal = actions.propose_appointment(appointment, officer=security_administrator(), now=now)
    officer, _link = actions.confirm_appointment(proposal.pk, officer=high_court_registrar(), now=now)
    return officer


def stranger() -> Officer:
    return _once("C-WEI", Role.CLERK, court="京0108", name="魏书记员")


def person(number: str = DEFENDANT_NUMBER, name: str = "高䶮", **changes: object) -> PersonEntry:
    entry = PersonEntry(name=name, documents=(DocumentEntry(type="resident_id", number=number),))
    return replace(entry, **changes)  # type: ignore[arg-type]  # the test names the fields


def party(of: PersonEntry | None = None, **changes: object) -> PartyEntry:
    """Two years' imprisonment, a fine, a prohibition of three years; received on the day after pronouncement."""
    entry = PartyEntry(
        person=of or person(),
        charge="CL 253-1",
        article="CL 253-1",
        offence_dates=(date(2024, 5, 6),),
        penalty_kind="fixed_term",
        sentence_months=24,
        fine_yuan=20_000,
        received_on=date(2026, 9, 2),
        prohibitions=(ProhibitionEntry(scope="不得从事个人信息处理相关职业", months=36),),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]  # the test names the fields


def judgment(**changes: object) -> DecisionEntry:
    """A first-instance judgment of the Chaoyang court, in force since the middle of September 2026."""
    entry = DecisionEntry(
        number="（2026）京0105刑初123号",
        filed_on=date(2026, 3, 2),
        pronounced_on=date(2026, 9, 1),
        prosecutor_received_on=date(2026, 9, 2),
        facts=("telecom_fraud_related",),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]  # the test names the fields


def circumstances(**changes: object) -> CircumstancesEntry:
    """52,000 telephone numbers, sold over a social network by somebody who was employed."""
    entry = CircumstancesEntry(
        data=(DataEntry(kind="phone_number", records=52_000),),
        channels=("social_app",),
        parties=(PartyCircumstances(ordinal=1, employed_at_time=True),),
    )
    return replace(entry, **changes)  # type: ignore[arg-type]  # the test names the fields


def with_circumstances(listing: Listing, now: datetime = NOW, **changes: object) -> Listing:
    """The listing, with the circumstances of its decision recorded."""
    actions.record_circumstances(
        listing.party.decision_id, circumstances(**changes), shown=None, officer=clerk(), now=now
    )
    return fresh(listing)


def entered_decision(entry: DecisionEntry | None = None, now: datetime = NOW) -> Decision:
    return actions.enter_decision(entry or judgment(), officer=clerk(), now=now)


def draft(entry: PartyEntry | None = None, decision: Decision | None = None, now: datetime = NOW) -> Listing:
    decision = decision or Decision.objects.first() or entered_decision(now=now)
    return actions.add_party(decision.pk, entry or party(), officer=clerk(), now=now)


def submitted(entry: PartyEntry | None = None, now: datetime = NOW) -> Listing:
    return _submit(draft(entry, now=now), now)


def put_in_force(listing: Listing, number: str = DEFENDANT_NUMBER, now: datetime = NOW) -> Listing:
    """The draft, submitted, confirmed and approved."""
    approve(_submit(listing, now), number, now=now)
    return fresh(listing)


def _submit(listing: Listing, now: datetime) -> Listing:
    """And that no appeal was filed is confirmed, where the period is over."""
    actions.submit([listing.pk], officer=clerk(), now=now)
    listing = fresh(listing)
    if listing.effective_on is not None and listing.effective_on <= today(now):
        actions.confirm_no_appeal([listing.pk], officer=clerk(), now=now)
    return fresh(listing)


def approve(listing: Listing, number: str = DEFENDANT_NUMBER, now: datetime = NOW, by: Officer | None = None) -> None:
    actions.approve(
        [listing.pk],
        typed={listing.pk: _from_the_judgment(listing, number)},
        revisions={listing.pk: listing.revision},
        officer=by or judge(),
        now=now,
    )


def _from_the_judgment(listing: Listing, number: str) -> tuple[str, ...]:
    """The judge who has the person's judgment beside him types every number that stands there."""
    said = [row.number for row in drafted.documents_of(listing.party)]
    return (number, *(each for each in said if each != number)) if number in said else (number,)


def in_force(entry: PartyEntry | None = None, number: str = DEFENDANT_NUMBER, now: datetime = NOW) -> Listing:
    """A listing that was entered, submitted, confirmed and approved, and is in force (the notice is waived)."""
    listing = submitted(entry, now=now)
    approve(listing, number, now=now)
    return fresh(listing)


def withdrawn(listing: Listing, now: datetime = NOW, cause: WithdrawalCause = WithdrawalCause.ACQUITTED) -> Listing:
    proposal = withdrawal_proposed(listing, now, cause)
    actions.carry_out(proposal.pk, officer=judge(), now=now)
    return fresh(listing)


def withdrawal_proposed(
    listing: Listing, now: datetime = NOW, cause: WithdrawalCause = WithdrawalCause.ACQUITTED
) -> Proposal:
    return actions.propose(
        listing.pk,
        "withdraw",
        against_version=listing.version,
        officer=clerk(),
        now=now,
        reason="acquitted on retrial",
        ground="（2026）京0105刑再1号",
        cause=cause,
    )


def fresh(listing: Listing) -> Listing:
    return Listing.objects.select_related("party__person", "party__decision").get(pk=listing.pk)


def _once(staff_number: str, role: Role, court: str = "京0105", name: str = "") -> Officer:
    found = Officer.objects.filter(staff_number=staff_number).first()
    return found or officer(staff_number, role, court, name)


# Departments. Each is told on an instrument of 2026; the High Court's registrars He and Tang registered them.


def second_high_court_registrar() -> Officer:
    return _once("R-TANG", Role.REGISTRAR, court="京", name="唐登记员")


def department(sector: str = "finance", code: str = "", now: datetime = NOW) -> Department:
    code = code or f"{sector}-department".replace("_", "-")
    found = Department.objects.filter(organisation__code=code).first()
    return found or joining.join(
        code=code, name=f"{code} 局", name_en=code, uscc=_unit_number(code), sector=sector, now=now
    )


def instrument(of: Department) -> Instrument:
    found = of.instruments.first()
    return found or joining.register_instrument(
        of,
        number="京高法共享〔2026〕1号",
        signed_on=date(2026, 1, 5),
        expires_on=date(2029, 1, 4),
        entered_by=high_court_registrar(),
        approved_by=second_high_court_registrar(),
    )


def measure(of: Department, now: datetime = NOW, **changes: object) -> Measure:
    """Finance's measure against those punished for fraud-related infringements, on the joint measures of 2024."""
    terms = measures.MeasureTerms(
        code="limit-accounts",
        name="限制开立账户",
        name_en="Limiting new accounts",
        basis="电信网络诈骗及其关联违法犯罪联合惩戒办法",
        articles=("CL 253-1",),
        facts=("telecom_fraud_related",),
        longest_months=36,
    )
    nameless = {"name": "", "name_en": ""} if changes.get("information_only") else {}
    return measures.open_measure(
        instrument(of),
        replace(terms, **{**nameless, **changes}),  # type: ignore[arg-type]  # the test names the fields
        entered_by=high_court_registrar(),
        approved_by=second_high_court_registrar(),
        now=now,
    )


def add_endpoint(department: Department, url: str, *, now: datetime = NOW) -> tuple[Endpoint, str]:
    """An endpoint and its secret, in production from its first moment on: most tests are not about the trial."""
    endpoint, secret = joining.add_endpoint(department, url, now=now)
    endpoint.stage = EndpointStage.PRODUCTION
    endpoint.save(update_fields=["stage"])
    return endpoint, secret


def told_endpoint(now: datetime = NOW) -> Endpoint:
    """Finance's endpoint, once one listing was put in force and told."""
    finance = department()
    measure(finance)
    endpoint, _secret = add_endpoint(finance, "http://127.0.0.1:9998/webhooks", now=now)
    in_force(now=now)
    telling.walk(now=now)
    return endpoint


def ended(of: Measure, now: datetime = NOW) -> None:
    """The measure, ended by two officers."""
    measures.end_measure(of, entered_by=high_court_registrar(), approved_by=second_high_court_registrar(), now=now)


def _unit_number(seed: str) -> str:
    digits = str(int.from_bytes(seed.encode(), "big") % 10**9).zfill(9)
    first_17 = f"11110000{digits}"
    return first_17 + unit_check(first_17)


def corrected(listing: Listing, now: datetime = NOW, **changes: object) -> Listing:
    """The listing after a correction that the clerk proposed and the judge carried out."""
    proposal = actions.propose(
        listing.pk,
        "correct",
        against_version=fresh(listing).version,
        officer=clerk(),
        now=now,
        reason="clerical error in the entry",
        ground="（2026）京0105刑更1号",
        changes=changes,
    )
    actions.carry_out(proposal.pk, officer=judge(), now=now)
    return fresh(listing)


def second_in_force(now: datetime = NOW) -> Listing:
    """Another person's listing, on the same decision."""
    return in_force(party(person(SECOND_NUMBER, "欧阳㛃")), number=SECOND_NUMBER, now=now)
