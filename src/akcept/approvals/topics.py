"""What this room writes in the journal; the subject is the organisation's policy: ("policy", organisation's id)."""

from __future__ import annotations

from typing import Final

POLICY_CHANGED: Final = "policy.changed"
TERMS_CHANGED: Final = "policy.terms_changed"
