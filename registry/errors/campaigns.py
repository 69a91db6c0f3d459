"""R-486, R-513 to R-519, R-576 to R-579, R-586 and R-588 to R-589: campaigns of employers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NoSuchCampaign(Refusal):
    code = "R-513"
    status = 404
    message = _("There is no such campaign of yours.")
    remedy = _("Check the campaign's id.")


class CampaignOver(Refusal):
    code = "R-514"
    status = 409
    message = _("The campaign does not go on any more, or was not begun.")
    remedy = _("Look at its page; what is still to be asked needs a new campaign.")


class LastDayImpossible(Refusal):
    code = "R-515"
    message = _("The last day of a campaign is from %(first)s to %(last)s.")
    remedy = _("Choose a day in between.")


class TitleNeeded(Refusal):
    code = "R-516"
    message = _("The title is missing or longer than %(most)s characters.")
    remedy = _("Use a short title of your own, by which your members know the campaign.")


class TitleIsNumber(Refusal):
    code = "R-517"
    message = _("The title looks like a document number.")
    remedy = _("Use a title of your own: no person belongs in it.")


class TooManyCampaigns(Refusal):
    code = "R-518"
    status = 409
    message = _("Your organisation has %(most)s campaigns already that go on or were checked.")
    remedy = _("Stop one, throw away what was only checked, or wait until one is over.")


class TooManyRowsBegun(Refusal):
    code = "R-586"
    status = 429
    message = _("Your organisation begins at most %(most)s rows of campaigns a day, and this one would be more.")
    remedy = _("Begin it tomorrow, or with fewer rows.")


class FormNotWanted(Refusal):
    code = "R-519"
    status = 409
    message = _("This row is answered, waits to be asked, was withdrawn or revoked: it takes no form.")
    remedy = _("Leave the row out.")


class NoSuchRow(Refusal):
    code = "R-576"
    message = _("The campaign has no row with this key.")
    remedy = _("Use the keys of the file that the campaign was begun with.")


class PeopleNotNamed(Refusal):
    code = "R-596"
    message = _("The list does not say whom its rows mean, and the file of applicants is missing.")
    remedy = _("Choose the file that the campaign was begun with, or add name and document number to the list.")


class RowOfAnotherPerson(Refusal):
    code = "R-577"
    message = _("This is not the applicant whom the campaign was begun with under this key.")
    remedy = _("Compare number and name with the file that the campaign was begun with.")


class CampaignEnded(Refusal):
    code = "R-578"
    status = 409
    message = _("The campaign ended before this row was asked.")
    remedy = _("Begin a new campaign if it is still to be asked.")


class PurposeTakenAway(Refusal):
    code = "R-486"
    status = 409
    message = _("The court took this purpose from your organisation before this row was asked.")
    remedy = _("For this purpose nobody is asked about any more. Ask the registry of the High Court why.")


class AllowanceAskedFor(Refusal):
    code = "R-579"
    status = 409
    message = _("More questions were asked for already for this campaign.")
    remedy = _("Read on the campaign's page what the registry decided.")


class AllowanceDecided(Refusal):
    code = "R-588"
    status = 409
    message = _("It was decided already, or the campaign does not go on any more.")
    remedy = _("Read what was decided.")


class NoSuchAllowance(Refusal):
    code = "R-589"
    status = 404
    message = _("For this campaign no more questions were asked for.")
    remedy = _("Go back to the list.")
