"""What each zone may do in each table, the one table of it. A table that is not here is nobody's but the owner's.

r: SELECT, a: INSERT, w: UPDATE, d: DELETE. Rows that triggers write (the audit tree) need no right of whoever writes;
what the keeper may destroy, migrations grant it (`registry.models.insert_only`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from config.zones.zone import Zone

LETTERS = "rawd"


@dataclass(frozen=True)
class Row:
    """``columns_of``: zone → pairs of letter and column, where the zone may do it in these columns alone."""

    table: str
    of: Mapping[Zone, str]
    columns_of: Mapping[Zone, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def rights(self, zone: Zone) -> str:
        """Of the zone of everything, what any zone may; the owner needs none."""
        if zone is Zone.ALL:
            return "".join(letter for letter in LETTERS if any(letter in each for each in self.of.values()))
        return self.of.get(zone, "")

    def columns(self, zone: Zone) -> tuple[tuple[str, str], ...]:
        """Besides what it may in all of them."""
        if zone is Zone.ALL:
            return tuple(sorted({pair for each in self.columns_of.values() for pair in each}))
        return self.columns_of.get(zone, ())


def _alike(
    room: str, names: str, *, desk: str = "", portal: str = "", public: str = "", worker: str = ""
) -> Iterator[Row]:
    """Rows of tables of one room, between blanks."""
    of = {Zone.DESK: desk, Zone.PORTAL: portal, Zone.PUBLIC: public, Zone.WORKER: worker}
    for name in names.split():
        yield Row(f"{room}_{name}", of)


def _in_columns(row: Row, zone: Zone, letter: str, names: str) -> Row:
    return Row(row.table, row.of, {**row.columns_of, zone: tuple((letter, each) for each in names.split())})


# Who is listed, and for what. The portals read it: a person his record, a program the answer to a question.
BOOK = (
    *_alike(
        "registry",
        "person formername identitydocument decision datainvolved party prohibition",
        desk="rawd",
        portal="r",
        worker="rawd",
    ),
    *_alike("registry", "officer", desk="raw", portal="r", worker="r"),
    # FOR UPDATE asks for the right to change one column. That of a court is referred to by whatever there is of the court;
    # that of a listing no trigger lets anybody change.
    *(
        _in_columns(each, Zone.PORTAL, "w", "id")
        for each in _alike("registry", "court", desk="raw", portal="r", worker="raw")
    ),
    *(
        _in_columns(each, Zone.PORTAL, "w", "entered_by_id")
        for each in _alike("registry", "listing", desk="rawd", portal="r", worker="rawd")
    ),
    *_alike("registry", "eventpayload", desk="ra", portal="r", worker="ra"),
    *(
        _in_columns(each, Zone.PUBLIC, "r", "position epoch commitment")
        for each in _alike("registry", "event", desk="ra", portal="r", worker="ra")
    ),
    *_alike("registry", "actrecord accessrecord", desk="ra", portal="r", worker="ra"),
    # What a court's own system tells of its cases comes by the API.
    *_alike("registry", "case", desk="rawd", portal="raw", worker="rawd"),
    *_alike("registry", "caseact", desk="ra", portal="ra", worker="ra"),
    *_alike(
        "registry",
        "listingyear returneddraft import importpiece importrow pastedtext sealingorder sealinghit "
        "appointmentproposal deputyship reminded readingalarm",
        desk="rawd",
        worker="rawd",
    ),
    *_alike("registry", "proposal", desk="rawd", portal="r", worker="rawd"),
    *_alike("registry", "codeproposal", desk="raw", portal="r", public="r", worker="r"),
    *_alike("registry", "codechange", desk="ra", portal="r", public="r", worker="r"),
    *_alike(
        "registry",
        "handover appointmentend accountact seal sealopened noticeservice unitchange refusedact",
        desk="ra",
        worker="ra",
    ),
    *_alike("registry", "decisionfile fileremoval", desk="raw", worker="raw"),
    *_alike("registry", "tally tallytaken", desk="rw", worker="rawd"),
    *_alike("registry", "logverification", desk="raw", worker="raw"),
)

# The log and the audit tree. What goes into the tree, triggers put there as the owner.
LOG = (
    *_alike("registry", "loghead", desk="rw", portal="r", public="r", worker="rw"),
    *_alike("registry", "bell", desk="rw", portal="rw", worker="rw"),
    *_alike("registry", "treetile checkpoint logepoch", desk="ra", portal="r", public="r", worker="ra"),
    *_alike("registry", "audittree", desk="r", worker="rw"),
    *_alike("registry", "auditleaf", desk="r", worker="rw"),
    *_alike("registry", "auditend", desk="r", worker="r"),
    *_alike("registry", "auditanchor auditverification", desk="ra", worker="ra"),
    *_alike("registry", "auditentry", desk="ra", portal="ra", worker="ra"),
    *_alike("registry", "keyseen", desk="r", portal="r", public="r", worker="raw"),
    *_alike("registry", "keyversion", desk="ra", portal="r", public="r", worker="raw"),
    *_alike("witnesses", "cosignature", desk="r", portal="r", public="r", worker="ra"),
    *_alike("witnesses", "asked logalarm", desk="r", portal="r", public="r", worker="rawd"),
)

# Who comes in. The public's zone knows nobody.
COMING_IN = (
    *_alike("registry", "account signinfailures remembered", desk="rawd", portal="rawd", worker="rawd"),
    *_alike("django", "session", desk="rawd", portal="rawd", worker="rawd"),
    *_alike("mfa", "authenticator", desk="rawd", portal="rawd", worker="rd"),
    *_alike("usersessions", "usersession", desk="rawd", portal="rawd", worker="rd"),
    *_alike("account", "emailaddress emailconfirmation", desk="r", portal="r", worker="r"),
    *_alike("oauth2_provider", "accesstoken refreshtoken", desk="rawd", portal="rawd", worker="rd"),
    *_alike("oauth2_provider", "grant idtoken devicegrant", desk="rd", portal="rd", worker="rd"),
    *_alike("registry", "singlesignon", desk="rawd", portal="r", worker="rawd"),
    *_alike("registry", "violations", desk="raw", portal="raw", worker="rd"),
    *_alike("parties", "organisation", desk="rawd", portal="rawd", public="r", worker="rawd"),
    *_alike("parties", "member client tokencertificate", desk="rawd", portal="rawd", worker="rawd"),
    *_alike("parties", "memberact", desk="ra", portal="ra", worker="ra"),
    *_alike("parties", "refusedcalls callsmade", desk="rd", portal="rawd", worker="rawd"),
    *_alike("courts", "casesystem", desk="rawd", portal="r", worker="r"),
    *_alike("courts", "casesystemact", desk="ra", portal="r", worker="r"),
)

DEPARTMENTS = (
    *_alike("delivery", "tellingcursor", desk="raw", portal="rw", public="r", worker="rawd"),
    *_alike("delivery", "pulse", desk="r", portal="r", public="r", worker="rawd"),
    *_alike("delivery", "told held", desk="rawd", portal="rawd", worker="rawd"),
    *_alike("delivery", "attempt", desk="r", portal="ra", worker="ra"),
    *_alike(
        "delivery",
        "endpoint endpointsecret trustedauthorities clientcertificate",
        desk="rawd",
        portal="rawd",
        worker="rawd",
    ),
    *_alike("departments", "department", desk="rawd", portal="rw", worker="rw"),
    *_alike("departments", "instrument measure", desk="rawd", portal="r", worker="rw"),
    *_alike(
        "departments",
        "recall conformancerun institution outage owed leftover",
        desk="rawd",
        portal="rawd",
        worker="rawd",
    ),
    *_alike(
        "departments",
        "renewal proposaloutcome deskact",
        desk="ra",
        portal="r",
        worker="ra",
    ),
    # A member who moves an endpoint to another host sends it back to trial.
    *_alike("departments", "stagechange", desk="ra", portal="ra", worker="ra"),
    *_alike(
        "departments",
        "receipt trialevent trialattempt trialpull trialreceipt checkresult reached onwardreceipt look escalation",
        desk="ra",
        portal="ra",
        worker="ra",
    ),
    *_alike("departments", "sharingproposal", desk="raw", portal="r", worker="ra"),
    *_alike("recalls", "recallduty clearanceletter", desk="ra", portal="ra", worker="ra"),
)

EMPLOYERS = (
    *_alike(
        "employers",
        "consentrequest consentcode codetries employer questionsasked consent batch batchrow campaign campaignrow allowance "
        "consentcall drawingcursor shownform monitoring monitoreddigest monitoringcursor numbersrefused recallingcursor "
        "verificationtries registration enclosure registrationtry employerendpoint employerendpointsecret monitoringpost",
        desk="rawd",
        portal="rawd",
        worker="rawd",
    ),
    *_alike(
        "employers",
        "screening applicanttold consentverdict consentlook monitoringchange monitoringconfirmation employeralarm "
        "employeract recalltold recallconfirmation registrationact registrationflood monitoringtold monitoringattempt",
        desk="ra",
        portal="ra",
        worker="ra",
    ),
    *_alike("employers", "statuslist", desk="ra", portal="ra", public="r", worker="ra"),
    *(
        _in_columns(each, Zone.PUBLIC, "r", "status_list status_index")
        for each in _alike("employers", "resultrecall", desk="ra", portal="ra", worker="ra")
    ),
)

PERSONS = (
    *_alike(
        "persons",
        "countercode provenidentity passkey notice objection objectionyear objectionevidence objectionmail objectionfile "
        "othernamealarm questionmails questionmailsdigest formeraddress mailaddresstry news newscursor",
        desk="rawd",
        portal="rawd",
        worker="rawd",
    ),
    *_alike("persons", "objectionstep", desk="raw", portal="ra", worker="raw"),
    *_alike("persons", "counterrecord", desk="ra", portal="ra", worker="ra"),
)

OVERSEEING = (
    *_alike("statistics", "release", desk="rawd", public="r", worker="rawd"),
    *_alike("statistics", "releasefile", desk="r", public="r", worker="ra"),
    *_alike("audit", "checkcount pack", desk="rawd", worker="rawd"),
    *_alike("audit", "sample samplerow finding packtaken booktaken", desk="ra", worker="ra"),
    *_alike("retention", "purgereport reviewreminder", desk="ra", worker="ra"),
)

# Whether the database is as this release wants it: for `/health/ready`.
RELEASE = tuple(_alike("django", "migrations", desk="r"))

# What packages bring and the product does not use.
UNUSED = (
    *_alike("registry", "account_groups account_user_permissions"),
    *_alike("auth", "permission group_permissions group"),
    *_alike("django", "admin_log content_type"),
)

ROWS = (*BOOK, *LOG, *COMING_IN, *DEPARTMENTS, *EMPLOYERS, *PERSONS, *OVERSEEING, *RELEASE, *UNUSED)


def _by_table(rows: Iterable[Row]) -> Mapping[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        if row.table in found:
            raise ValueError(f"two rows of the table of rights are about {row.table}: keep one")
        found[row.table] = row
    return found


BY_TABLE = _by_table(ROWS)
# Sequences that belong to no table, and who draws numbers from them.
SEQUENCES: Mapping[str, tuple[Zone, ...]] = {"employers_status_number": (Zone.PORTAL, Zone.WORKER)}
# Functions that work as the owner and that the keeper alone may call: they make and drop partitions.
KEEPERS_ALONE = frozenset({"registry_make_partition", "registry_drop_partition"})
