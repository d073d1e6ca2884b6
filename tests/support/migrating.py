"""Django's migrations as the tests run them: in a process of its own, there and back, without what takes its time.

`python -m tests.support.migrating` migrates an empty database, `… akcept_approvals=0001 …` takes apps back first.
Of what migrating takes, a quarter is Python's collector looking at the thousands of classes of earlier states, a fifth
is Django asking the same field of an earlier state, two hundred thousand times in all, what it is made of, and most of
the rest rendering models that no step touches. The tables, indexes, triggers and rows are those of Django's own way.
"""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
from typing import Any, Final

from tests.support.processes import ROOT


def migrate(*back: str, **environment: str) -> None:
    """Take apps back ("label=name") and everything forth again, by a process; fails with what it printed."""
    environment = {"DJANGO_SETTINGS_MODULE": "shop.settings", "AKCEPT_SECRET_KEY": "x" * 50, **environment}
    command: Final = [sys.executable, "-m", __name__, *back]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def back(*targets: tuple[str, str]) -> None:
    """Do `migrate LABEL NAME` for several in one plan; a name may be only its number."""
    from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    emit_pre_migrate_signal(0, False, "default")
    executor.migrate([found(label, name) for label, name in targets])
    emit_post_migrate_signal(0, False, "default")


def forth() -> None:
    """Do `migrate`."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def found(label: str, name: str) -> tuple[str, str]:
    """Return the migration of that app whose name begins so."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    nodes = MigrationExecutor(connection).loader.graph.nodes
    return next(key for key in nodes if key[0] == label and key[1].startswith(name))


def spare_time() -> None:
    """Leave out what migrating takes its time with; the tables are the same."""
    gc.disable()
    _remember_fields()
    _render_no_farther()


def _remember_fields() -> None:
    """Let each field say only once what it is made of; one that was changed is a copy and says it anew."""
    from django.db.models import Field

    def clone(field: Any) -> Any:
        if "_made_of" not in field.__dict__:
            field._made_of = field.deconstruct()[2:]
        positional, named = field._made_of
        return type(field)(*positional, **named)

    Field.clone = clone  # type: ignore[method-assign,assignment]


def _render_no_farther() -> None:
    """Let a changed model bring anew only those it stands beside, until Python of a migration asks for them all.

    Django renders whatever is related to whatever is related, forty models for most steps and four fifths of all time.
    No table is made of that; what a migration runs in Python gets a state rendered as a whole, there and back.
    """
    from django.db.migrations.operations import RunPython
    from django.db.migrations.state import ProjectState, get_related_models_tuples

    def beside(state: Any, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        state.is_delayed = True
        found = {(app_label, model_name)}
        with contextlib.suppress(LookupError):
            found |= get_related_models_tuples(state.apps.get_model(app_label, model_name))
        for field in state.models[app_label, model_name].fields.values():
            if field.is_relation and field.remote_field.model != "self":
                found.add(_key(field.related_model, app_label))
        return found

    def whole_first(operation: Any, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        from_state.clear_delayed_apps_cache()
        run_back(operation, app_label, schema_editor, from_state, to_state)

    states: Any = ProjectState
    steps: Any = RunPython
    run_back = steps.database_backwards
    states._find_reload_model, steps.database_backwards = beside, whole_first


def _key(model: Any, app_label: str) -> tuple[str, str]:
    from django.db.migrations.utils import resolve_relation

    return resolve_relation(model, app_label)


def main(*wanted: str) -> None:
    """What the command line asks for."""
    import django

    django.setup()
    spare_time()
    if wanted:
        back(*((label, name) for label, _is, name in (each.partition("=") for each in wanted)))
    forth()


if __name__ == "__main__":
    main(*sys.argv[1:])
