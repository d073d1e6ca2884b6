"""The gate to every `make` target: says plainly when this Python is too old, then hands over to `tools.setup`.

This one file keeps to syntax that any Python 3 reads, so that an old one can still say what is missing.
"""

import os
import shutil
import sys

NEEDED = (3, 11)


def newer_python():
    # type: () -> str | None
    """Return the path of an installed Python that is new enough, if there is one beside this."""
    for minor in range(14, NEEDED[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found:
            return found
    return None


def main():
    # type: () -> None
    """Run `tools.setup` with a Python that can."""
    if sys.version_info < NEEDED:
        newer = newer_python()
        if newer is None:
            sys.stderr.write(
                "Akcept needs Python 3.11 or newer; %s is %d.%d. Install one (Debian: apt-get install python3.11) "
                "or name it: make PYTHON=/path/to/python3.11\n" % (sys.executable, *sys.version_info[:2])
            )
            sys.exit(1)
        os.execv(newer, [newer, os.path.abspath(__file__)] + sys.argv[1:])  # noqa: S606, RUF005
    if sys.prefix != sys.base_prefix:
        # Somebody's activated environment, perhaps our own, which we may be about to make anew: work from outside it.
        outside = getattr(sys, "_base_executable", sys.executable)
        if outside != sys.executable:
            os.execv(outside, [outside, os.path.abspath(__file__)] + sys.argv[1:])  # noqa: S606, RUF005
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.dont_write_bytecode = True
    from tools import setup

    sys.exit(setup.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
