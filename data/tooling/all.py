"""Runs every script of this folder: ``python data/tooling/all.py ../shared/sources``.

A script is a file here with a ``main`` that is run when it is called; the others are libraries. Each gets
the folder of sources. ``sources.py`` runs first, because the others look up the sources it describes, and
the rest in the order of their names. Each writes its tables anew and its docstring says which, so that after
a run ``git diff`` shows what differs from what was transcribed before.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parent


def scripts() -> list[Path]:
    """Give the scripts in the order in which they run."""
    called = [path for path in HOME.glob("*.py") if 'if __name__ == "__main__":' in path.read_text("utf-8")]
    return sorted((p for p in called if p.name != "all.py"), key=lambda p: (p.name != "sources.py", p.name))


def main(folder: Path) -> int:
    """Run the scripts; give the number of those that failed."""
    failed = 0
    for script in scripts():
        print(f"{script.name}:", file=sys.stderr, flush=True)
        command = [sys.executable, str(script), str(folder)]
        failed += subprocess.run(command, check=False).returncode != 0  # noqa: S603 - our own scripts
    return failed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
