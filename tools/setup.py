"""What the `make` targets do: prepare the machine step by step, then run the thing itself in `.venv`.

Called through `tools/env.py`. Uses nothing but the standard library: at the start there is nothing else.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from tools import bare_root, docs_site, frontend, machine, python_env
from tools.checks import CHECKS, FAST, at_once
from tools.python_env import PYTHON
from tools.steps import ROOT, Refusal, fingerprint, is_stamped, run, said, stamp, step


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; a refusal is one line and exit status 1."""
    parser = argparse.ArgumentParser(prog="tools/env.py", description="Prepares this machine for Akcept.")
    parser.add_argument("target", choices=sorted(_TARGETS))
    parser.add_argument("rest", nargs="*", help="passed on to what the target runs")
    parser.add_argument("--port", default="8000")
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    parser.add_argument("--prepare-only", action="store_true", help="stop before the demo's server starts")
    chosen, unknown = parser.parse_known_args(arguments)
    chosen.rest += unknown
    try:
        machine.require_writable()
        return _TARGETS[chosen.target](chosen)
    except Refusal as refusal:
        print(f"akcept: {refusal}", file=sys.stderr)
    except KeyboardInterrupt:
        print("akcept: interrupted; the next start goes on from here", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"akcept: {said(error)}", file=sys.stderr)
    return 1


def _messages() -> None:
    catalogues = [*ROOT.glob("src/akcept/locale/*/LC_MESSAGES/*.po"), *ROOT.glob("shop/locale/*/LC_MESSAGES/*.po")]
    print_ = fingerprint(sorted(catalogues))
    if not is_stamped("messages", print_, made=[po.with_suffix(".mo") for po in catalogues]):
        with step("Translations"):
            run([PYTHON, "-m", "tools.messages", "compile"], name="translations")
        stamp("messages", print_)


def _prepare(kind: str, packages: dict[str, Callable[[], bool]] | None = None) -> None:
    """Make what the target needs; what only root can install is asked for first, all in one go."""
    machine.require_packages({**(packages or {}), **machine.PYTHON_PACKAGES})
    python_env.ensure(kind)
    frontend.ensure()
    _messages()


