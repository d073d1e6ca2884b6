"""The package works in another Oscar project, of whatever kind, and the guide that says how is what is tested here.

Oscar's tables are made once and copied; each walk runs in a process of its own, on a database of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent / "bare_shop"
GUIDE = ROOT / "docs" / "extend" / "install.md"
SHOP = "tests.contracts.bare_shop"


def _installed(file: str) -> str:
    """What the guide has the engineer add to a file."""
    text = (HERE / file).read_text()
    part = text.partition("# --- install: begin ---\n")[2].rpartition("# --- install: end ---")[0]
    lines = [line.partition("  # noqa")[0] for line in textwrap.dedent(part).strip().splitlines()]
    return "\n".join(line.rstrip() for line in lines)


@pytest.mark.parametrize("file", ["settings.py", "urls.py"])
def test_guide_says_what_is_tested(file: str) -> None:
    code = _installed(file)
    assert len(code) > 80
    assert f"```python\n{code}\n```" in GUIDE.read_text()


def _run(
    *arguments: str, database: Path, kind: str = "", path: Path | None = None, forks: str = "", settings: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a module in a shop of a kind (see `plain.py`), its output caught."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AKCEPT_", "DJANGO_"))}
    places = os.pathsep.join(filter(None, (str(path) if path else "", str(ROOT))))
    env = kept | {"BARE_SHOP_DATABASE": str(database), "BARE_SHOP_KIND": kind, "BARE_SHOP_FORKS": forks}
    if settings:
        env["DJANGO_SETTINGS_MODULE"] = f"{SHOP}.{settings}"
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *arguments],
        cwd=path or ROOT,
        env=env | {"PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )


def _walk(
    *wanted: str, says: str = "the main job works in a plain Oscar shop", module: str = "walk", **shop: Path | str
) -> None:
    done = _run(f"{SHOP}.{module}", *wanted, **shop)  # type: ignore[arg-type]
    assert says in done.stdout, f"{done.stdout}\n{done.stderr}"


def _manage(*arguments: str, settings: str = "settings", **shop: Path | str) -> str:
    done = _run("django", *arguments, "--settings", f"{SHOP}.{settings}", **shop)  # type: ignore[arg-type]
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def _migrate(*back: str, database: Path) -> None:
    done = _run("tests.support.migrating", *back, database=database, settings="settings")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and nothing in them; to be copied."""
    made = tmp_path_factory.mktemp("bare") / "tables.sqlite3"
    _migrate(database=made)
    return made


@pytest.fixture(scope="module")
def used(tables: Path) -> Path:
    """G1: the database of a shop with ATOMIC_REQUESTS in which everything was done once; to be copied."""
    made = tables.with_name("used.sqlite3")
    shutil.copy(tables, made)
    _walk("acts", "kinds", database=made, kind="atomic guests")
    return made


@pytest.mark.slow
def test_main_job_works_in_a_plain_oscar_shop(tables: Path, tmp_path: Path) -> None:
    """G4, G5: in Germany, in EUR, with guests; in Poland and PLN the walk after Akcept was taken out does it."""
    _walk(database=Path(shutil.copy(tables, tmp_path / "plain.sqlite3")), kind="abroad guests")


@pytest.mark.slow
def test_g1_every_act_works_under_atomic_requests(used: Path) -> None:
    assert used.exists()


@pytest.mark.slow
def test_g2_akcept_can_be_taken_out_and_put_in_again(used: Path, tmp_path: Path) -> None:
    database = Path(shutil.copy(used, tmp_path / "out.sqlite3"))
    refused = _run("django", "remove_akcept", "--no-input", "--settings", f"{SHOP}.settings", database=database)
    assert "Orders are awaiting acceptance: 1000" in refused.stderr
    said = _manage("remove_akcept", "--no-input", "--force", database=database)
    assert "Akcept's tables are gone." in said
    assert "“awaiting_acceptance”: keep it in OSCAR_ORDER_STATUS_PIPELINE." in said
    _walk(module="left", says="nothing of Akcept is left", database=database)
    _walk(database=database)


@pytest.mark.slow
def test_g3_used_tables_can_go_back_and_forth(used: Path, tmp_path: Path) -> None:
    database = Path(shutil.copy(used, tmp_path / "back.sqlite3"))
    _migrate("akcept_approvals=0001", "akcept_organizations=0001", database=database)
    _manage("check", "--database", "default", "--fail-level", "WARNING", database=database)


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A folder with forks of every app we extend, made by Oscar's own command, two with a field of their own."""
    path = tmp_path_factory.mktemp("forked")
    database = path / "none.sqlite3"
    done = _run(f"{SHOP}.fork", database=database, path=path)
    made = done.stdout.partition("forks: ")[2].strip()
    assert made.count(",") == 12, f"{done.stdout}\n{done.stderr}"
    shop = {"path": path, "forks": made}
    _manage("makemigrations", "order", "offer", settings="plain", database=database, **shop)
    assert list(path.glob("forks/order/migrations/0022_*.py"))
    return shop


@pytest.mark.slow
def test_g10_forks_left_on_oscars_are_told_what_to_do(forks: dict[str, Any], tables: Path) -> None:
    done = _run("django", "check", "--settings", f"{SHOP}.settings", database=tables, **forks)
    assert done.returncode != 0
    told = " ".join(done.stderr.split())
    for said in (
        "(akcept.E002) Order is not guarded: acceptance can be bypassed. HINT: Let forks.order.models.Order inherit "
        "from akcept.oscar_edge.order.abstract_models.AbstractOrder.",
        "(akcept.E002) Line is not guarded: acceptance can be bypassed. HINT: In your fork's models.py use "
        "akcept.oscar_edge.order.models instead of oscar.apps.order.models.",
        "(akcept.E002) OrderDiscount is not guarded",
        "(akcept.E002) ConditionalOffer is not guarded: acceptance can be bypassed. HINT: Let "
        "forks.offer.models.ConditionalOffer inherit from "
        "akcept.oscar_edge.offer.abstract_models.AbstractConditionalOffer.",
        "(akcept.E004) OrderListView of dashboard.orders.views is not Akcept's",
        "HINT: Let forks.dashboard.orders.views.OrderListView inherit from "
        "akcept.oscar_edge.dashboard.orders.views.OrderListView.",
        "(akcept.E005) The app forks.basket lacks Akcept's pages. HINT: Let forks.basket.apps.BasketConfig inherit "
        "from akcept.oscar_edge.basket.apps.BasketConfig.",
        "(akcept.E005) The app forks.checkout lacks Akcept's pages.",
        "(akcept.W001) The admin offers to change orders that are held. HINT: In your fork's admin.py use "
        "akcept.oscar_edge.order.admin instead of oscar.apps.order.admin.",
    ):
        assert said in told, f"{said}\n{done.stderr}"
    # What the fork does not define is ours already: nothing to do.
    assert "OrderCreator" not in told


@pytest.mark.slow
def test_g10_forks_that_inherit_from_ours_keep_fields_and_migrations(
    forks: dict[str, Any], tables: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ours"
    shutil.copytree(forks["path"], path)
    for file in path.glob("forks/**/*.py"):
        if file.parent.name != "migrations":
            file.write_text(file.read_text().replace("oscar.apps.", "akcept.oscar_edge."))
    database = Path(shutil.copy(tables, tmp_path / "forked.sqlite3"))
    shop = {**forks, "path": path, "database": database}
    _walk("acts", "forked", **shop)
    said = _manage("showmigrations", "order", "offer", **shop)
    assert "[X] 0022_" in said
