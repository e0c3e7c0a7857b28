"""The planner as a program: ``python -m planner``, and the ``planner`` command."""

import sys


def main() -> int:
    """Run the command line of this process; an interrupt ends it at once."""
    # Nothing is loaded before this: until somebody listens, an interrupt is a traceback.
    try:
        from planner.interrupts import end_on_interrupt, ignore_interrupts

        end_on_interrupt()
        from planner import cli

        code = cli.main()
        ignore_interrupts()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
