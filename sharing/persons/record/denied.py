"""What a person is told of a signed form that he denies: whether he can still deny it, and what came of it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.admin.facts import spoken_day
from sharing.employers import denying, signed_form
from sharing.employers.models import ConsentKind, ConsentVerdict, Screening, ShownForm, Verdict
from sharing.tables import moment


def shown(screening: Screening | None) -> dict[str, object] | None:
    """For `persons/never_agreed.html`; None: it was asked on no form, or the page says otherwise why it is void."""
    if screening is None or screening.consent is None or screening.consent.kind != ConsentKind.ATTESTED:
        return None
    latest = screening.latest
    if isinstance(latest, ConsentVerdict):
        return {"words": _fits()} if latest.verdict == Verdict.FITS else None
    call = denying.call_of(screening)
    if call is None or call.denied_at is None:
        return {"key": screening.consent_id}
    said = {"at": moment(call.denied_at), "day": spoken_day(call.due_on)}
    if ShownForm.objects.filter(pk=call.pk).exists():
        return {
            "words": _("You said on %(at)s that you never agreed. An officer of the court examines the form.") % said
        }
    if not signed_form.has_to_be_there(screening.asked_at, call.told_at or timezone.now()):
        return {
            "words": _(
                "You said on %(at)s that you never agreed. The employer is to show the signed form by %(day)s; if it does not, the answer is void. After so many years it need not have the form any more, so it may go on asking."
            )
            % said
        }
    return {
        "words": _(
            "You said on %(at)s that you never agreed. The employer must show the signed form by %(day)s; if it does not, the answer is void and it may ask about nobody."
        )
        % said
    }


def _fits() -> str:
    return _(
        "An officer of the court has examined the signed form, and it fits the question. If it is not yours, tell the court."
    )
