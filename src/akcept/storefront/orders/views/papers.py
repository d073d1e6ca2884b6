"""The order as a document in PDF, for everybody who may see the order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from akcept.fulfilment import papers
from akcept.ordering.queries import whole
from akcept.organizations.visitor import actor_of
from akcept.storefront import refusals


@refusals.page
@require_safe
def document(request: HttpRequest, number: str) -> HttpResponse:
    """Answer with the document; 404 to whoever does not see the order."""
    content = papers.pdf_of(whole.whole_order(actor_of(request), number))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response
