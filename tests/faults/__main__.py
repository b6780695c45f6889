"""The command line of the fault run."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults.installation import SETUPS
from tests.faults.run import run
from tests.faults.servers import Missing


def main() -> int:
    """Run every set-up asked for; gives the exit code: 1 when a count is wrong, 2 when something is not installed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--matters", type=int, default=300)
    parser.add_argument("--setups", default=",".join(SETUPS), help="comma list of " + ", ".join(SETUPS))
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    code = 0
    for setup in given.setups.split(","):
        if setup not in SETUPS:
            parser.error(f"{setup} is none of {', '.join(SETUPS)}")
        folder = Path(tempfile.mkdtemp(prefix=f"banli-faults-{setup}-"))
        folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
        wrong = True
        try:
            verdict = run(setup, given.matters, given.seed, folder)
        except Missing as missing:
            print(json.dumps({"setup": setup, "seed": given.seed, "missing": str(missing)}))  # noqa: T201 - its purpose
            code = max(code, 2)
            wrong = False
        else:
            wrong = bool(verdict.problems)
            told = {"seed": given.seed, **verdict.counts, "problems": verdict.problems}
            print(json.dumps(told, ensure_ascii=False), flush=True)  # noqa: T201 - its purpose
            code = max(code, int(wrong))
        finally:
            if wrong or given.keep:
                logging.getLogger("faults").info("the logs are in %s", folder)
            else:
                shutil.rmtree(folder, ignore_errors=os.name == "posix")
    return code


if __name__ == "__main__":
    sys.exit(main())