def _exec(*command: str) -> int:
    """Become the program, so that it gets Ctrl-C and its exit status is ours."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606  no shell is wanted


def _demo(chosen: argparse.Namespace) -> int:
    try:
        port = int(chosen.port)
    except ValueError:
        raise Refusal(f"PORT={chosen.port} is no port: take a number from 1 to 65535") from None
    machine.require_free_port(port)
    _prepare("runtime")
    options = [*(["--reset"] if chosen.reset else []), *(["--prepare-only"] if chosen.prepare_only else [])]
    return _exec(str(PYTHON), "-m", "tools.demo", "--port", str(port), *options)


def _test(chosen: argparse.Namespace) -> int:
    _prepare("dev", {**machine.TEST_PACKAGES, **machine.MESSAGE_PACKAGES})
    docs_site.tools()
    _browser()
    _forget_the_environment()
    return _pytest(*_SLOWEST, *chosen.rest)


def _fast(chosen: argparse.Namespace) -> int:
    _prepare("dev")
    _forget_the_environment()
    return _pytest(*_SLOWEST_OF_FAST, "-m", FAST, *chosen.rest)


#: Named at the end of a run: what takes longer than these seconds keeps everybody waiting.
_SLOWEST = ("--durations", "25", "--durations-min", "20")
_SLOWEST_OF_FAST = ("--durations", "10", "--durations-min", "2")


def _pytest(*options: str) -> int:
    return _exec(str(PYTHON), "-m", "pytest", *at_once(), *options)


def _browser() -> None:
    """Open one page before the first test does: a machine that cannot is told once, not by every test."""
    print_ = fingerprint([ROOT / "requirements-dev.lock", ROOT / "tests" / "support" / "browser.py"])
    if not is_stamped("browser", print_):
        with step("Chromium opens a page"):
            run([PYTHON, "-m", "tests.support.browser"], name="chromium")
        stamp("browser", print_)


#: What a test may learn of the environment it is started from: anything else could decide whether it passes.
_TOLD = {
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "CI", "AKCEPT_CHROMIUM", "AKCEPT_POSTGRES_BIN"),
    *machine.NETWORK,
    *machine.CERTIFICATES,
}


def _forget_the_environment() -> None:
    for name in set(os.environ) - _TOLD:
        del os.environ[name]


def _server(chosen: argparse.Namespace) -> int:
    _prepare("runtime")
    return 0


def _bare(chosen: argparse.Namespace) -> int:
    return bare_root.main(chosen.rest)


def _env(chosen: argparse.Namespace) -> int:
    _prepare("dev")
    return 0


def _lint(chosen: argparse.Namespace) -> int:
    python_env.ensure("dev")
    broken = [name for name, command in CHECKS.items() if not _passes(name, command)]
    if broken:
        raise Refusal(f"not clean: {', '.join(broken)}")
    return 0


def _passes(name: str, command: list[str]) -> bool:
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(f"  {'x' if done.returncode else '✓'} {name}", flush=True)
    if done.returncode:
        print(done.stdout)
    return done.returncode == 0


def _format_check(chosen: argparse.Namespace) -> int:
    python_env.ensure("dev")
    return _exec(str(PYTHON), "-m", "ruff", "format", "--check", "--diff")


def _screenshots(chosen: argparse.Namespace) -> int:
    _prepare("dev", machine.TEST_PACKAGES)
    _browser()
    os.environ["AKCEPT_SCREENSHOTS"] = "1"
    os.environ["AKCEPT_MEDIA_ROOT"] = str(ROOT / "build" / "screenshots")
    return _exec(str(PYTHON), "-m", "pytest", "tests/journeys/test_screenshots.py", *chosen.rest)


def _bench(chosen: argparse.Namespace) -> int:
    _prepare("dev", {"postgresql": machine.TEST_PACKAGES["postgresql"]})
    return _exec(str(PYTHON), "-m", "bench.run", *chosen.rest)


def _make_messages(chosen: argparse.Namespace) -> int:
    machine.require_packages(machine.MESSAGE_PACKAGES)
    python_env.ensure("dev")
    with step("Texts of code and templates into the catalogues"):
        run([PYTHON, "-m", "tools.messages", "make"], name="makemessages")
    return 0


def _coverage(chosen: argparse.Namespace) -> int:
    _prepare("dev")
    _forget_the_environment()
    return _exec(str(PYTHON), "-m", "tools.covered", *chosen.rest)


def _mutants(chosen: argparse.Namespace) -> int:
    python_env.ensure("dev")
    return _exec(str(PYTHON), "-m", "tools.mutants", *chosen.rest)


def _release(chosen: argparse.Namespace) -> int:
    from tools import release

    return release.main(chosen.rest)


def _matrix(chosen: argparse.Namespace) -> int:
    from tools import matrix

    return matrix.main(chosen.rest)


def _docs(chosen: argparse.Namespace) -> int:
    python_env.ensure("dev")
    print(f"  {docs_site.build() / 'index.html'}")
    return 0


def _oscar_suite(chosen: argparse.Namespace) -> int:
    from tools.oscar_suite import running

    return running.main(chosen.rest)


_TARGETS: dict[str, Callable[[argparse.Namespace], int]] = {
    "bare": _bare,
    "bench": _bench,
    "coverage": _coverage,
    "demo": _demo,
    "docs": _docs,
    "env": _env,
    "fast": _fast,
    "fmt-check": _format_check,
    "lint": _lint,
    "messages": _make_messages,
    "matrix": _matrix,
    "mutants": _mutants,
    "oscar-suite": _oscar_suite,
    "release": _release,
    "screenshots": _screenshots,
    "server": _server,
    "test": _test,
}
