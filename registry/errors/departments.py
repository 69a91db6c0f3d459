"""R-4xx: what leaves the court: endpoints, measures, receipts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class EndpointUrlShape(Refusal):
    code = "R-401"
    message = _("This is not a usable endpoint address.")
    remedy = _(
        "Give a full https address without user name or fragment, for example https://receiver.example.cn/webhooks."
    )


class EndpointNotPublic(Refusal):
    code = "R-402"
    message = _("The endpoint address leads to a private or reserved network (%(address)s).")
    remedy = _("Use a public address, or ask the operator to allow this network by name.")


class EndpointNotFound(Refusal):
    code = "R-403"
    message = _("The host name of the endpoint address cannot be resolved.")
    remedy = _("Check the name, or the registry's name server.")


class BasisNeeded(Refusal):
    code = "R-404"
    message = _("A measure needs the article it rests on.")
    remedy = _("Name the article, or register it openly as “information only”.")


class NoSuchEvent(Refusal):
    code = "R-405"
    status = 404
    message = _("There is no such event for you.")
    remedy = _("Check the event's id.")


class ReceiptShape(Refusal):
    code = "R-406"
    message = _("The receipt cannot be read: %(why)s.")
    remedy = _("Send event, kind (applied, purged or refused) and at, as the API document says.")


class SignatureWrong(Refusal):
    code = "R-407"
    status = 403  # who calls is known by his token; 401 would have him get another one (RFC 9110, 15.5.2)
    message = _("The signature does not fit the body, the key or the time.")
    remedy = _("Sign the exact bytes sent, with the registered key, at most 5 minutes ago.")


class UnknownInstitution(Refusal):
    code = "R-411"
    message = _("No institution of your department has this code.")
    remedy = _("Register it in the portal first, or correct the code.")


class InstitutionKnown(Refusal):
    code = "R-412"
    status = 409
    message = _("An institution with this code, or with this credit code, is registered already.")
    remedy = _("Look for it in the list.")


class OnwardShape(Refusal):
    code = "R-413"
    message = _("What was passed on cannot be read: %(why)s.")
    remedy = _("Send kind (reached or purged), institution, at, and listing or event, as the API document says.")


class SharingChangedMeanwhile(Refusal):
    code = "R-420"
    status = 409
    message = _("What this proposal rests on was changed after it was made: %(what)s.")
    remedy = _("Nothing was done. Return it or take it back, and propose what is still needed.")


class AlreadyProposed(Refusal):
    code = "R-421"
    status = 409
    message = _("The same is already proposed and waits for the second officer.")
    remedy = _("Open that proposal instead of making another one.")


class AlreadyDecided(Refusal):
    code = "R-422"
    status = 409
    message = _("This proposal was decided already.")
    remedy = _("Its page says how.")


class NotYourProposal(Refusal):
    code = "R-423"
    status = 403
    message = _("Only who made a proposal may take it back.")
    remedy = _("Return it with a reason instead.")


class OrganisationCodeTaken(Refusal):
    code = "R-424"
    status = 409
    message = _("Another organisation has this code.")
    remedy = _("Choose another one.")


class CreditCodeTaken(Refusal):
    code = "R-425"
    status = 409
    message = _("Another organisation has this unified social credit code.")
    remedy = _("Compare it with the certificate; if it is right, that organisation is registered already.")


class InstrumentNumberTaken(Refusal):
    code = "R-426"
    status = 409
    message = _("The department has an instrument with this number already.")
    remedy = _("Compare the number with the document.")


class NoSuchDepartment(Refusal):
    code = "R-427"
    status = 404
    message = _("There is no such department, instrument, measure or endpoint.")
    remedy = _("Look for it in the list of departments.")


class ConditionUnknown(Refusal):
    code = "R-428"
    message = _("A condition of the instrument is not one of those that there are.")
    remedy = _("Choose from the list.")


class CertificateShape(Refusal):
    code = "R-431"
    message = _("This is not a certificate that can be read.")
    remedy = _("Give it as PEM: whole blocks from BEGIN CERTIFICATE to END CERTIFICATE, or one file in DER.")


class CertificateNotAnAuthority(Refusal):
    code = "R-432"
    message = _("The certificate “%(subject)s” is not one of a certificate authority.")
    remedy = _("Give the authority that issued your server's certificate, not the server's own.")


class CertificateExpired(Refusal):
    code = "R-433"
    message = _("The certificate “%(subject)s” expired on %(ended)s.")
    remedy = _("Give one that is valid.")


class CertificatesTooMany(Refusal):
    code = "R-434"
    message = _("This is more than %(most)s certificates or %(kib)s KiB.")
    remedy = _("Give only those that your server's certificate leads to.")


class CertificateForAnotherKey(Refusal):
    code = "R-435"
    message = _("The certificate “%(subject)s” does not belong to a key made here for this endpoint.")
    remedy = _("Have the signing request of this page signed, and give its certificate first, then those above it.")


class CertificateTooWeak(Refusal):
    code = "R-436"
    message = _("The certificate “%(subject)s” has less than 128 bits of security: %(found)s.")
    remedy = _("Have one issued for a key on P-256 or P-384, Ed25519, or RSA of 3072 bits, and signed with SHA-256.")


class LookedTooOften(Refusal):
    code = "R-408"
    status = 429
    message = _("You have looked at persons' data %(most)s times within an hour.")
    remedy = _("Continue later. What your program needs, it receives or pulls.")


class EventUnreadable(Refusal):
    code = "R-409"
    message = _("The event cannot be opened on the court's side.")
    remedy = _("Tell the court its position.")


class NoSuchEndpoint(Refusal):
    code = "R-441"
    status = 404
    message = _("There is no such endpoint of yours.")
    remedy = _("Check the endpoint's id in the address.")


class NotOnTrial(Refusal):
    code = "R-442"
    status = 409
    message = _("The endpoint is not on trial, so nothing about invented persons is sent to it or answered.")
    remedy = _("In production use the registry's own address, and begin with an empty list.")


class OnTrial(Refusal):
    code = "R-443"
    status = 403
    message = _("Your endpoint is on trial: the list is not shown before it is in production.")
    remedy = _(
        "Use the address of the trial, which the endpoint's page names, until the registry has opened production."
    )


class RunGoesOn(Refusal):
    code = "R-444"
    status = 409
    message = _("The conformance run %(number)s of this endpoint still goes on.")
    remedy = _("Wait for its end; it takes 10 minutes at most.")


class EndpointPaused(Refusal):
    code = "R-445"
    status = 409
    message = _("The endpoint is paused, so nothing is sent to it.")
    remedy = _("Resume it first.")


class StillSentTo(Refusal):
    code = "R-489"
    status = 409
    message = _("Messages are sent to this endpoint, so its program keeps what they say.")
    remedy = _("Pause the endpoint, delete what its program keeps, and say so then.")


class NotProven(Refusal):
    code = "R-446"
    status = 409
    message = _("The endpoint may not go to production: %(why)s")
    remedy = _("A new conformance run, green in every check, opens it.")


class StageAlready(Refusal):
    code = "R-447"
    status = 409
    message = _("The endpoint is already at this stage.")
    remedy = _("Look at its page again.")


class ReasonForStageNeeded(Refusal):
    code = "R-448"
    message = _("A change of stage without a conformance run needs a reason.")
    remedy = _("Say it in at most 200 characters; it is kept.")


class OtherName(Refusal):
    code = "R-451"
    status = 409
    message = _("Your list has this document number under another name.")
    remedy = _("Compare number and name with the document. If both are right, tell the court, and do nothing yet.")


class LookUpsSpent(Refusal):
    code = "R-452"
    status = 429
    message = _("You have looked up as many documents as one member may in an hour.")
    remedy = _("Go on later, or download the list and compare it on your side.")


class NotDownloaded(Refusal):
    code = "R-453"
    status = 409
    message = _("Your department has not downloaded the list up to this position.")
    remedy = _("Download the list or its changes, act on it, and declare then.")


class HighCourtNeeded(Refusal):
    code = "R-454"
    status = 403
    message = _("What all departments do is seen by registrars and auditors of the High Court.")
    remedy = _("Ask the registry of the High Court.")


class TooLongForExcel(Refusal):
    code = "R-455"
    status = 409
    message = _("An Excel sheet has no room for so many listings.")
    remedy = _("Download the list as CSV.")


class SecretsTooMany(Refusal):
    code = "R-456"
    status = 409
    message = _("%(most)s secrets of this endpoint are signing already: each former one does for 24 hours more.")
    remedy = _(
        "Use the newest. Another one can be made from %(free)s on; if a secret is in wrong hands, pause the endpoint."
    )
