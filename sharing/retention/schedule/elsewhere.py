"""Places outside the database: files, backups, logs, queues, mail, receivers, paper."""

from __future__ import annotations

from sharing.employers.signed_form import FORM_KEPT_YEARS
from sharing.retention.schedule.terms import Elsewhere

ELSEWHERE = (
    Elsewhere(
        place="Backups of the database",
        what="everything as of the day of the backup, sealed and digested as in the tables",
        until="as long as the court keeps backups: 35 days by default, set by who operates it",
        remains="until the last backup from before the purge is overwritten: all of it, sealed; after a restore the purge "
        "runs again by itself, because a listing that is withdrawn and confirmed is due again",
    ),
    Elsewhere(
        place="Write-ahead log and dead rows of PostgreSQL",
        what="changed rows until they are recycled and vacuumed, sealed and digested as in the tables",
        until="hours to days; autovacuum and wal recycling as set",
        remains="remnants for that long: names, numbers and words sealed, what the tables hold open (dates, articles, codes) open",
    ),
    Elsewhere(
        place="Logs of the application and the proxy",
        what="no name, no document number, no sealed value (config/masking.py); addresses hold listing numbers",
        until="as the court's logs are kept",
        remains="listing numbers in addresses that officers opened",
    ),
    Elsewhere(
        place="Collector of spans (OpenTelemetry), where one is named",
        what="routes, statuses, identifiers of endpoints, how long it took: nothing about persons",
        until="as the court's collector keeps them",
        remains="",
    ),
    Elsewhere(
        place="Queue (Valkey, RabbitMQ)",
        what="names of tasks without arguments about persons; with spans, two random numbers each",
        until="seconds",
        remains="",
    ),
    Elsewhere(
        place="Sessions of browsers",
        what="who is signed in; nothing of what was looked at",
        until="the session's end",
        remains="",
    ),
    Elsewhere(
        place="Mail",
        what="listing numbers, figures and days; never a name or a document number",
        until="in the mailboxes of recipients, outside the court's hand",
        remains="listing numbers in reminders about receipts",
    ),
    Elsewhere(
        place="Departments, and institutions that they told on",
        what="what they were told",
        until="purged on the withdrawal, confirmed by a receipt before the purge here; a department's own backups by its "
        "sharing instrument",
        remains="what a department's backups hold until they are overwritten; a restored receiver catches up and purges again",
    ),
    Elsewhere(
        place="Employers: signed forms of consent",
        what="the form that the applicant signed, with name and number",
        until=f"{FORM_KEPT_YEARS} years after the question, while the court may call it in; the employer destroys it then",
        remains="until then the form, with the employer: it consents, and says nothing of a listing",
    ),
    Elsewhere(
        place="Employers",
        what="answers on paper, as PDF or in their systems",
        until="removed on the recall, confirmed before the purge here",
        remains="paper that was printed and not confirmed destroyed is outside the register's reach",
    ),
    Elsewhere(
        place="Files downloaded in the department's portal",
        what="the department's list as a file",
        until="with the department; a look of each download is on record",
        remains="as at the department",
    ),
    Elsewhere(
        place="The judgment",
        what="the court's own file of the case",
        until="by the rules on court files, outside this register",
        remains="everything the court's file holds",
    ),
)
