"""`POST /csp-report`: where browsers say that a page broke the policy of contents. Answered alike, whatever was sent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from registry import violations


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """No session is opened, and nothing of the body is kept but two words (`registry.violations`)."""
    body = request.read(violations.LENGTH_MOST + 1)
    if len(body) <= violations.LENGTH_MOST:
        violations.count(body, now=timezone.now())
    return HttpResponse(status=204)
