"""What lets a phone keep the shop among its apps."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from akcept.ui.forms import page_language

THEME_COLOUR, BACKGROUND = "#0b6e4f", "#f5f7f9"


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Name, icons and colours; the app opens on what waits for a decision."""
    name = str(getattr(settings, "OSCAR_SHOP_NAME", "Akcept"))
    icons = [
        {"src": static("akcept/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("akcept/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static("akcept/icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": static("akcept/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    content = {
        "id": "/",
        "name": name,
        "short_name": name[:12],
        "lang": page_language(),
        "start_url": reverse("akcept:inbox"),
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME_COLOUR,
        "background_color": BACKGROUND,
        "icons": icons,
        "shortcuts": [
            {"name": _("To accept"), "url": reverse("akcept:inbox")},
            {"name": _("My orders"), "url": reverse("akcept:orders")},
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json", headers={"Cache-Control": "max-age=3600"})
