"""R-281 to R-289: papers from outside, and what a scanner says of a file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class PaperActs(Refusal):
    code = "R-281"
    message = _("%(file)s holds what can act on the computer of its reader: %(what)s.")
    remedy = _("Print it to a new PDF, or photograph or scan the paper, and send that.")


class PaperEncrypted(Refusal):
    code = "R-282"
    message = _("%(file)s is encrypted or needs a password.")
    remedy = _("Save it without a password, or print it to a new PDF, and send that.")


class PaperUnreadable(Refusal):
    code = "R-283"
    message = _("%(file)s is damaged and cannot be shown.")
    remedy = _("Open it on your device; if it shows there, save it anew as PDF, JPEG or PNG, and send that.")


class PaperHeavy(Refusal):
    code = "R-284"
    message = _("%(file)s takes more time or memory to open than any paper does.")
    remedy = _("Photograph or scan the paper anew, smaller; or send fewer files at once.")


class PaperPages(Refusal):
    code = "R-285"
    message = _("%(file)s has more than %(most)s pages.")
    remedy = _("Send the pages that matter.")


class PicturePixels(Refusal):
    code = "R-286"
    message = _("%(file)s is a picture of more than %(most)s million pixels.")
    remedy = _("Photograph it with a lower resolution, or scan it with fewer dots an inch.")


class PictureMoves(Refusal):
    code = "R-287"
    message = _("%(file)s is a picture that moves.")
    remedy = _("Send a picture that stands still, or several.")


class FileInfected(Refusal):
    code = "R-288"
    message = _("The court’s virus scanner found something in the file. It was not taken, and nothing of it is kept.")
    remedy = _("Look through your device with a virus scanner; then scan or photograph the paper anew, and send that.")


class ScannerAway(Refusal):
    code = "R-289"
    status = 503
    message = _("The court’s virus scanner does not answer, and no file is taken without it.")
    remedy = _("Try again in some minutes; what was sent before is kept.")
