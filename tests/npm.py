"""Packages of npm that tests use: installed once for each lock file, and kept."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

UNREACHABLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT"
)


def installed(package: Path) -> Path:
    """Install what a directory with a package.json and its lock file names, and give its node_modules.

    The test is skipped where there is no npm, or no registry of packages can be reached.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qwen-kg-tests"
    lock = (package / "package-lock.json").read_bytes()
    home = cache / f"{package.name}-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not home.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            made = Path(work) / package.name
            shutil.copytree(package, made)
            install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
            done = subprocess.run(install, cwd=made, capture_output=True, text=True, timeout=600, check=False)
            if done.returncode and UNREACHABLE.search(done.stderr):
                pytest.skip(f"{package.name} cannot be installed: no registry of packages is reached")
            assert done.returncode == 0, done.stderr
            made.rename(home)
    return home / "node_modules"
