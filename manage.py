#!/usr/bin/env python3
"""Django's command line for the ready-to-run shop."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, InterfaceError

    try:
        execute_from_command_line(sys.argv)
    except (DatabaseError, InterfaceError) as error:  # of Django's own commands: ours say it themselves
        from akcept.transactions.commanding import put_off

        refusal = put_off(error)
        if refusal is None or "--traceback" in sys.argv:
            raise
        print(f"CommandError: {refusal}", file=sys.stderr)
        sys.exit(refusal.returncode)


if __name__ == "__main__":
    main()
