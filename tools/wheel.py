"""What the wheel holds beside the code: the translations, compiled, which git leaves to each machine."""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Translations(BuildHookInterface):
    """Compiles them before the wheel is filled; an editable install finds those that `make env` compiles."""

    PLUGIN_NAME = "translations"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Take in the `.mo` files, which are ignored otherwise because git ignores them."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from tools.messages import compile_all

        compile_all()
        build_data["artifacts"].append("/src/akcept/locale/**/*.mo")
