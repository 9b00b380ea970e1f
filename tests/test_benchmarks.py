"""The benchmarks measure what they say: texts that are new, answers that are whole, and numbers not typed in."""

import itertools
import json
import shutil
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from qwen_kg.dataset import Build
from qwen_kg.knowledge_graph import KnowledgeGraph

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # benchmarks belong to the checkout and not to the package

from benchmarks import ceiling, load, processes, report, rounds, servers, workloads  # noqa: E402
from benchmarks.contestants import Plan  # noqa: E402
from benchmarks.data import in_copy, write_enlarged  # noqa: E402
from benchmarks.responses import ResponseError, ResponseReader  # noqa: E402

CASES = ROOT / "tests" / "expected" / "whole" / "cases.yaml"
SCRIPTS = sysconfig.get_path("scripts")
OK = b"HTTP/1.1 200 OK\r\n"
WITH_LENGTH = OK + b"content-Length: 5\r\nX: y\r\n\r\nhello"
IN_CHUNKS = OK + b"Transfer-Encoding: Chunked\r\n\r\n5\r\nhe\r\n0\r\n10;x=y\r\n0123456789abcdef\r\n0\r\n\r\n"


# --- the work


@pytest.fixture(scope="module")
def mixes(kg: KnowledgeGraph) -> list[workloads.Mix]:
    return workloads.mixes(kg, CASES, copies=100)


def test_every_saved_query_is_measured(mixes: list[workloads.Mix], kg: KnowledgeGraph) -> None:
    for mix in mixes[-2:]:
        assert {query.name for query in mix.queries} == set(kg.queries)


def test_requests_are_new_each_time_where_nothing_shall_be_cached(mixes: list[workloads.Mix]) -> None:
    for mix in mixes:
        requests = [query.request("/sparql") for query in mix.queries]
        sent = list(
            itertools.islice(load.messages(load.Job(0, requests, 1, serial=10**9)), 2 * len(requests))
        )
        assert len(set(sent)) == (len(requests) if mix.name == "hot" else 2 * len(requests)), mix.name
        assert len({query.name for query in mix.queries}) == len(mix.queries)


def test_the_number_changes_no_answer(mixes: list[workloads.Mix], kg: KnowledgeGraph) -> None:
    for mix in mixes:
        for query in mix.queries:
            answers = []
            for number in (10**9, 2 * 10**9):
                text = query.text.replace(load.SERIAL, str(number))
                body = kg.store.query(text, accept=query.accept).body
                answers.append(sorted(body.splitlines()) if query.accept == workloads.GRAPH else _rows(body))
            assert answers[0] == answers[1], query.name


def _rows(body: bytes) -> Any:
    document = json.loads(body)
    return document.get("boolean", sorted(map(repr, document.get("results", {}).get("bindings", []))))


def test_fixed_work_finds_something(mixes: list[workloads.Mix], kg: KnowledgeGraph) -> None:
    for mix in mixes[1:4]:
        for query in mix.queries:
            text = query.text.replace(load.SERIAL, "1000000000")
            assert len(kg.store.query(text, accept=query.accept).body.splitlines()) > 0
            if query.accept == workloads.TABLE:
                assert _rows(kg.store.query(text, accept=query.accept).body), query.name


# --- the large graph


