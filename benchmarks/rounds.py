"""The comparison itself: all servers over the same data, asked in turn, round after round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.ceiling import RESPONSES, fixed_server
from benchmarks.contestants import Answer, Contestant, Plan, Record
from benchmarks.load import SERIAL, Job, run
from benchmarks.pages import page_times
from benchmarks.servers import PACKAGED, Product, Server, ServerError
from benchmarks.workloads import Mix, Query

Say = Callable[[str], object]
"""Takes a line of progress."""

Answers = dict[tuple[str, str], Answer]
"""What a server, by its name, answered to a query, by its name."""


def compare(
    name: str, data: Path, products: Sequence[Product], mixes: Sequence[Mix], plan: Plan, say: Say
) -> Record:
    """Compare servers over one file of N-Quads.

    Args:
        name: of the dataset, for readers.
        data: the file; logs are written beside it.
        products: the servers, ours first.
        mixes: what is measured, in this order.
        plan: how much is measured.
        say: is told the progress.
    """
    contestants = [Contestant(product, data, plan) for product in products]
    with ExitStack() as stack:
        for contestant in contestants:
            stack.callback(contestant.stop)
        starts = _starts(contestants, plan.starts, say)
        answers: Answers = {}
        left_out: list[Record] = []
        queries: dict[str, list[Query]] = {}
        measurements: list[Record] = []
        ceilings = []
        for number in range(plan.rounds):
            ceilings.append(_ceiling(plan))
            for position, mix in enumerate(mixes):
                if number == 0:
                    queries[mix.name] = _agreed(mix, contestants, answers, left_out)
                told = []
                for contestant in _turned(contestants, number + position):
                    record = _measured(contestant, mix, queries[mix.name])
                    measurements.append(
                        {"round": number, "mix": mix.name, "server": contestant.name, **record}
                    )
                    told.append(f"{contestant.name} {record['problem'] or format(record['rate'], ',.1f')}")
                say(f"{name}, round {number + 1} of {plan.rounds}, {mix.title}: {', '.join(told)}")
        memory = {contestant.name: contestant.memory() for contestant in contestants}
    return {
        "name": name,
        "bytes": data.stat().st_size,
        "plan": asdict(plan),
        "servers": {contestant.name: contestant.product.shown() for contestant in contestants},
        "mixes": [
            {
                "name": mix.name,
                "title": mix.title,
                "targets": dict(mix.targets),
                "answers": {query.name: _agreed_on(query, answers) for query in queries[mix.name]},
            }
            for mix in mixes
        ],
        "starts": starts,
        "memory_after": memory,
        "seconds_used": {contestant.name: contestant.used for contestant in contestants},
        "left_out": left_out,
        "ceilings": ceilings,
        "measurements": measurements,
    }


def packaged_starts(times: int, folder: Path, say: Say) -> list[float]:
    """Give the seconds from the start of our server without options to its first answer, several times."""
    found = []
    for _ in range(times):
        server = Server(PACKAGED, Path(), folder / "packaged.log", 120)
        server.stop()
        found.append(server.ready)
        say(f"{PACKAGED.name} without options answers after {server.ready:.2f} s")
    return found


def packaged_pages(every: int, folder: Path, say: Say) -> Record:
    """Visit the pages of our server over the packaged graph; see :func:`benchmarks.pages.page_times`."""
    server = Server(PACKAGED, Path(), folder / "pages.log", 120)
    try:
        found = page_times(f"127.0.0.1:{server.port}", every)
    finally:
        server.stop()
    say(f"{found['pages']} pages, the slowest in {found['worst']:.2f} s")
    return {**found, "every": every, "date": datetime.now(UTC).date().isoformat()}


def _turned(contestants: Sequence[Contestant], by: int) -> list[Contestant]:
    by %= len(contestants)
    return [*contestants[by:], *contestants[:by]]


def _starts(contestants: Sequence[Contestant], times: int, say: Say) -> list[Record]:
    """Start each server several times, without data and with them; after the last time they run on."""
    records = []
    for number in range(times):
        for contestant in _turned(contestants, number):
            record: Record = {"server": contestant.name, "problem": None}
            try:
                record["empty"] = contestant.start_without_data()
                server = contestant.start()
                record |= {"ready": server.ready, "memory": server.memory()}
                say(f"{contestant.name} answers after {server.ready:.2f} s")
            except ServerError as error:
                record["problem"] = str(error)
                say(f"{contestant.name}: {error}\n{error.log}")
            records.append(record)
            if number < times - 1:
                contestant.stop()
    return records


def _ceiling(plan: Plan) -> dict[str, float]:
    """Measure the load generator against a server that has nothing to do."""
    found = {}
    for kind in RESPONSES:
        with fixed_server(kind) as port:
            request = Query("", f"ASK {{}} # {SERIAL}").request("/")
            job = Job(port, [request], plan.seconds / 3, warm_up=0.2, connections=plan.clients)
            found[kind] = run(job).rate
    return found


def _agreed(
    mix: Mix, contestants: Sequence[Contestant], answers: Answers, left_out: list[Record]
) -> list[Query]:
    """Ask each query of a mix once, and give those that all servers answer alike.

    A server that fails at more than half of them is excluded from the mix, and the others go on without it.
    What is not given goes into ``left_out``, with what each server answered.
    """
    for contestant in contestants:
        problem = _tried(contestant, mix, answers)
        if problem:
            contestant.excluded[mix.name] = problem
    present = [contestant.name for contestant in contestants if mix.name not in contestant.excluded]
    agreed = []
    for query in mix.queries:
        given = {name: answers[name, query.name] for name in present}
        if all(answer.good for answer in given.values()) and len(set(given.values())) == 1:
            agreed.append(query)
        else:
            told = {name: answer.text for name, answer in given.items()}
            left_out.append({"mix": mix.name, "query": query.name, "answers": told})
    return agreed


def _tried(contestant: Contestant, mix: Mix, answers: Answers) -> str | None:
    """Ask a server each query that it was not asked yet; tell the first problem if there are too many."""
    problems = []
    for query in mix.queries:
        key = contestant.name, query.name
        if key not in answers:
            try:
                answers[key] = contestant.answer(query)
            except ServerError as error:
                return str(error)
        if not answers[key].good:
            problems.append(answers[key].text)
        if 2 * len(problems) > len(mix.queries):
            return problems[0]
    return None


def _agreed_on(query: Query, answers: Answers) -> str:
    return next(answer.text for (_, name), answer in answers.items() if name == query.name and answer.good)


def _measured(contestant: Contestant, mix: Mix, queries: Sequence[Query]) -> Record:
    """Measure a server that is not excluded; what cannot be finished once is not tried again."""
    if mix.name in contestant.excluded or not queries:
        return {"problem": contestant.excluded.get(mix.name, "no query that all answer alike")}
    try:
        record = contestant.measure(queries)
    except ServerError as error:
        record = {"problem": str(error), "finished": False}
    if record["problem"] and not record["finished"]:
        contestant.excluded[mix.name] = record["problem"]
    return record
