"""What the views of the employers' interface have in common."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from registry.errors import EmployerSuspended, Malformed, Text
from sharing.access import GatedView
from sharing.employers.models import Employer

_EMPLOYER = "SELECT * FROM employers_employer WHERE organisation_id = %s"
NUMBER_MOST = 9  # digits


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


def number_in(request: Request, name: str, absent: int) -> int:
    """A whole number of the query. Raises `Malformed`."""
    text = request.query_params.get(name)
    return absent if text is None else whole(name, text)


def whole(name: str, text: str) -> int:
    """Raises `Malformed`."""
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_MOST):
        raise Malformed(name)
    return int(text)
