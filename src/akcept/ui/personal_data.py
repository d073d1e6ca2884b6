"""A copy of somebody's data as a file: one table for people, one for machines, in a ZIP."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.template.loader import render_to_string

from akcept.organizations.actions import PersonalData
from akcept.ui.formats import exact


def as_zip(copy: PersonalData) -> HttpResponse:
    """Answer with `personal-data.html` and `personal-data.json`; both are gone from the server with the answer."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("personal-data.html", render_to_string("akcept/ui/personal_data.html", _shown(copy)))
        archive.writestr("personal-data.json", _json(copy))
    name = f"personal-data-{copy.member.pk}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(held.getvalue(), content_type="application/zip", headers=headers)


def _json(copy: PersonalData) -> str:
    content: dict[str, Any] = {"member": copy.member.pk, "name": copy.name, "at": copy.at}
    content |= {section.code: section.as_json() for section in copy.sections}
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _shown(copy: PersonalData) -> dict[str, Any]:
    sections = [
        {
            "title": section.title,
            "labels": [label for _code, label in section.columns],
            "rows": [[_cell(value) for value in row] for row in section.rows],
        }
        for section in copy.sections
    ]
    return {"copy": copy, "at": exact(copy.at), "sections": sections}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, datetime):
        return exact(value)
    if isinstance(value, dict):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return str(value)
