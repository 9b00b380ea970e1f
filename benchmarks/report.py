"""The report: a page of Markdown that tells what the JSON document of a run holds, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from typing import Any

Record = dict[str, Any]

PAGE_TARGET = 0.3  # seconds that a page may take once the server is warm
START_TARGET = 3.0  # seconds from the start on the packaged graph to the first answer

_HEAD = """# Benchmarks

Made by `python -m benchmarks` on {date}; do not edit. The numbers behind the tables are in
`benchmarks.json`. A median is followed by the smallest and the largest value of the rounds.
"""

_METHOD = """## How it is measured

All servers run at the same time on the same machine over the same data, with the union of the named graphs
as default graph; one is measured while the others are idle. In each round every server is asked each kind
of work in turn, beginning with another one each time. A measurement lasts a number of seconds, and then to
the end of the list of queries, so that a slow server answers the same mix as a fast one. A ratio is that of
two measurements of one round.

There are {clients} clients, each with a connection that is kept alive, which send the next request when the
response is complete. They are one process, which shares the machine with the servers; how busy it was is
told for each dataset. A response counts if its status is 200 and all of it came; a measurement with any
other response does not count.

- **Changing point look-ups, sorted lists, aggregates, full dump**: each request has a text that was never
  sent before, by a number in a filter that is always true or in the name of a variable. The dump asks for
  every triple with CONSTRUCT, as N-Triples; other answers are SPARQL results in JSON.
- **Saved queries**: each with the parameters of its first case in the tests. Repeated, they are the same
  texts again and again; each text new, a comment tells them apart, so that no cache of answers or of parsed
  queries helps.

Before anything is measured, each query is asked once of each server. Only those that all answer with the
same number of rows are measured; the others are listed. A server that fails at more than half of a kind of
work has no number there. How long a query, a measurement and a server may take is limited, and *not
finished* tells the limit.

Memory is the proportional set size of all processes of a server. The time to load is the difference between
a start with the data and one without.
"""

_LIMITS = """## Where a ratio is below its target, and why

Both servers evaluate with the same engine, and a list or an aggregate takes it the same 0.7 to 1.2 ms of
one processor in either. Oxigraph's server evaluates in its own threads and can interrupt none of them.
Ours hands each query to a process that can be killed, and answers through a web process in Python: about
0.3 ms of processor time for a short answer and 0.5 ms for a list of a hundred rows, half of it for system
calls and for caches that are cold after a change of process. So with nothing cached and both processors
busy, no list can come out above 0.8, and no point look-up, which the engine answers in 0.06 ms, above
0.25.

What helped, and is in: only about as many short evaluations at once as there are processors (they had
been eight, each half cold), a lower priority for evaluators than for the web process, a query string that
is read once. What did not: other allocators (mimalloc, tcmalloc, jemalloc: within 10 %), the triples once
more in the default graph instead of the union, other modes of the HTTP server and another HTTP server, no
cache of answers (4 %). What was not done, because it would give up a promise: to evaluate in the web
process, which could then die of a query, or to leave out the limits.
"""


def render(document: Record) -> str:
    """Give the report of a run.

    Args:
        document: what ``benchmarks.json`` holds.
    """
    parts = [_HEAD.format(date=document["date"]), _targets(document), _setting(document)]
    parts += [_dataset(dataset) for dataset in document["datasets"]]
    parts += [_pages(document["pages"])]
    parts += [_LIMITS, _METHOD.format(**document["datasets"][0]["plan"])]
    return "\n".join(parts)


def ratios(dataset: Record, mix: str, ours: str, peer: str) -> list[float]:
    """Give our requests a second in units of those of a peer, for each round in which both were measured."""
    rates = {name: dict(_each(dataset, mix, name, "rate")) for name in (ours, peer)}
    return [rate / rates[peer][number] for number, rate in rates[ours].items() if rates[peer].get(number)]


def _each(dataset: Record, mix: str, server: str, key: str) -> Iterator[tuple[int, float]]:
    """Yield the rounds in which a measurement counts, each with one of its numbers."""
    for each in dataset["measurements"]:
        if (each["mix"], each["server"], each["problem"]) == (mix, server, None):
            yield each["round"], each[key]


def _values(dataset: Record, mix: str, server: str, key: str) -> list[float]:
    return [value for _, value in _each(dataset, mix, server, key)]


def _problem(dataset: Record, mix: str, *servers: str) -> str:
    """Tell the first reason why a server has no number."""
    found = (
        f"{each['server']}: {each['problem']}"
        for each in dataset["measurements"]
        if each["mix"] == mix and each["server"] in servers and each["problem"]
    )
    return _cell(next(found, "none"))


def _cell(text: str) -> str:
    """Make a text fit into a cell of a table."""
    return " ".join(text.replace("|", "/").replace("`", "'").split())[:160]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _number(value: float) -> str:
    """Write a number with three digits that count.

    >>> _number(12345.6), _number(12.345), _number(0.1234)
    ('12,346', '12.3', '0.123')
    """
    if value >= 100:
        return f"{value:,.0f}"
    digits = 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:.{digits}f}"


def _spread(values: Sequence[float], write: Callable[[float], str] = _number) -> str:
    if not values:
        return "-"
    if len(values) == 1:
        return write(values[0])
    return f"{write(median(values))} ({write(min(values))} to {write(max(values))})"


def _megabytes(value: float) -> str:
    return f"{value / 1e6:,.0f}"


def _targets(document: Record) -> str:
    rows = []
    for dataset in document["datasets"]:
        ours = next(iter(dataset["servers"]))
        for mix in dataset["mixes"]:
            for peer, target in mix["targets"].items():
                found = ratios(dataset, mix["name"], ours, peer)
                reached = ("yes" if median(found) >= target else "**no**") if found else "not measured"
                shown = _spread(found) if found else _problem(dataset, mix["name"], ours, peer)
                rows.append([dataset["name"], mix["title"], peer, shown, f"{target:g}", reached])
    starts = document["packaged_starts"]
    reached = "yes" if median(starts) <= START_TARGET else "**no**"
    return (
        f"## Requests a second, as ratios to the peers\n\n"
        f"{_table(['data', 'work', 'against', 'ratio', 'target: at least', 'reached'], rows)}\n"
        f"From the start on the packaged graph to the first answer: {_spread(starts)} s; "
        f"target: at most {START_TARGET:g} s; reached: {reached}.\n"
    )


def _setting(document: Record) -> str:
    machine = document["machine"]
    versions = [
        [server, ", ".join(f"{name} {version}" for name, version in packages.items())]
        for server, packages in document["versions"].items()
    ]
    return (
        f"## Machine and servers\n\n{machine['cores']} cores of {machine['processor']}, "
        f"{machine['memory'] / 2**30:.0f} GiB of memory, {machine['system']}, Python {machine['python']}.\n\n"
        f"{_table(['server', 'versions'], versions)}"
    )


_PAGES = """## Pages

