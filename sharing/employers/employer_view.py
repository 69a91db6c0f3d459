"""What the views of the employers' interface have in common."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter

from registry.errors import EmployerSuspended, Text
from sharing.access import GatedView
from sharing.employers.models import Employer
from sharing.parties.models import OrganisationKind

_EMPLOYER = "SELECT * FROM employers_employer WHERE organisation_id = %s"


class EmployerView(GatedView):
    """For programs of employers."""

    scope, audience = "screenings", OrganisationKind.EMPLOYER

    def employer(self) -> Employer:
        """Whose program calls. EmployerSuspended: it was never admitted."""
        # Raw: to compose the statement takes thrice as long as to read the row.
        employer = next(iter(Employer.objects.raw(_EMPLOYER, [self.caller.organisation.pk])), None)
        if employer is None:
            raise EmployerSuspended
        employer.organisation = self.caller.organisation
        return employer


def idempotency_key(description: Text) -> OpenApiParameter:
    """The header as the interface describes it; ``description``: what the same key gives again."""
    return OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description=description)