@pytest.fixture(scope="module")
def enlarged(built: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("enlarged")
    (folder / "built.nq").write_bytes(built.quads)
    assert write_enlarged(folder / "built.nq", folder / "3.nq", 3) == 3 * built.quads.count(b"\n")
    return folder / "3.nq"


def test_enlarged_graph_has_so_many_different_quads(enlarged: Path, built: Build) -> None:
    quads = list(ox.parse(enlarged.read_bytes(), format=ox.RdfFormat.N_QUADS))
    assert len(set(quads)) == len(quads) == 3 * built.quads.count(b"\n")


def test_enlarged_graph_is_the_same_each_time(enlarged: Path) -> None:
    write_enlarged(enlarged.parent / "built.nq", enlarged.parent / "again.nq", 3)
    assert (enlarged.parent / "again.nq").read_bytes() == enlarged.read_bytes()


def test_a_copy_has_its_own_names_numbers_and_links(enlarged: Path) -> None:
    store = ox.Store()
    store.bulk_load(path=str(enlarged), format=ox.RdfFormat.N_QUADS)
    iri, label = in_copy("https://w3id.org/qwen-kg/id/Qwen3-8B", "Qwen3-8B", 1)
    text = "PREFIX qkg: <https://w3id.org/qwen-kg/ns#> SELECT ?label ?size ?model { "
    text += f"<{iri}> <http://www.w3.org/2004/02/skos/core#prefLabel> ?label "
    text += f"OPTIONAL {{ <{iri}> qkg:totalParameters ?size }} OPTIONAL {{ <{iri}> qkg:variantOf ?model }} }}"
    rows = list(store.query(text, use_default_graph_as_union=True))  # type: ignore[arg-type]
    assert [row["label"].value for row in rows] == [label] == ["Qwen3-8B 1"]
    assert {row["size"].value for row in rows if row["size"]} <= {"8000000001"}
    subjects = store.query(
        "SELECT DISTINCT ?s { ?s ?p ?o FILTER(CONTAINS(STR(?s), '/copy-1/')) }",
        use_default_graph_as_union=True,
    )
    objects = store.query(
        "SELECT ?o { ?s ?p ?o FILTER(CONTAINS(STR(?s), '/copy-1/') && STRSTARTS(STR(?o), 'https://w3id.org/qwen-kg/id/')"
        " && !CONTAINS(STR(?o), '/copy-1/')) }",
        use_default_graph_as_union=True,
    )
    assert list(subjects)
    assert list(objects), "no link leads from the copy to the original"


# --- reading responses


@pytest.mark.parametrize("response", [WITH_LENGTH, IN_CHUNKS, OK + b"content-length: 0\r\n\r\n"])
def test_a_response_is_complete_with_its_last_byte_only(response: bytes) -> None:
    for size in range(1, len(response) + 1):
        reader = ResponseReader()
        pieces = [response[at : at + size] for at in range(0, len(response), size)]
        for _ in range(2):  # the next one on the same connection too
            assert [reader.feed(piece) for piece in pieces] == [False] * (len(pieces) - 1) + [True]
            assert reader.untouched


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno",
        OK + b"\r\nuntil the end of the connection",
        OK + b"Content-Length: 2\r\n\r\nmore",
        IN_CHUNKS + b"more",
    ],
)
def test_a_response_that_is_no_answer_is_an_error(response: bytes) -> None:
    with pytest.raises(ResponseError):
        ResponseReader().feed(response)


# --- the load generator


@contextmanager
def answering(*replies: bytes) -> Iterator[int]:
    """Serve connections, each of which gives these replies to its requests and is then closed."""

    def serve(client: socket.socket) -> None:
        with client, suppress(ConnectionError):
            for reply in replies:
                if not client.recv(65536):
                    return
                client.sendall(reply)

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def requests(number: int) -> list[str]:
    return [workloads.Query("", f"ASK {{}} # {each} {load.SERIAL}").request("/") for each in range(number)]


@pytest.mark.parametrize("kind", list(ceiling.RESPONSES))
def test_generator_counts_whole_passes_over_the_requests(kind: str) -> None:
    with ceiling.fixed_server(kind) as port:
        outcome = load.run(load.Job(port, requests(7), seconds=0.2, warm_up=0.05))
    assert outcome.finished
    assert outcome.failures == []
    assert outcome.completed > 0
    assert outcome.completed % 7 == 0
    assert outcome.received == outcome.completed * len(ceiling.RESPONSES[kind])
    assert 0 < outcome.p50 <= outcome.p99 <= outcome.elapsed


