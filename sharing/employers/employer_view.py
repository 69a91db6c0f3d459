"""What the views of the employers' interface have in common."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from registry.errors import EmployerSuspended, Text
from sharing.access import GatedView
from sharing.employers.models import Employer
from sharing.parameters import BIGGEST, whole

_EMPLOYER = "SELECT * FROM employers_employer WHERE organisation_id = %s"


class EmployerView(GatedView):
    """For programs of employers."""

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


def rows_wanted(request: Request, most: int, usual: int) -> tuple[int, int]:
    """Behind which place of a list, -1 for its beginning, and how many. Raises `NumberOutside`, `ParameterUnknown`."""
    after = whole(request, "after", 0, BIGGEST) if "after" in request.query_params else -1
    return after, whole(request, "limit", 1, most, default=usual)
