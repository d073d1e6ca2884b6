"""Which page of a list is asked for: one cursor for all of them, and one refusal of what is none."""

from __future__ import annotations

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from akcept.kernel.errors import Invalid
from akcept.kernel.paging import key_of


def foreign_cursor() -> Invalid:
    """Return the refusal of a cursor that no page gave: to begin anew would show a caller the same rows twice."""
    return Invalid(_("This is not a cursor of this API: send the one the previous page gave."), field="cursor")


class Continued(Schema):
    """Behind which row a page begins."""

    cursor: str = Field(default="", max_length=20)

    def after(self) -> str:
        """Return the cursor. Raises Invalid for one that is none of ours."""
        if self.cursor and key_of(self.cursor) is None:
            raise foreign_cursor()
        return self.cursor


class Paged(Continued):
    """Which page, and of how many rows."""

    limit: int = Field(default=25, ge=1, le=100)