On {date}, every link was followed from the home page on, one after the other, each page once, so that no
cache of replies had it; of the pages for statements and passages, made alike, one in {every}. {pages:,}
pages, in milliseconds: median {median}, 99th percentile {p99}, slowest {worst}; target: at most {target:g};
reached: {reached}; above it: {over}. The largest has {largest} KB. Broken links: {broken}.
"""


def _pages(found: Record) -> str:
    times = {name: _number(1000 * found[name]) for name in ("median", "p99", "worst")}
    told = _PAGES.format(
        date=found["date"],
        every=found["every"],
        pages=found["pages"],
        **times,
        target=1000 * PAGE_TARGET,
        reached="yes" if found["worst"] <= PAGE_TARGET else "**no**",
        over=found["over"],
        largest=f"{found['largest'] / 1024:,.0f}",
        broken=len(found["broken"]),
    )
    slowest = [[f"`{_cell(path)}`", _number(1000 * seconds)] for seconds, path in found["slowest"]]
    return f"{told}\n{_table(['slowest pages', 'milliseconds'], slowest)}"


def _dataset(dataset: Record) -> str:
    servers, mixes, plan = list(dataset["servers"]), dataset["mixes"], dataset["plan"]
    ours, *peers = servers
    rates, latencies = [], []
    for mix in mixes:
        name = mix["name"]
        found = [_values(dataset, name, server, "rate") for server in servers]
        found += [ratios(dataset, name, ours, peer) for peer in peers]
        rates.append([mix["title"], str(len(mix["answers"])), *map(_spread, found)])
        times = [[_values(dataset, name, server, key) for key in ("p50", "p99")] for server in servers]
        busy = [value for server in servers for value in _values(dataset, name, server, "cpu")]
        pairs = [" / ".join(_number(1000 * median(v)) if v else "-" for v in pair) for pair in times]
        latencies.append([mix["title"], *pairs, f"{100 * max(busy, default=0):.0f} %"])
    ceilings = {kind: [each[kind] for each in dataset["ceilings"]] for kind in dataset["ceilings"][0]}
    ceiling = "; ".join(f"with {kind}, {_spread(values)}" for kind, values in ceilings.items())
    return "\n".join(
        [
            f"## {dataset['name'].capitalize()}\n",
            f"{dataset['quads']:,} quads, {_megabytes(dataset['bytes'])} MB as N-Quads. "
            f"Rounds: {plan['rounds']}; each measurement takes {plan['seconds']:g} s, "
            f"after {plan['warm_up']:g} s to warm up.\n",
            "### Requests a second\n",
            _table(["work", "queries", *servers, *(f"ratio to {peer}" for peer in peers)], rates),
            "### Latency\n",
            "Milliseconds, 50th / 99th percentile, medians of the rounds, and the largest share of one core "
            "that the clients used.\n",
            _table(["work", *servers, "clients"], latencies),
            f"Against a server that does nothing the clients reached, in responses a second: {ceiling}.\n",
            "### Start and memory\n",
            _starts(dataset),
            "How they were started:\n",
            *(f"- {name}: `{command}`" for name, command in dataset["servers"].items()),
            "",
            "### Not measured\n",
            _not_measured(dataset),
        ]
    )


def _starts(dataset: Record) -> str:
    rows = []
    for server in dataset["servers"]:
        starts = [each for each in dataset["starts"] if each["server"] == server and not each["problem"]]
        after = dataset["memory_after"][server]
        rows.append(
            [
                server,
                _spread([each["ready"] for each in starts]),
                _spread([each["ready"] - each["empty"] for each in starts]),
                _spread([each["memory"] for each in starts], _megabytes),
                _megabytes(after) if after is not None else "-",
            ]
        )
    header = ["server", "start to first answer, s", "of it loading, s"]
    return _table([*header, "memory after loading, MB", "memory after the rounds, MB"], rows)


def _not_measured(dataset: Record) -> str:
    problems = {
        f"- {mix['title']}: {_problem(dataset, mix['name'], server)}"
        for mix in dataset["mixes"]
        for server in dataset["servers"]
        if len(_values(dataset, mix["name"], server, "rate")) < dataset["plan"]["rounds"]
    }
    queries = {
        f"- `{each['query']}`: "
        + ", ".join(f"{name} {_cell(told)}" for name, told in each["answers"].items())
        for each in dataset["left_out"]
    }
    return (
        "\n".join([*sorted(problems), *sorted(queries)] or ["Nothing; all servers answered all queries."])
        + "\n"
    )
