"""What a page does, another system can do: actions of pages and operations are compared, exceptions have reasons."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import akcept

SOURCE = Path(akcept.__file__).parent
PAGES = ("storefront", "panel")
OPERATIONS = ("api/routes", "api/schemas")

_OWN_ACCOUNT = "about somebody's own account, which they keep themselves"
_BY_MAIL = "behind a link of a mail, which is good for its reader and once"
_ON_A_FILE = "reads a file that somebody looks through first; other systems write row by row"
#: By room and action: why no operation calls it.
EXCEPTIONS = {
    ("ordering", "accept_by_link"): _BY_MAIL,
    ("ordering", "reject_by_link"): _BY_MAIL,
    ("ordering", "update_prices_by_link"): _BY_MAIL,
    ("organizations", "accept_invitation"): _BY_MAIL,
    ("organizations", "account_waiting_for_its_owner"): _BY_MAIL,
    ("organizations", "require_open"): _BY_MAIL,
    ("organizations", "sign_up"): "by somebody who has no account yet, and so no token",
    ("organizations", "choose_language"): _OWN_ACCOUNT,
    ("organizations", "choose_mails"): _OWN_ACCOUNT,
    ("organizations", "copy_own_data"): _OWN_ACCOUNT,
    ("organizations", "copy_member_data"): "personal data goes to a person who asks for it, not to a system",
    ("organizations", "forget_member"): "cannot be undone: a person types the name first",
    ("organizations", "draft_import"): _ON_A_FILE,
    ("organizations", "carry_out_import"): _ON_A_FILE,
    ("budgets", "import_budgets"): _ON_A_FILE,
    ("organizations", "switch_module"): "switches the API itself off",
}
#: Pages place what is in a basket, several at once by lists of their own, and unmark all that was exported in one go.
SAME_BY_ANOTHER_NAME = {
    ("ordering", "place"): ("ordering", "place_list"),
    ("handover", "undo_export"): ("handover", "unmark"),
}


def _called(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the public actions a module names, by their room."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    rooms = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.count(".") == 1:
            for name in node.names:
                if name.name == "actions":
                    rooms[name.asname or name.name] = node.module.partition(".")[2]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
            room = rooms[node.value.id]
            found = getattr(import_module(f"akcept.{room}.actions"), node.attr)
            if callable(found) and not isinstance(found, type):
                yield room, node.attr


def _all(*folders: str) -> set[tuple[str, str]]:
    return {each for folder in folders for path in (SOURCE / folder).rglob("*.py") for each in _called(path)}


def test_every_action_of_a_page_has_its_operation() -> None:
    pages, operations = _all(*PAGES), _all(*OPERATIONS)
    assert len(pages) > 50
    missing = {SAME_BY_ANOTHER_NAME.get(each, each) for each in pages} - operations
    assert missing - set(EXCEPTIONS) == set(), "a page does what no operation does: add it, or say why not"
    assert set(EXCEPTIONS) <= pages, "an exception for what no page does"
