"""schemathesis reads ``/openapi.json`` and asks what the description allows, and what it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ..serving import Server

COMMAND = Path(sys.executable).with_name("st")

# Not those of methods: OpenAPI 3.1 has no way to declare QUERY, which there is.
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
)  # fmt: skip


@pytest.mark.skipif(not COMMAND.exists(), reason="schemathesis is not installed")
def test_the_description_is_kept(small_server: Server, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            COMMAND, "--no-color", "run", f"{small_server.url}/openapi.json", "--checks", ",".join(CHECKS),
            "--phases", "coverage,fuzzing", "--max-examples", "2", "--seed", "7", "--no-shrink", "--workers", "1",
            "--generation-database", "none", "--request-timeout", "30", "--warnings", "off",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
