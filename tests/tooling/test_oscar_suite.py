"""`make oscar-suite`: what differs from the list is told; imports change as in a shop with forks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.oscar_suite import copying, running
from tools.steps import Refusal


@pytest.mark.parametrize(
    ("without", "results", "listed", "told"),
    [
        ({"a": True}, {"a": True}, {}, []),
        ({"a": True}, {"a": False}, {"a": "meant"}, []),
        ({"a": True}, {"a": False}, {}, ["does not pass, and is not listed: a"]),
        ({"a": True}, {"a": True}, {"a": "meant"}, ["passes, and is listed: a"]),
        ({"a": False}, {"a": False}, {}, []),  # nor does it without us
        ({"a": True}, {}, {}, ["does not pass, and is not listed: a"]),  # its module could not be imported
        ({"a": True}, {"a": True}, {"b": "gone"}, ["is listed, and is no test: b"]),
    ],
)
def test_differences(
    without: dict[str, bool], results: dict[str, bool], listed: dict[str, str], told: list[str]
) -> None:
    assert running.compare(without, results, listed) == told


def test_last_line_is_a_verdict() -> None:
    assert running.verdict([]).startswith("as meant: ")
    assert running.verdict(["passes, and is listed: a", "is listed, and is no test: b"]).startswith("NOT as meant: 2 ")


def test_tests_of_the_copy_are_run_though_a_project_of_the_same_names_lies_above(tmp_path: Path) -> None:
    """As in a clone of ours, whose `manage.py` and `tests` are above the copy."""
    copy = tmp_path / "build" / "with"
    (tmp_path / "manage.py").touch()
    (copy / "sandbox").mkdir(parents=True)
    for folder in (tmp_path, copy):
        (folder / "tests").mkdir()
        (folder / "tests" / "__init__.py").touch()
        (folder / "tests" / "conftest.py").write_text(
            "def pytest_addoption(parser):\n"
            "    parser.addoption('--sqlite', action='store_true')\n"
            "    parser.addoption('--deprecation')\n"
        )
        (folder / "tests" / "settings.py").write_text(f"SECRET_KEY = {str(folder)!r}\n")
    (copy / "tests" / "test_one.py").write_text(
        "from django.conf import settings\n\n\ndef test_whose():\n    assert settings.SECRET_KEY.endswith('with')\n"
    )
    assert running._run(copy, settings="tests.settings") == {"tests.test_one::test_whose": True}


def test_each_listed_test_has_a_reason() -> None:
    listed = running.meant()
    assert listed
    assert [name for name, reason in listed.items() if len(reason) < 20] == []
    names = [line for line in running.MEANT.read_text().splitlines() if line and not line.startswith("#")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from oscar.apps.order.models import Order", "from akcept.oscar_edge.order.models import Order"),
        ("from oscar.apps.basket import models", "from akcept.oscar_edge.basket import models"),
        (
            "from oscar.apps.offer import models, utils",
            "from akcept.oscar_edge.offer import models\nfrom oscar.apps.offer import utils",
        ),
        (
            "from oscar.apps.offer import custom, models",
            "from akcept.oscar_edge.offer import models\nfrom oscar.apps.offer import custom",
        ),
        ("from oscar.apps.order.utils import OrderCreator", "from oscar.apps.order.utils import OrderCreator"),
        ("from oscar.apps.partner import models", "from oscar.apps.partner import models"),
    ],
)
def test_imports_of_models(before: str, after: str) -> None:
    assert copying.with_our_models(f"import os\n{before}\n") == f"import os\n{after}\n"


def test_results_of_a_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="t.A" name="x"/><testcase classname="t.A" name="y"><failure/>'
        '</testcase><testcase classname="t.A" name="z"><skipped/></testcase><testcase classname="t.A" name="x">'
        "<error/></testcase></testsuite></testsuites>"
    )
    assert running.results_of(report) == {"t.A::x": False, "t.A::y": False}


def test_source_without_tests_is_refused_with_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="SOURCE=/path/to/django-oscar"):
        running._source(tmp_path)
