"""What a contributor's tools are told agrees with what the project does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import ROOT
from tools import docs_site
from tools.checks import CHECKS

GUIDE = (ROOT / "docs" / "operate" / "server.md").read_text()


# --- pre-commit ---


def test_the_hooks_before_a_commit_are_the_checks_of_make_lint() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text()
    hooks = dict(zip(re.findall(r"- id: (\S+)", text), re.findall(r"entry: (.+)", text), strict=True))
    assert {name: shlex.split(entry) for name, entry in hooks.items()} == CHECKS
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    assert "rev:" not in text, "versions are pinned by the lock files, once"


# --- decisions ---

DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


def test_decisions_are_numbered_without_gaps() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    assert len(DECISIONS) >= 15


def test_each_decision_is_listed_under_its_own_number_and_says_what_was_rejected() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\(([\w-]+\.md)\)", (ROOT / "docs" / "adr" / "README.md").read_text(), re.M)
    assert listed == [(path.name[:4], path.name) for path in DECISIONS]
    for path in DECISIONS:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert "ejected" in text, path.name


def _mentions() -> Iterator[tuple[str, str]]:
    for folder in ("src", "shop", "tools", "tests", "docs", "."):
        for path in (ROOT / folder).glob("*.md") if folder == "." else (ROOT / folder).rglob("*.*"):
            if path.suffix in {".py", ".md", ".html", ".toml"}:
                for number in re.findall(r"(?:ADR |adr/)(\d{4})", path.read_text()):
                    yield str(path.relative_to(ROOT)), number


def test_decisions_that_are_referred_to_exist() -> None:
    mentions = list(_mentions())
    assert len(mentions) > 15
    assert [mention for mention in mentions if int(mention[1]) not in range(1, len(DECISIONS) + 1)] == []


# --- the image ---


def _steps() -> list[tuple[str, str, str]]:
    """Return each line of the container file as (stage, instruction, the rest)."""
    stage, steps = "", []
    lines = [line for line in (ROOT / "Containerfile").read_text().splitlines() if not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            if word == "FROM":
                stage = rest.partition(" AS ")[2] or "shop"
            steps.append((stage, word, rest))
    return steps


def _of(stage: str, word: str) -> list[str]:
    return [rest for in_, instruction, rest in _steps() if (in_, instruction) == (stage, word)]


def _packages(text: str) -> set[str]:
    return {
        word
        for found in re.findall(r"apt-get install ([^\n&]+)", text)
        for word in found.split()
        if not word.startswith("-")
    }


def test_the_image_is_built_by_the_commands_of_the_servers_page() -> None:
    assert {stage for stage, _word, _rest in _steps()} == {"build", "shop"}
    build = " ".join(_of("build", "RUN"))
    # Git fetches the code and the database and the proxy are elsewhere; the rest is what the page installs.
    assert _packages(GUIDE) - {"git", "postgresql", "nginx"} <= _packages(build)
    for command in (
        "adduser --system --group --home /srv/akcept akcept",
        "chown -R akcept: /srv/akcept",
        "make server",
    ):
        assert command in GUIDE
        assert command in build
    assert "akcept collectstatic --no-input" in GUIDE
    assert "manage.py collectstatic --no-input" in build


def test_the_image_runs_what_the_unit_runs_as_nobody_special() -> None:
    (unit,) = re.findall(r"^ExecStart=(\S+/gunicorn .+)$", GUIDE, re.M)
    place = "/srv/akcept/shop/"
    (command,) = _of("shop", "CMD")
    served = unit.removeprefix(place).replace("127.0.0.1:8000", "0.0.0.0:8000")
    assert re.findall(r'"([^"]+)"', command) == shlex.split(served)
    instructions = [word for stage, word, _rest in _steps() if stage == "shop"]
    assert instructions.index("USER") < instructions.index("CMD")
    assert _of("shop", "USER") == _of("build", "USER") == ["akcept"]
    assert all(f"{folder}/" == place for stage in ("build", "shop") for folder in _of(stage, "WORKDIR"))
    assert "AKCEPT_MEDIA_ROOT=/srv/akcept/media" in GUIDE
    assert "AKCEPT_MEDIA_ROOT=/srv/akcept/media" in _of("shop", "ENV")[0]
    assert _of("shop", "VOLUME") == ["/srv/akcept/media"]


def test_the_image_holds_no_secret_and_names_no_registry() -> None:
    for stage, word, rest in _steps():
        if word == "FROM":
            assert re.fullmatch(r"[a-z]+:[\w.-]+( AS build)?", rest), "a short name: which registry, the machine says"
        if stage == "shop":
            assert "SECRET" not in rest
    ignored = {line.strip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] != "#"}
    git = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
    assert ignored == {".git"} | {f"**/{name}" if f"**/{name}" in ignored else name for name in git}


# --- the site of the documents ---


def test_every_document_beside_docs_is_on_the_site() -> None:
    assert {path.name for path in ROOT.glob("*.md")} == {name for name in docs_site.BESIDE if "/" not in name} - {
        "LICENSE"
    }


@pytest.mark.slow
def test_the_site_of_the_documents_builds_without_a_warning(tmp_path: Path) -> None:
    if not (ROOT / ".tools" / "docs").exists():
        pytest.skip("what builds it is not here: `make docs` or `make test` brings it")
    site = docs_site.build()
    page = (site / "docs" / "extend" / "install.html").read_text()
    assert 'id="apps-you-have-forked"' in page
    outside = [
        (path.name, address)
        for path in site.rglob("*.html")
        for address in re.findall(r'(?:src|<link[^>]+href)="(https?:[^"]+)"', path.read_text())
    ]
    assert outside == [], "the site loads nothing from anywhere else"
