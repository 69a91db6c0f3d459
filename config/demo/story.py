"""One judgment's whole way, played live: entered, approved, told, asked about, objected to, corrected, withdrawn, gone.

Every step is proved from the other side: by what the departments' receivers keep in their own stores, by the answers the
employer's system gets over HTTP, and by the pages that the person opens with the code of the notice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from django.utils import timezone

from config.demo.asking import Employer
from config.demo.inboxes import Inbox, wait_until
from config.demo.people import SERVICE, Bench
from config.demo.period import LiveJudgment
from config.demo.person import ASKED, TOLD, Person
from config.demo.timeline import Timeline
from registry import actions
from registry.actions.acting import today
from registry.models import Flag, Listing, Proposal, WithdrawalCause
from sharing.departments.models import Recall, ReceiptKind
from sharing.persons.models import Follows, Part
from sharing.persons.notices import issuing
from sharing.persons.objections import deciding

PUBLISHED, FLAGGED, CORRECTED = "listing.published", "listing.flagged", "listing.corrected"
UNFLAGGED, WITHDRAWN = "listing.unflagged", "listing.withdrawn"
WRONG = "罚金写成九万元，判决书上是八万元。"
UPHELD = "经核对判决书，罚金数额确系录入笔误。"


@dataclass
class Story:
    """``recipients``: whom the person's pages name as told, and who asked; ``approved_to_last_ms``: from the judge's click, the
    service of the notice included, to the last department, as the receivers' own clocks say.
    """

    live: LiveJudgment
    bench: Bench
    inboxes: list[Inbox]
    employer: Employer
    recipients: tuple[str, ...]
    employer_name: str
    person: Person
    timeline: Timeline
    approved_to_last_ms: float = 0
    _began: float = 0

    def play(self) -> None:
        listing = self._enter()
        self._approve(listing)
        self._ask_about_both()
        self._hand_over(listing)
        objection = self._object(listing)
        self._admit(listing, objection)
        self._correct(listing, objection)
        self._withdraw(listing)
        self._ask_again()
        self._check_the_log(listing)

    def _enter(self) -> Listing:
        began = time.time()
        clerk, now = self.bench.clerk, timezone.now()
        actions.file_case(self.live.case, officer=clerk, now=now)
        decision = actions.enter_decision(self.live.decision, officer=clerk, now=now)
        listing = actions.add_party(decision.pk, self.live.party, officer=clerk, now=now)
        actions.submit([listing.pk], officer=clerk, now=now)
        actions.confirm_no_appeal([listing.pk], officer=clerk, now=now)
        what = f"enters and submits {listing.number}"
        silent = not any(inbox.holds(listing.number) for inbox in self.inboxes)
        self.timeline.add("clerk", what, "nobody yet", _since(began), verified=silent)
        return listing

    def _approve(self, listing: Listing) -> None:
        began = time.time()
        actions.approve(
            [listing.pk],
            typed={listing.pk: tuple(each.number for each in self.live.party.person.documents)},
            revisions={listing.pk: listing.revision},
            officer=self.bench.judge,
            now=timezone.now(),
        )
        silent = not any(inbox.holds(listing.number) for inbox in self.inboxes)
        self._serve(listing, began, silent=silent)

    def _serve(self, listing: Listing, approved: float, *, silent: bool) -> None:
        """The last thing that it waited for; what the departments received is timed from the approval on."""
        now = timezone.now()
        actions.record_service(
            [listing.pk], served_on=today(now), how="in_court", reference=SERVICE, officer=self.bench.clerk, now=now
        )
        act_ms = _since(approved)
        for inbox in self.inboxes:
            wait_until(partial(inbox.has_seen, listing.number, PUBLISHED), f"{inbox.name} is told")
        held = all(inbox.version(listing.number) == 1 for inbox in self.inboxes)
        what = "approve it and serve the notice: it is in force"
        self.timeline.add("two officers", what, "the book", act_ms, verified=silent and held)
        for inbox in self.inboxes:
            received = _received(inbox, listing.number, PUBLISHED, approved)
            self.approved_to_last_ms = max(self.approved_to_last_ms, received)
            receipt = self._receipt(inbox, listing.number, PUBLISHED, "applied")
            what = f"receives and verifies it; receipt after {receipt - approved * 1000:.0f} ms"
            self.timeline.add("department", what, inbox.name, received, verified=inbox.holds(listing.number))

    def _hand_over(self, listing: Listing) -> None:
        """The notice on paper; with the code in it the person sees who was told and who asked."""
        began = time.time()
        now = timezone.now()
        notice = issuing.issue(listing.pk, "zh-hans", officer=self.bench.clerk, now=now)
        made = issuing.make(notice.pk, officer=self.bench.clerk, now=now)
        self.person.walk_in(made.shown, self.live.listed_applicant.documents[0].number[-4:])
        page = self.person.open(TOLD)
        told = sum(name in page for name in self.recipients)
        asked = self.person.open(ASKED).count(self.employer_name)
        what = f"opens the record by the notice: {told} told, {asked} asked"
        whole = made.pdf.startswith(b"%PDF-") and (told, asked) == (len(self.inboxes), 1)
        self.timeline.add("person", what, "the court", _since(began), verified=whole)

    def _object(self, listing: Listing) -> str:
        began = time.time()
        number = self.person.object(listing.number, Part.OTHER, WRONG)
        shown = number in self.person.open("/objections/")
        self.timeline.add("person", f"objects on the same pages: {number}", "the court", _since(began), verified=shown)
        return number

    def _admit(self, listing: Listing, objection: str) -> None:
        self._began = time.time()
        deciding.admit(objection, officer=self.bench.registrar, now=timezone.now())
        last = self._arrived(listing, FLAGGED)
        flagged = all(each.flags(listing.number) == [Flag.DISPUTED] for each in self.inboxes)
        self.timeline.add("registrar", "admits it: “disputed” in their lists", "all four", last, verified=flagged)

    def _correct(self, listing: Listing, objection: str) -> None:
        deciding.decide(
            objection,
            "uphold",
            officer=self.bench.registrar,
            now=timezone.now(),
            reason=UPHELD,
            follows=Follows.CORRECT,
        )
        self.person.read_decision(objection)
        proposal = self._propose_and_carry_out(
            listing,
            "correct",
            reason="罚金数额笔误，依裁定更正",
            ground=f"{self.live.decision.number}之一",
            changes={"fine_yuan": self.live.party.fine_yuan - 10_000, "article": "CL 253-1(1)"},
        )
        last = self._arrived(listing, CORRECTED)
        replaced = all(inbox.version(listing.number) == 3 for inbox in self.inboxes)
        deciding.carry_out(objection, officer=self.bench.clerk, now=timezone.now(), proposal_id=proposal.pk)
        self._arrived(listing, UNFLAGGED)
        free = not any(each.flags(listing.number) for each in self.inboxes)
        what = "correct it, upheld: a new version, and no flag"
        self.timeline.add("two officers", what, "all four", last, verified=replaced and free)

    def _withdraw(self, listing: Listing) -> None:
        self._propose_and_carry_out(
            listing, "withdraw", reason="再审宣告无罪", ground=f"（{timezone.now().year}）京0105刑再1号"
        )
        began = self._began
        purged = []
        for inbox in self.inboxes:
            wait_until(partial(inbox.lacks, listing.number), f"{inbox.name} lets go of it")
            purged.append(self._receipt(inbox, listing.number, WITHDRAWN, "purged") - began * 1000)
        last = max(_received(inbox, listing.number, WITHDRAWN, began) for inbox in self.inboxes)
        gone = not any(inbox.holds(listing.number) for inbox in self.inboxes)
        self.timeline.add("two officers", "withdraw it: the lists are empty of it", "all four", last, verified=gone)
        closed = Recall.objects.filter(listing=listing, closed_by__kind=ReceiptKind.PURGED, closed_by__signed=True)
        confirmed = gone and closed.count() == len(self.inboxes) == Recall.objects.filter(listing=listing).count()
        what = "confirm that it is purged: no recall is open"
        self.timeline.add("departments", what, "the court", max(purged), verified=confirmed)

    def _check_the_log(self, listing: Listing) -> None:
        """Each department for itself, with its own copy: what it was told is in what the court signed and another body cosigned."""
        began = time.time()
        for inbox in self.inboxes:
            wait_until(partial(inbox.has_checked, listing.number), f"{inbox.name} finds what it was told in the log")
        what = "check the signed log: all they were told is in it"
        held = all(inbox.has_checked(listing.number) for inbox in self.inboxes)
        self.timeline.add("departments", what, "the court", _since(began), verified=held)

    def _propose_and_carry_out(
        self, listing: Listing, act: str, *, reason: str, ground: str, changes: dict[str, object] | None = None
    ) -> Proposal:
        now = timezone.now()
        version = Listing.objects.values_list("version", flat=True).get(pk=listing.pk)
        proposal = actions.propose(
            listing.pk,
            act,
            against_version=version,
            officer=self.bench.clerk,
            now=now,
            reason=reason,
            ground=ground,
            changes=changes,
            cause=WithdrawalCause.ACQUITTED,
        )
        self._began = time.time()
        actions.carry_out(proposal.pk, officer=self.bench.judge, now=now)
        return proposal

    def _arrived(self, listing: Listing, type_: str) -> float:
        """Wait until every department has the event; how long after the act the last one had it, in milliseconds."""
        for inbox in self.inboxes:
            wait_until(partial(inbox.has_seen, listing.number, type_), f"{inbox.name} has {type_}")
        return max(_received(inbox, listing.number, type_, self._began) for inbox in self.inboxes)

    def _ask_about_both(self) -> None:
        began = time.time()
        listed = self.employer.ask(self.live.listed_applicant)
        last = _since(began)
        other = self.employer.ask(self.live.unlisted_applicant)
        what = "asks about the person: listed; about another: not"
        self.timeline.add("employer", what, "the court", last, verified=(listed, other) == ("listed", "not_listed"))

    def _ask_again(self) -> None:
        began = time.time()
        gone = self.employer.ask(self.live.listed_applicant) == "not_listed"
        what = "asks about the person again: not listed any more"
        self.timeline.add("employer", what, "the court", _since(began), verified=gone)

    def _receipt(self, inbox: Inbox, number: str, type_: str, kind: str) -> float:
        """When the registry took the receipt, in unix milliseconds by the receiver's clock."""

        def accepted() -> bool:
            seen = inbox.seen(number, type_)
            return seen is not None and seen.receipt_kind == kind and seen.receipt_accepted_at is not None

        wait_until(accepted, f"the receipt of {inbox.name}")
        seen = inbox.seen(number, type_)
        return float(seen.receipt_accepted_at or 0) if seen else 0.0


def _received(inbox: Inbox, number: str, type_: str, began: float) -> float:
    seen = inbox.seen(number, type_)
    return seen.received_at - began * 1000 if seen else float("inf")


def _since(began: float) -> float:
    return (time.time() - began) * 1000
