"""Every lock goes through one door, in one order, and leaves the key alone.

PostgreSQL checks our deferred foreign keys at commit by taking a key-share lock on the row pointed at. A full
`FOR UPDATE` on a member or unit conflicts with that, so whoever holds it and waits for the journal's chain deadlocks
with whoever holds the chain and commits. `FOR NO KEY UPDATE` orders writers just as well and lets that check pass.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps

from akcept.budgets.models import Budget
from akcept.journal.models import Chain
from akcept.ordering.models import CreditLimit
from akcept.transactions import locking
from akcept.transactions.acting import together

ROOT = Path(__file__).resolve().parents[2]
DOOR = "src/akcept/transactions/locking.py"
#: `update_or_create` locks the whole row: of one account, which is locked before it, or alone; nothing refers to it.
ALONE = {
    "src/akcept/oscar_edge/management/commands/countries.py": "Country",
    "src/akcept/organizations/actions/members.py": "Profile",
    "shop/demo/management/commands/demo_data.py": "Site",
}

#: Modules that lock and open a savepoint beside it, each around one insert that a constraint may refuse.
SAVEPOINTS = {
    "src/akcept/budgets/actions/setting.py",
    "src/akcept/organizations/actions/invitations.py",
    "src/akcept/organizations/actions/rows.py",
}


def _calls(name: str) -> list[tuple[str, str]]:
    """Return where a method of this name is called in what ships, and on what."""
    found = []
    for home in ("src", "shop"):
        for path in sorted((ROOT / home).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                    found.append((str(path.relative_to(ROOT)), ast.unparse(node)))
    return found


def test_b1_rows_are_locked_at_the_door_only() -> None:
    calls = _calls("select_for_update")
    assert [path for path, _call in calls] == [DOOR]
    assert "no_key=True" in calls[0][1]
    others = [(path, call) for path, call in _calls("update_or_create") if ALONE.get(path, "-") not in call]
    assert others == []


def test_b1_no_statement_written_by_hand_locks() -> None:
    for home in ("src", "shop"):
        for path in (ROOT / home).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    said = " ".join(node.value.upper().split())
                    by_hand = ("FOR UPDATE" in said or "LOCK TABLE" in said) and "SELECT" in said
                    assert not by_hand, (path, node.lineno)


def test_b1_actions_are_whole_transactions_by_one_decorator() -> None:
    """`atomic(durable=True)` would be a transaction whose locks nobody looks at, and that is never done once more."""
    durable = [(path, call) for path, call in _calls("atomic") if "durable" in call]
    assert durable == [("src/akcept/transactions/acting.py", "transaction.atomic(durable=durable)")]


def test_b1_what_locks_is_in_a_transaction_that_the_door_looks_at() -> None:
    """A plain `atomic` opens a savepoint around one write, or writes what nobody locks."""
    opened = {path for path, _call in _calls("atomic")} - {"src/akcept/transactions/acting.py"}
    locking_too = {path for path in opened if "akcept.transactions.locking import" in (ROOT / path).read_text()}
    assert locking_too == SAVEPOINTS


def test_b1_the_order_is_of_rows_that_are_there_and_is_written_down() -> None:
    assert len(set(locking.ORDER)) == len(locking.ORDER)
    known = {rank for model in apps.get_models() if (rank := locking.rank_of(model)) is not None}
    assert known == set(range(len(locking.ORDER)))
    written = (ROOT / "ARCHITECTURE.md").read_text()
    said = [written.index(f"`{label.rpartition('.')[2]}`", written.index("## Locks")) for label in locking.ORDER]
    assert said == sorted(said)


class TestTheDoor:
    """It raises in tests, so that an order of locks that could deadlock is found without a race."""

    def test_b1_later_before_earlier(self, db: None) -> None:
        with together():
            list(locking.lock(Budget.objects.order_by("pk")))
            with pytest.raises(locking.OutOfOrder, match="creditlimit is locked after"):
                locking.lock(CreditLimit.objects.all())

    def test_b1_one_kind_is_locked_by_its_keys(self, db: None) -> None:
        records = [apps.get_model("partner.Partner").objects.create(name=f"P{number}") for number in range(2)]
        product = apps.get_model("catalogue.Product").objects.create(
            title="A", product_class=apps.get_model("catalogue.ProductClass").objects.create(name="A")
        )
        Stock = apps.get_model("partner.StockRecord")
        low, high = [
            Stock.objects.create(product=product, partner=partner, partner_sku=f"S{partner.pk}") for partner in records
        ]
        with together():
            list(locking.lock(Stock.objects.filter(pk=high.pk)))
            with pytest.raises(locking.OutOfOrder, match=f"{low.pk} is locked after {high.pk}"):
                list(locking.lock(Stock.objects.filter(pk=low.pk)))
        with together(), pytest.raises(locking.OutOfOrder):
            list(locking.lock(Stock.objects.order_by("-pk")))
        with together():
            list(locking.lock(Stock.objects.order_by("pk")))
            list(locking.lock(Stock.objects.filter(pk=low.pk)))  # held already

    def test_b1_a_change_locks_too(self, db: None) -> None:
        with together():
            list(locking.lock(Chain.objects.all()))
            with pytest.raises(locking.OutOfOrder):
                CreditLimit.objects.update(version=2)

    def test_b1_the_shop_only_logs(self, db: None, settings: object, caplog: pytest.LogCaptureFixture) -> None:
        settings.AKCEPT_ASSERT_LOCKS = False  # type: ignore[attr-defined]
        with together():
            list(locking.lock(Budget.objects.all()))
            assert list(locking.lock(CreditLimit.objects.all())) == []
        assert [record.message for record in caplog.records if record.name == "akcept.locks"] == [
            "locks out of order: akcept_ordering.creditlimit is locked after akcept_budgets.budget"
        ]
