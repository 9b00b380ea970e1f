"""Run the W3C tests against the server and write the report, or with --check see that the page says the same.

python docs/conformance.py
python docs/conformance.py --check
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from pages import page, table

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.conformance import earl  # noqa: E402 - the tests are no installed package
from tests.conformance.manifests import MISSING, all_tests  # noqa: E402
from tests.conformance.run import run  # noqa: E402
from tests.conformance.servers import qwen_kg  # noqa: E402

COMMAND = "python docs/conformance.py"
REPORT = ROOT / "docs" / "earl.ttl"
PAGE = ROOT / "docs" / "conformance.md"

INTRODUCTION = f"""\
<!-- Written by {COMMAND} from docs/earl.ttl. -->

# Conformance

The tests that W3C has for what a SPARQL 1.1 endpoint shows to the outside, replayed over HTTP from their
manifests against `qwen-kg serve --writable`, each in an empty store. `{COMMAND}` runs them, writes what
came out as [EARL](earl.ttl) and makes this page from that; `pytest tests/conformance` runs them too, and
fails where the report says something else. `python -m tests.conformance --help` tells how to run the same
tests against another server.
"""

TERMS = """\
## On what terms

- Requests are sent byte for byte as the manifests write them, with the addresses of this server in the
  place of `/sparql/` and `/gsp`. What writes carries the token of the server, also where a test expects a
  refusal, so that none passes because a token is missing.
- Headers that the manifests expect have to come with their parameters, such as `charset=utf-8`.
- Graphs and results are compared up to the names of blank nodes, and results in order where the query
  orders them. The variables of `SELECT *` are in no order.
- A number that is not the same term is compared by value, and its test says so below: the store keeps a
  number as its value, not as it was written. Whoever asks for the same terms counts these tests as failed.
- The manifest of the Service Description only names its tests. Whether a description *conforms to schema*
  is judged by [shapes](../tests/conformance/service-description.ttl) made for this, of the domains and
  ranges of the vocabulary and what the working group's validator looked at.
- The manifest of direct graph identification describes a test that it does not list:
  `head_non_existing_direct`. `pytest` runs it with the others; it is not counted here.
"""


def text() -> str:
    """Make the page from the report."""
    assertions = earl.read(REPORT.read_text("utf-8"))
    groups = {
        key: list(each) for key, each in groupby(assertions, key=lambda each: (each.label, each.manifest))
    }
    totals = [
        (f"[{label}](#{_anchor(label)})", len(each), _passed(each)) for (label, _), each in groups.items()
    ]
    totals.append(("**all**", f"**{len(assertions)}**", f"**{_passed(assertions)}**"))
    parts = [INTRODUCTION, table(["manifest", "tests", "passed"], totals), TERMS]
    for (label, manifest), each in groups.items():
        rows = [(f"`{_local(one)}`", one.title, _outcome(one)) for one in each]
        parts += [f"## {label}", f"<{manifest}>", table(["test", "what it tests", "outcome"], rows)]
    return page(parts)


def _passed(assertions: Sequence[earl.Assertion]) -> int:
    return sum(each.outcome == "passed" for each in assertions)


def _local(assertion: earl.Assertion) -> str:
    return assertion.test.rpartition("#")[2]


def _outcome(assertion: earl.Assertion) -> str:
    outcome = assertion.outcome if assertion.outcome == "passed" else f"**{assertion.outcome}**"
    return f"{outcome}; {assertion.info}" if assertion.info else outcome


def _anchor(heading: str) -> str:
    """Give the anchor of a heading: lower case, no punctuation, hyphens for spaces."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def main(arguments: Sequence[str]) -> int:
    """Write the report and the page, or only compare them; give the exit code."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    if arguments:
        current = REPORT.is_file() and PAGE.is_file() and PAGE.read_text("utf-8") == text()
        print("docs/conformance.md is " + ("current" if current else f"out of date: run {COMMAND}"))
        return 0 if current else 1
    tests = [test for test in all_tests() if test.listed]
    if not tests:
        print(MISSING, file=sys.stderr)
        return 2
    with qwen_kg() as endpoint:
        outcomes = [run(test, endpoint) for test in tests]
    REPORT.write_text(earl.report(outcomes), "utf-8")
    PAGE.write_text(text(), "utf-8")
    failed = [each for each in outcomes if not each.passed]
    for each in failed:
        print(f"{each.test.name} failed: {each.note}")
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
