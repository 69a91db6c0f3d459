"""R-7xx: persons outside the court who prove who they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class CounterCodeShape(Refusal):
    code = "R-701"
    message = _("This is no counter code: a character is missing, too many or mistyped.")
    remedy = _("Type the 10 characters as they are printed, for example in two groups of five.")


class CounterCodeWrong(Refusal):
    code = "R-702"
    status = 403
    message = _("The code and the last four characters do not fit together, or the code does not hold any more.")
    remedy = _(
        "Compare both. A code holds for 24 hours, once, and not after five wrong tries; the court’s counter makes a new one."
    )


class IdentityNotProved(Refusal):
    code = "R-703"
    status = 403
    message = _("Your identity is not proved, or the proof is older than %(minutes)s minutes.")
    remedy = _("Prove once more who you are. Nothing was done.")


class IdentityProviderSilent(Refusal):
    code = "R-704"
    status = 502
    message = _("The identity service does not answer, or did not recognise you.")
    remedy = _("Try again, or use a counter code.")


class IdentityProofRefused(Refusal):
    code = "R-705"
    status = 403
    message = _("What the identity service sent cannot be relied on. Nobody was recognised.")
    remedy = _("Begin again. If it happens again, use a counter code and tell the court.")


class IdentityClaimsUnknown(Refusal):
    code = "R-706"
    message = _(
        "The identity service recognised you, but did not name your document in a form that the register knows."
    )
    remedy = _("Use a counter code.")


class NoSuchWay(Refusal):
    code = "R-707"
    status = 404
    message = _("Identity cannot be proved in this way here.")
    remedy = _("Choose one of those offered.")


# The notice to the listed person, its service, and the code in it: R-711 … R-729.


class NoticeBeforeApproval(Refusal):
    code = "R-711"
    status = 409
    message = _("There is no notice before the listing is approved.")
    remedy = _("Wait for the second officer, then issue it.")


class NoSuchNotice(Refusal):
    code = "R-712"
    status = 404
    message = _("There is no such notice.")
    remedy = _("Go back to the listing.")


class NoticeTakenAlready(Refusal):
    code = "R-713"
    status = 409
    message = _("This notice was made already, or does not count any more. The code in it is shown once.")
    remedy = _("If it did not reach your hands, issue the notice anew: the code of the former one is dead then.")


class NoticeNotPrintable(Refusal):
    code = "R-714"
    message = _("The notice cannot be printed: a character of the name, or of another entry, is missing in the font.")
    remedy = _("Nothing was made. Have the font extended before the notice is issued; never serve it with a gap.")


class NoticeLanguageUnknown(Refusal):
    code = "R-715"
    message = _("The notice is not made in this language.")
    remedy = _("Choose a language of the list.")


class NoticeCodeShape(Refusal):
    code = "R-716"
    message = _("This is no code of a notice: a character is missing, too many or mistyped.")
    remedy = _("Type the 20 characters as they are printed, for example in four groups of five.")


class NoticeCodeWrong(Refusal):
    code = "R-717"
    status = 403
    message = _(
        "The notice’s code and the last four characters do not fit together, or the code does not hold any more."
    )
    remedy = _(
        "Compare both. A code holds once, and not after five wrong tries; any court’s counter gives you another one."
    )


class ServiceReferenceNeeded(Refusal):
    code = "R-718"
    message = _("What proves the service is missing, or longer than %(most)s characters.")
    remedy = _("Name the record of service, the postal number or the number of the public notice.")


class ServiceReferenceIsPersonal(Refusal):
    code = "R-719"
    message = _("This names the person, or may be a document number.")
    remedy = _("Give the number of the record, the item or the public notice alone.")


class ServiceStands(Refusal):
    code = "R-720"
    status = 409
    message = _("The listing is in force: the service that was recorded before stays as it is.")
    remedy = _("Whoever finds it wrong proposes a suspension or a withdrawal.")


class NoSuchRecord(Refusal):
    code = "R-731"
    status = 404
    message = _("Nothing about you has this number.")
    remedy = _("Look at your record again.")


class NoSuchQuestion(Refusal):
    code = "R-732"
    status = 404
    message = _("No question about you has this id.")
    remedy = _("Look at the list of those who asked.")


class MailAddressShape(Refusal):
    code = "R-733"
    message = _("This is no mail address.")
    remedy = _("Type it as in name@example.org.")


class MailAddressesSpent(Refusal):
    code = "R-734"
    status = 429
    message = _("Messages to %(most)s addresses were ordered for you within a day.")
    remedy = _("Open the link in one of them, or wait a day.")


class MailLinkDead(Refusal):
    code = "R-735"
    status = 404
    message = _("This link holds no more.")
    remedy = _("It was used, replaced or too old, or the messages were ended already. Look at your page.")


class NoMessagesOrdered(Refusal):
    code = "R-736"
    status = 409
    message = _("No messages are ordered for you, or the address is not confirmed.")
    remedy = _("Give an address and open the link that is sent to it.")


class SayWhyFirst(Refusal):
    """``listings``: which ones; their pages ask for the reason and go on. ``where``: the page that asks, by its name, where
    it is about something else that has a number.
    """

    code = "R-737"
    status = 403
    message = _("This is not a case of your own.")
    remedy = _("Say why you read it; the person can see that. It holds for an hour.")

    def __init__(self, listings: Sequence[Any], *, where: str = "admin:why_listing") -> None:
        super().__init__()
        self.listings, self.where = listings, where


class IdentityProviderWeak(Refusal):
    code = "R-709"
    status = 502
    message = _("The identity service signs with keys that have less than 128 bits of security. Nobody was recognised.")
    remedy = _("Use a counter code. The court asks the service for a key on P-256, Ed25519 or RSA of 3072 bits.")


# Passkeys: R-774 … R-785.


class PasskeyNotRecognised(Refusal):
    """Unknown, ended, removed, another court's, altered, too late or used twice: all alike."""

    code = "R-774"
    status = 403
    message = _("The court does not recognise this passkey, or what the browser sent came too late.")
    remedy = _("Try once more. If it was removed or has ended, prove who you are in another way.")


class PasskeyNotMade(Refusal):
    code = "R-775"
    message = _("No passkey was made: what the browser sent cannot be relied on, or came too late.")
    remedy = _("Try once more, or use another browser or phone.")


class PasskeyTooWeak(Refusal):
    code = "R-780"
    message = _("No passkey was made: this device makes keys of another kind than the court takes.")
    remedy = _("Use another phone, or a security key, with ECDSA (P-256, P-384, P-521) or Ed25519.")


class NothingGoesOn(Refusal):
    code = "R-776"
    status = 409
    message = _("Nothing is held about you, and nothing of yours is open: there is nothing to come back for.")
    remedy = _("Once something is, prove who you are and make the passkey then.")


class PasskeysTooMany(Refusal):
    code = "R-777"
    status = 409
    message = _("You have %(most)s passkeys already.")
    remedy = _("Remove one that you do not need.")


class PasskeyAfterPasskey(Refusal):
    code = "R-778"
    status = 403
    message = _("You came with a passkey, and a passkey makes no further one.")
    remedy = _("Prove who you are in another way first.")


class NoSuchPasskey(Refusal):
    code = "R-781"
    status = 404
    message = _("You have no such passkey, or it has ended.")
    remedy = _("Look at the list of your passkeys.")