def test_generator_connects_anew_where_a_server_closes_between_responses() -> None:
    with answering(WITH_LENGTH, WITH_LENGTH) as port:
        outcome = load.perform(load.Job(port, requests(1), seconds=0.2))
    assert outcome.failures == []
    assert outcome.completed > 16, "8 connections gave more than the two answers that each has"


@pytest.mark.parametrize(
    ("replies", "told"),
    [
        ((b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",), "500 Oops"),
        ((WITH_LENGTH[:-1],), "closed before the response was complete"),
        ((IN_CHUNKS[:-2],), "closed before the response was complete"),
        ((), "closed before the response was complete"),
    ],
)
def test_generator_counts_no_answer_that_is_bad_or_broken(replies: Sequence[bytes], told: str) -> None:
    with answering(*replies) as port:
        outcome = load.perform(load.Job(port, requests(1), seconds=0.2, connections=2))
    assert outcome.completed == 0
    assert len(outcome.failures) == 2
    assert all(told in failure for failure in outcome.failures)


def test_generator_gives_up_after_the_budget() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outcome = load.perform(load.Job(silent.getsockname()[1], requests(1), seconds=0.1, budget=0.3))
    assert (outcome.finished, outcome.completed) == (False, 0)


# --- servers and processes


def test_memory_of_all_processes_of_a_server_is_counted() -> None:
    child = "held = bytearray(b'x' * (40 << 20)); print('ready', flush=True); input()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert len(processes.tree(process.pid)) == 2
        assert processes.memory(process.pid) > 40 << 20
        process.communicate(b"\n")


def test_a_server_that_does_not_start_tells_why(tmp_path: Path) -> None:
    product = servers.Product("broken", ("python", "-c", "raise SystemExit('no such luck')"), "/", ())
    with pytest.raises(servers.ServerError, match=r"^broken ended$") as caught:
        servers.Server(product, tmp_path / "none.nq", tmp_path / "log", 60)
    assert caught.value.log.strip() == "no such luck"


# --- the report


def measurement(
    number: int, mix: str, server: str, rate: float, problem: str | None = None
) -> dict[str, Any]:
    numbers = {"rate": rate, "p50": 0.01, "p99": 0.02, "cpu": 0.5}
    return {"round": number, "mix": mix, "server": server, "problem": problem, **numbers}


def document() -> dict[str, Any]:
    """Give what a run of three rounds with ours and one peer might leave."""
    work = [
        {"name": "fast", "title": "fast work", "targets": {"peer": 2.0}, "answers": {"q": "1 row"}},
        {"name": "slow", "title": "slow work", "targets": {"peer": 2.0}, "answers": {"q": "1 row"}},
        {"name": "hard", "title": "hard work", "targets": {"peer": 2.0}, "answers": {}},
    ]
    measured = []
    for number, (ours, peers) in enumerate([(300.0, 100.0), (600.0, 100.0), (100.0, 100.0)]):
        measured += [measurement(number, "fast", "ours", ours), measurement(number, "fast", "peer", peers)]
        measured += [measurement(number, "slow", "ours", 10), measurement(number, "slow", "peer", 10)]
        measured += [measurement(number, "hard", "ours", 10)]
        measured += [measurement(number, "hard", "peer", 99, "not finished in 7 s")]
    plan = Plan(3, 3, 1, 1, 10, 60, 600)
    return {
        "date": "2026-01-02",
        "machine": {"processor": "CPU", "cores": 2, "memory": 2**33, "system": "Linux", "python": "3.11"},
        "versions": {"ours": {"ours": "1"}, "peer": {"peer": "2"}},
        "packaged_starts": [2.0, 5.0, 2.5],
        "pages": {
            "date": "2026-01-03",
            "pages": 1200,
            "every": 20,
            "median": 0.02,
            "p99": 0.1,
            "worst": 0.4,
            "over": 1,
            "slowest": [[0.4, "/page/slow"]],
            "largest": 2048,
            "broken": [],
        },
        "datasets": [
            {
                "name": "the graph",
                "quads": 10,
                "bytes": 2_000_000,
                "plan": vars(plan),
                "servers": {"ours": "ours serve", "peer": "peer serve"},
                "mixes": work,
                "starts": [
                    {"server": "ours", "problem": None, "empty": 1.0, "ready": 1.5, "memory": 50e6},
                    {"server": "peer", "problem": "did not answer"},
                ],
                "memory_after": {"ours": 70e6, "peer": None},
                "left_out": [{"mix": "fast", "query": "odd", "answers": {"ours": "1 row", "peer": "2 rows"}}],
                "ceilings": [{"length": 50_000.0}, {"length": 60_000.0}],
                "measurements": measured,
            }
        ],
    }


def test_ratios_are_taken_within_a_round() -> None:
    dataset = document()["datasets"][0]
    assert report.ratios(dataset, "fast", "ours", "peer") == [3.0, 6.0, 1.0]
    assert report.ratios(dataset, "hard", "ours", "peer") == []


def test_report_tells_medians_spreads_and_what_was_reached() -> None:
    text = report.render(document())
    for line in (
        "| the graph | fast work | peer | 3.00 (1.00 to 6.00) | 2 | yes |",
        "| the graph | slow work | peer | 1.00 (1.00 to 1.00) | 2 | **no** |",
        "| the graph | hard work | peer | peer: not finished in 7 s | 2 | not measured |",
        "first answer: 2.50 (2.00 to 5.00) s; target: at most 3 s; reached: yes.",
        "| fast work | 1 | 300 (100 to 600) | 100 (100 to 100) | 3.00 (1.00 to 6.00) |",
        "| ours | 1.50 | 0.500 | 50 | 70 |",
        "| peer | - | - | - | - |",
        "- hard work: peer: not finished in 7 s",
        "- `odd`: ours 1 row, peer 2 rows",
        "with length, 55,000 (50,000 to 60,000)",
        "2 cores of CPU, 8 GiB of memory",
        "milliseconds: median 20.0, 99th percentile 100, slowest 400; target: at most 300;",
        "| `/page/slow` | 400 |",
    ):
        assert line in text


def test_published_report_is_what_its_numbers_give() -> None:
    numbers = ROOT / "docs" / "benchmarks.json"
    if not numbers.is_file():
        pytest.skip("no official run was made yet")
    text = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    assert text == report.render(json.loads(numbers.read_text("utf-8")))


# --- all of it, on a small scale


def test_a_short_comparison_runs_against_the_real_servers(
    built: Build, mixes: list[workloads.Mix], tmp_path: Path
) -> None:
    present = [
        product
        for product in servers.products("default", raised=False)
        if shutil.which(product.command[0], path=SCRIPTS) and product.name != servers.RDFLIB
    ]
    if len(present) < 2:
        pytest.skip("Oxigraph's server is not installed")
    (tmp_path / "built.nq").write_bytes(built.quads)
    short = [workloads.Mix(mix.name, mix.title, mix.queries[:3], mix.targets) for mix in mixes]
    plan = Plan(rounds=1, seconds=0.1, warm_up=0, starts=1, patience=30, budget=60, allowance=300, clients=2)
    told: list[str] = []
    found = rounds.compare("small", tmp_path / "built.nq", present, short, plan, told.append)
    assert [each["problem"] for each in found["measurements"]] == [None] * 2 * len(short)
    assert found["left_out"] == []
    assert all(each["rate"] > 0 for each in found["measurements"])
    assert all(each["ready"] > 0 and each["memory"] > 0 for each in found["starts"])
    assert len(told) == 2 + len(short)
    whole = {**document(), "datasets": [{"quads": 1, **found}]}
    assert report.render(json.loads(json.dumps(whole))).count("not measured") == len(
        [peer for mix in short for peer in mix.targets if peer == servers.RDFLIB]
    )
