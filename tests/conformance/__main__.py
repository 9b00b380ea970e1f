"""Run the W3C tests of SPARQL 1.1 endpoints against a server over HTTP, and print how each came out.

The tests are those of the Protocol, the Graph Store Protocol, the Service Description, and the CSV, TSV and JSON
results. Before each the store is emptied. The exit code is 0 if all passed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from .endpoint import Endpoint
from .manifests import MISSING, all_tests
from .run import run


def main() -> int:
    """Do what the command line says; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("query", help="URL of the SPARQL endpoint for queries")
    parser.add_argument("--update", help="URL of the endpoint for updates (default: the one for queries)")
    parser.add_argument("--graphs", required=True, help="URL of the Graph Store")
    parser.add_argument("--token", default="", help="bearer token, sent with what writes")
    parser.add_argument(
        "--reset", default="CLEAR ALL", help="update that empties the store (default: CLEAR ALL)"
    )
    parser.add_argument(
        "--any-charset",
        action="store_true",
        help="do not ask for charset=utf-8 on RDF documents, as on Turtle",
    )
    parser.add_argument("--only", default="", help="only tests whose name contains this")
    asked = parser.parse_args()
    endpoint = Endpoint(
        asked.query,
        asked.update or asked.query,
        asked.graphs,
        asked.token,
        not asked.any_charset,
        asked.reset,
    )
    tests = [test for test in all_tests() if test.listed and asked.only in test.name]
    if not tests:
        sys.exit(MISSING)
    passed, total = Counter[str](), Counter[str]()
    for test in tests:
        outcome = run(test, endpoint)
        total[test.suite] += 1
        passed[test.suite] += outcome.passed
        print(
            f"{'passed' if outcome.passed else 'failed'} {test.suite} {test.name}: {outcome.note}".rstrip(
                ": "
            )
        )
    for suite, number in total.items():
        print(f"{suite}: {passed[suite]} of {number}")
    return 0 if passed == total else 1


if __name__ == "__main__":
    sys.exit(main())
