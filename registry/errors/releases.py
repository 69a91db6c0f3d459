"""R-291, R-292, R-810 to R-829: releases of the court's statistics, proposed, drawn, released."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class StatisticianNeeded(Refusal):
    code = "R-810"
    status = 403
    message = _("A release is proposed by a statistician of the High Court.")
    remedy = _("Ask one of them; a registrar of the High Court then decides.")


class ReleaseRegistrarNeeded(Refusal):
    code = "R-811"
    status = 403
    message = _("A release is decided by a registrar of the High Court.")
    remedy = _("Wait for the decision; you find it on the release’s page.")


class StatisticsClosed(Refusal):
    code = "R-812"
    status = 403
    message = _(
        "The figures before their release are for statisticians of the High Court, its registrars and auditors."
    )
    remedy = _("What is released is on the public page of statistics.")


class PeriodNotOver(Refusal):
    code = "R-813"
    message = _("A period ends on a day that is over.")
    remedy = _("Choose yesterday or a day before it.")


class PeriodBackwards(Refusal):
    code = "R-814"
    message = _("The period ends before it begins.")
    remedy = _("Give the first day and then the last one; both belong to it.")


class ReleaseWaiting(Refusal):
    code = "R-815"
    status = 409
    message = _("Another release waits for its decision.")
    remedy = _("Have it released or returned first; numbers are protected one release after the other.")


class NoSuchRelease(Refusal):
    code = "R-816"
    status = 404
    message = _("There is no such release, or it was already decided.")
    remedy = _("Look at the list of releases.")


class NotDrawnYet(Refusal):
    code = "R-817"
    status = 409
    message = _("The files of this release are still being made.")
    remedy = _("Refresh the page until all of them are there.")


class ReleaseDamaged(Refusal):
    code = "R-818"
    status = 409
    message = _("What is stored of this release is not what was made: its hashes differ.")
    remedy = _("Return it, and tell whoever runs the register.")


class ReleaseTitleNeeded(Refusal):
    code = "R-819"
    message = _("A release has a title of 2 to 200 characters in Chinese and in English.")
    remedy = _("Give both.")


class CorrectionNeedsWhy(Refusal):
    code = "R-820"
    message = _("A correction says in Chinese and in English, in 2 to 500 characters, what was wrong.")
    remedy = _("Say it in both languages, without names or document numbers: it stands on the old page.")


class NotToBeCorrected(Refusal):
    code = "R-821"
    status = 409
    message = _("Only the newest release of a period is corrected, and over the same period.")
    remedy = _("Correct the release that replaced this one.")


class ReleasesChanged(Refusal):
    code = "R-822"
    status = 409
    message = _("Another release came out while this one was being counted.")
    remedy = _("Look at the figures again and propose it anew.")


class NotPrintable(Refusal):
    code = "R-823"
    message = _("This has characters that the printed report cannot show.")
    remedy = _("Write it without pictures and rare signs.")


class CodeNotPrintable(Refusal):
    code = "R-291"
    status = 409
    message = _("The printed report cannot show all characters of “%(name)s”, a name in the code lists.")
    remedy = _(
        "Have two registrars of the High Court write it otherwise in the code lists, then propose the release again."
    )


class SealedSinceCounted(Refusal):
    code = "R-292"
    status = 409
    message = _("A listing was sealed since this release was counted, and may be among its numbers.")
    remedy = _("Return it, and have a statistician propose it again: what is sealed is not counted then.")
