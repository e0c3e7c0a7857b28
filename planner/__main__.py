"""The planner as a program: ``python -m planner``, and the ``planner`` command."""

import os
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
        _end_beside_solvers(code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    return code


def _end_beside_solvers(code: int) -> None:
    """End at once where a solver was left behind in mid-search: all is written, and it would hear nothing."""
    stop = sys.modules.get("planner.optimize.stop")
    if stop is not None and stop.is_solver_left_behind():
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
