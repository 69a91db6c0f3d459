"""Every question of the installation, in the order in which it is asked: its words, its default, and who judges the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.installing import placing, trying
from config.installing.answers import Answers
from config.installing.findings import Finding
from registry import codes

NOTHING = "-"  # typed where there is a default and none is wanted
Judge = Callable[[str, Answers], Iterator[Finding]]
RESOLVERS = Path("/etc/resolv.conf")


@dataclass(frozen=True)
class Question:
    """``default``: from the answers before; None: it must be answered. ``may_be_empty``: "" is an answer."""

    name: str
    asks: str | Promise
    judge: Judge | None = None
    default: Callable[[Answers], str] | None = None
    may_be_empty: bool = False

    def judged(self, value: str, answers: Answers) -> list[Finding]:
        wrong = list(placing.a_line(self.name, value))
        if self.judge and value and not wrong:
            wrong += self.judge(value, answers)
        return wrong


def _is(value: str) -> Callable[[Answers], str]:
    return lambda answers: value


def _office(answers: Answers) -> str:
    found = codes.entries("courts").get(answers.get("court", ""))
    return f"{found.zh}登记办公室" if found else ""


def _resolver(_answers: Answers) -> str:
    lines = RESOLVERS.read_text(encoding="utf-8").splitlines() if RESOLVERS.is_file() else []
    return next((line.split()[1] for line in lines if line.startswith("nameserver ")), "")


def _services_database(answers: Answers) -> str:
    return answers.get("database_owner", "").replace("registry_owner@", "registry_application@")


def _with(judge: Callable[..., Iterator[Finding]]) -> Callable[[str], Judge]:
    """For judges that are told of which question they judge the answer."""
    return lambda name: lambda value, answers: judge(name, value)


_place, _folder = _with(placing.a_place), _with(trying.a_folder_or_nothing)


def _choice(name: str, *known: str) -> Judge:
    return lambda value, answers: placing.one_of(name, value, *known)


def _named(judge: Callable[[str, str, Answers], Iterator[Finding]], name: str) -> Judge:
    return lambda value, answers: judge(name, value, answers)


def _officer(name: str, asks: str | Promise) -> Question:
    return Question(name, asks, _named(placing.an_officer, name))


QUESTIONS = (
    Question("codes", _("Folder with code lists of the court's own (nothing: those of the release)"), _folder("codes"), _is(""), True),
    Question("court", _("Code of the high court that keeps the register, from the list of courts"), trying.a_court, _is("京")),
    Question("office", _("Its office, as the help page names it"), None, _office),
    Question("contact_email", _("Mail address of that office, to which alarms go"), placing.a_mail_address),
    Question("contact_address", _("Address of that office"), None, _is(""), True),
    Question("contact_phone", _("Telephone of that office"), None, _is(""), True),
    Question("address", _("Address of the portals and public pages (https://…)"), trying.an_address),
    Question("desk_address", _("Address of the desk, a host name of its own beside it (https://…)"), trying.names),
    Question("inside", _("The court's own network, from which officers come"), trying.a_network, _is("10.0.0.0/8")),
    Question("resolver", _("The court's name server"), trying.a_resolver, _resolver),
    Question("certificate", _("File of the certificate of the portals' name, with its chain"), _named(trying.certificate, "certificate"), _is("/etc/registry/tls/chain.pem")),
    Question("certificate_key", _("File of its key"), _named(trying.certificates_key, "certificate_key"), _is("/etc/registry/tls/key.pem")),
    Question("desk_certificate", _("File of the certificate of the desk's name, with its chain"), _named(trying.certificate, "desk_certificate"), _is("/etc/registry/tls/desk-chain.pem")),
    Question("desk_certificate_key", _("File of its key"), _named(trying.certificates_key, "desk_certificate_key"), _is("/etc/registry/tls/desk-key.pem")),
    Question("authority", _("File of the authority's certificates, from the root on"), trying.an_authority, _is("/etc/registry/tls/authority.pem")),
    Question("user", _("User of the machine as which the register runs"), trying.a_user, _is("registry")),
    Question("database_owner", _("Address of the database as its owner, who lays it out"), trying.the_owners_database, _is("postgres://registry_owner@/registry?host=/run/postgresql")),
    Question("database", _("Address of the database as the role of what runs"), trying.the_services_database, _services_database),
    Question("broker", _("Address of the broker (Redis, Valkey or RabbitMQ)"), trying.a_broker, _is("redis://127.0.0.1:6379/0")),
    Question("zones", _("One process for all zones, or the zones apart: one / apart"), _choice("zones", "one", "apart"), _is("one")),
    Question("scanner", _("Virus scanner (- for none)"), trying.a_scanner, _is("unix:/run/clamav/clamd.ctl"), True),
    Question("mail", _("Mail server: smtp+tls://user:password@host:587 (nothing: mails go to the log)"), None, _is(""), True),
    Question("suite", _("Suite of the keys of the book: intl / gm"), _choice("suite", "intl", "gm"), _is("intl")),
    Question("keys", _("Folder for the keys"), _place("keys"), _is("/etc/registry/keys")),
    Question("keys_copy", _("Folder on the medium for the copy of the keys, which leaves the machine"), placing.a_copy),
    Question("persons", _("The two persons who sign the protocol of the keys: name, name"), placing.two_persons),
    Question("guard", _("File of the log's guard, on another disk than the database's"), _place("guard"), _is("/srv/registry-guard/log-guard")),
    Question("static", _("Folder for the files of the pages"), _place("static"), _is("/srv/registry/static")),
    _officer("registrar_1", _("First registrar of the high court: user name, staff number, name[, mail]")),
    _officer("registrar_2", _("Second registrar: user name, staff number, name[, mail]")),
    _officer("security_1", _("First security administrator: user name, staff number, name[, mail]")),
    _officer("security_2", _("Second security administrator: user name, staff number, name[, mail]")),
    _officer("system", _("System administrator: user name, staff number, name[, mail]")),
    _officer("auditor", _("Audit administrator: user name, staff number, name[, mail]")),
)  # fmt: skip
