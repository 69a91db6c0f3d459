"""What breaks a rule and is right all the same: where, how often and why. Whoever adds a row says the reason to a second person."""

from __future__ import annotations

from typing import NamedTuple

ANY = 0  # however often: the file is declared, not its lines


class Allowed(NamedTuple):
    rule: str
    path: str
    times: int
    why: str


# SQL is written by hand where the models cannot say it: locks, one statement for many rows, the log and its trees,
# purging under another role; and where there are no models (the receiver and the witness keep a SQLite file).
WITH_SQL = (
    "config/backups/drilling.py",
    "config/backups/facts.py",
    "config/backups/scratch.py",
    "config/backups/taking.py",
    "config/database.py",
    "config/demo/experiments/book.py",
    "config/demo/kept.py",
    "config/demo/loading.py",
    "config/demo/watched_lists.py",
    "config/installing/founding.py",
    "config/installing/looking.py",
    "config/installing/trying.py",
    "config/management/commands/judge_restored.py",
    "config/operation/measuring.py",
    "config/operation/reading.py",
    "config/operation/recent.py",
    "config/postgres.py",
    "config/reached.py",
    "config/zones/granting.py",
    "config/zones/rights_held.py",
    "registry/agreed_time.py",
    "registry/actions/acting.py",
    "registry/actions/entering.py",
    "registry/actions/purging.py",
    "registry/actions/writing_imported.py",
    "registry/admin/meeting.py",
    "registry/auditing/growing.py",
    "registry/bell.py",
    "registry/checkpoints/looking.py",
    "registry/checkpoints/signing.py",
    "registry/checkpoints/stored.py",
    "registry/importing/checking.py",
    "registry/importing/deciding.py",
    "registry/importing/names.py",
    "registry/importing/writing.py",
    "registry/key_checks.py",
    "registry/log.py",
    "registry/statistics/tallying.py",
    "registry/storing.py",
    "registry/turns.py",
    "registry/verifying/walking.py",
    "sharing/audit/comparing.py",
    "sharing/audit/evidence.py",
    "sharing/audit/promises/answers.py",
    "sharing/audit/sampling.py",
    "sharing/audit/tracing/following.py",
    "sharing/delivery/backlog.py",
    "sharing/delivery/contents.py",
    "sharing/delivery/heartbeat.py",
    "sharing/delivery/holding.py",
    "sharing/delivery/lease.py",
    "sharing/delivery/pulses.py",
    "sharing/delivery/reading.py",
    "sharing/delivery/replay.py",
    "sharing/delivery/saving.py",
    "sharing/departments/announcing.py",
    "sharing/departments/court_timeliness.py",
    "sharing/departments/downloading.py",
    "sharing/departments/looking.py",
    "sharing/departments/opened.py",
    "sharing/departments/owing.py",
    "sharing/departments/settling.py",
    "sharing/departments/timeliness.py",
    "sharing/employers/anomalies.py",
    "sharing/employers/campaigns/forms.py",
    "sharing/employers/campaigns/links.py",
    "sharing/employers/consent.py",
    "sharing/employers/employer_view.py",
    "sharing/employers/figures.py",
    "sharing/employers/lookup.py",
    "sharing/employers/monitoring/posting.py",
    "sharing/employers/monitoring/walking.py",
    "sharing/employers/numbers_refused.py",
    "sharing/employers/quota.py",
    "sharing/employers/row_ends.py",
    "sharing/employers/standing.py",
    "sharing/employers/status_list.py",
    "sharing/employers/verification.py",
    "sharing/parties/rate.py",
    "sharing/parties/refused_calls.py",
    "sharing/persons/mails/walking.py",
    "sharing/persons/objections/raising.py",
    "sharing/receiver/catching_up.py",
    "sharing/receiver/checking.py",
    "sharing/receiver/findings.py",
    "sharing/receiver/levelling.py",
    "sharing/receiver/log_records.py",
    "sharing/receiver/lost.py",
    "sharing/receiver/onward.py",
    "sharing/receiver/receipts.py",
    "sharing/receiver/records.py",
    "sharing/receiver/status.py",
    "sharing/receiver/store.py",
    "sharing/receiver/writer.py",
    "sharing/retention/ageing.py",
    "sharing/retention/due.py",
    "sharing/retention/months.py",
    "sharing/retention/purging.py",
    "sharing/rotation/resealing.py",
    "sharing/rotation/tables.py",
    "sharing/statistics/reach.py",
    "sharing/witness/store.py",
)

ALLOWED = (
    *(Allowed("sql-by-hand", path, ANY, "see above") for path in WITH_SQL),
    Allowed(
        "error-text-shown",
        "config/backups/server.py",
        1,
        "why a server is not reached, in libpq's words, redacted, to the operator at the terminal",
    ),
    Allowed("clock-for-order", "config/demo/experiments/doors.py", 1, "the demonstration shows how long things took"),
    Allowed("clock-for-order", "config/demo/pages/provider.py", 3, "the demonstration shows how long things took"),
    Allowed("clock-for-order", "config/demo/story.py", 10, "the demonstration shows how long things took"),
    Allowed("clock-for-order", "registry/agreed_time.py", 1, "how far this clock is from the database's"),
    Allowed(
        "clock-for-order", "registry/signing_in/assurance.py", 1, "seconds since a sign-in, as the library keeps them"
    ),
    Allowed("clock-for-order", "config/operation/measuring.py", 2, "how far this clock is from the database's"),
    Allowed("clock-for-order", "sharing/delivery/pulses.py", 1, "how far this clock is from the database's"),
    Allowed("clock-for-order", "registry/signing_in/recovery.py", 1, "when a code was used, as the library keeps it"),
    Allowed("clock-for-order", "sharing/desk/single_sign_on.py", 2, "seconds since somebody was led away"),
    Allowed("clock-for-order", "registry/signing_in/lasting.py", 4, "seconds since a sign-in and since the last use"),
    Allowed(
        "clock-for-order",
        "sharing/delivery/heartbeat.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/delivery/slot.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/delivery/testing.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/departments/conformance/sending.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/employers/monitoring/endpoint.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/transport/messages.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/receiver/clock.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/receiver/receipts.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/receiver/verification.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/transport/exchange.py",
        2,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "clock-for-order",
        "sharing/witness/__main__.py",
        1,
        "a time that is signed, compared with a signed one, or shown; it orders nothing",
    ),
    Allowed(
        "csrf-exempt",
        "config/demo/pages/provider.py",
        1,
        "the identity provider of the demonstration: a token endpoint, called by a server with a secret",
    ),
    Allowed("csrf-exempt", "config/violations.py", 1, "browsers report without a token; what is counted is nobody's"),
    Allowed("csrf-exempt", "config/urls.py", 1, "choosing a language changes nothing but a cookie"),
    Allowed(
        "csrf-exempt", "registry/admin/imports.py", 1, "the check is made in `_take`, once it is asked who uploads"
    ),
    Allowed(
        "csrf-exempt", "registry/taking_files.py", 1, "the check is made inside, after the reader of the file is chosen"
    ),
    Allowed("csv-by-hand", "registry/case_files.py", 1, "an empty form to be filled in; its heads are ours"),
    Allowed("csv-by-hand", "registry/importing/files.py", 1, "an empty form to be filled in; its heads are ours"),
    Allowed("csv-by-hand", "registry/spreadsheets.py", 1, "the guard itself"),
    Allowed("csv-by-hand", "sharing/employers/batch_files.py", 1, "an empty form to be filled in; its heads are ours"),
    Allowed(
        "digest-compared",
        "registry/verifying/events.py",
        1,
        "a commitment of the book, compared by a command of the court",
    ),
    Allowed(
        "digest-compared",
        "sharing/audit/sampling.py",
        1,
        "the hash of a population, which is printed beside the sample",
    ),
    Allowed(
        "digest-compared",
        "sharing/parties/management/commands/add_member.py",
        1,
        "a password typed twice at a terminal",
    ),
    Allowed(
        "digest-compared", "sharing/persons/passkeys/keeping.py", 1, "two rows of ours, after the signature has held"
    ),
    Allowed(
        "http-outside-transport",
        "config/demo/asking.py",
        1,
        "the demonstration and the starting of servers: loopback alone",
    ),
    Allowed(
        "http-outside-transport",
        "config/demo/control.py",
        2,
        "the demonstration and the starting of servers: loopback alone",
    ),
    Allowed(
        "http-outside-transport",
        "config/demo/experiments/machinery.py",
        1,
        "the demonstration and the starting of servers: loopback alone",
    ),
    Allowed(
        "http-outside-transport",
        "config/demo/experiments/posting.py",
        1,
        "the demonstration and the starting of servers: loopback alone",
    ),
    Allowed(
        "http-outside-transport",
        "config/demo/watched_lists.py",
        1,
        "the demonstration and the starting of servers: loopback alone",
    ),
    Allowed(
        "http-outside-transport",
        "config/processes.py",
        1,
        "the demonstration and the starting of servers: loopback alone",
    ),
    Allowed(
        "http-outside-transport", "config/valkey.py", 2, "the demonstration and the starting of servers: loopback alone"
    ),
    Allowed("http-outside-transport", "registry/scanner.py", 2, "the court's virus scanner, in its own network alone"),
    Allowed(
        "http-outside-transport",
        "sharing/receiver/calling.py",
        2,
        "the receiver is a program of the department and asks the court alone",
    ),
    Allowed("http-outside-transport", "sharing/transport/exchange.py", 2, "the one module that opens connections"),
    Allowed("http-outside-transport", "sharing/transport/multi.py", 1, "the one module that opens connections"),
    Allowed("marked-safe", "registry/signing_in/adapter.py", 1, "a QR code drawn here, of a secret made here"),
    Allowed("marked-safe", "sharing/employers/portal/requests.py", 1, "a QR code drawn here, of an address of ours"),
    Allowed("open-to-anybody", "sharing/departments/api.py", 1, "the public keys of the court"),
    Allowed("open-to-anybody", "sharing/employers/api.py", 1, "the public keys of the court"),
    Allowed(
        "open-to-anybody", "sharing/employers/results_api.py", 1, "the status list, which holds no person and is public"
    ),
    Allowed("personal-data-in-log", "config/child.py", 1, "what a process of ours is called"),
    Allowed(
        "personal-data-in-log",
        "config/no_mail.py",
        1,
        "a letter to the registry, which is about nobody (docs/logging.md)",
    ),
    Allowed(
        "personal-data-in-log", "sharing/receiver/catching_up.py", 1, "the number of a listing, which names no person"
    ),
    Allowed("printed", "config/demo/saying.py", 1, "a program at a terminal"),
    Allowed("printed", "config/new_keys.py", 1, "a program at a terminal"),
    Allowed("printed", "deploy/bundle.py", 2, "a program at a terminal"),
    Allowed("printed", "deploy/install.py", 3, "a program at a terminal"),
    *(
        Allowed(
            "error-text-shown", f"config/installing/{each}.py", 1, "whoever installs reads why a database refuses him"
        )
        for each in ("looking", "trying")
    ),
    Allowed("random-for-secrets", "config/demo/period/book.py", 1, "an invented book, the same every time"),
    Allowed("random-for-secrets", "sharing/delivery/backoff.py", 1, "spreads load and keeps no secret"),
    Allowed(
        "redirect-by-the-caller",
        "config/demo/pages/acting.py",
        1,
        "the demonstration; the target is checked where it is made",
    ),
    Allowed(
        "redirect-by-the-caller",
        "config/demo/pages/provider.py",
        2,
        "the demonstration; the target is checked where it is made",
    ),
    Allowed(
        "slow-pattern",
        "sharing/addresses.py",
        1,
        "at most 253 characters, and each part begins with a full stop; its growth is tested",
    ),
    Allowed(
        "slow-pattern", "sharing/witness/settings.py", 1, "a setting of the operator; each part begins with a slash"
    ),
    Allowed("sql-put-together", "config/demo/watched_lists.py", 1, "the pieces are constants of this module"),
    Allowed("sql-put-together", "config/operation/reading.py", 1, "a number of milliseconds"),
    Allowed("sql-put-together", "config/postgres.py", 1, "the pieces are constants of this module"),
    Allowed("sql-put-together", "registry/actions/purging.py", 2, "the pieces are constants of this module"),
    Allowed(
        "sql-put-together", "sharing/audit/comparing.py", 1, "the pieces are constants of the list of recorded tables"
    ),
    Allowed("sql-put-together", "sharing/rotation/resealing.py", 1, "the pieces are constants of the list of columns"),
    Allowed("sql-put-together", "sharing/rotation/tables.py", 1, "the pieces are constants of the list of columns"),
    Allowed("sql-put-together", "sharing/delivery/reading.py", 1, "the pieces are constants of this module"),
    Allowed("sql-put-together", "sharing/employers/row_ends.py", 1, "the pieces are constants of this module"),
    Allowed("sql-put-together", "sharing/retention/ageing.py", 1, "the pieces are constants of the schedule"),
    Allowed("sql-put-together", "sharing/retention/due.py", 1, "the pieces are constants of this module"),
    Allowed(
        "sql-put-together",
        "sharing/retention/months.py",
        5,
        "names of tables and columns, from the catalogue of the database",
    ),
    Allowed("digest-compared", "sharing/audit/promises/pulled.py", 1, "two readings of one's own, and no secret"),
    Allowed("sql-by-hand", "registry/pdf/photographs.py", 1, "a copy of a picture, by the library of pictures"),
    Allowed("task-before-commit", "registry/bell.py", 1, "called by on_commit alone, and says nothing"),
)
