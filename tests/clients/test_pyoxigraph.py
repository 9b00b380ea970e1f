"""Another store that calls us by SERVICE (SPARQL 1.1 Federated Query), and our own remote store."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

import qwen_kg
from qwen_kg.errors import QuerySyntaxError
from qwen_kg.knowledge_graph import Answer

from ..serving import Server
from .questions import BROKEN, PROLOGUE, SELECT, Row


def test_service(server: Server, sizes: set[Row]) -> None:
    pattern = SELECT.removeprefix(PROLOGUE)
    found = ox.Store().query(f"{PROLOGUE} SELECT * {{ SERVICE <{server.url}/sparql> {{ {pattern} }} }}")
    assert {(row["variant"].value, row["name"].value, int(row["size"].value)) for row in found} == sizes


def test_service_joined_with_data_of_its_own(small_server: Server) -> None:
    store = ox.Store()
    store.update("INSERT DATA { <x:me> <x:likes> <https://w3id.org/qwen-kg/id/Qwen2.5-VL-32B-Instruct> }")
    found = store.query(
        f"{PROLOGUE} SELECT ?earlier {{ <x:me> <x:likes> ?later "
        f"SERVICE <{small_server.url}/sparql> {{ ?later qkg:successorOf ?earlier }} }}"
    )
    assert [row["earlier"].value for row in found] == ["https://w3id.org/qwen-kg/id/Qwen2.5-VL"]


def test_our_own_remote_store(server: Server, sizes: set[Row]) -> None:
    remote = qwen_kg.open(f"{server.url}/sparql")
    rows = Answer(remote.store.query(SELECT)).rows()
    assert {(row["variant"], row["name"], row["size"]) for row in rows} == sizes
    with pytest.raises(QuerySyntaxError):
        remote.store.query(BROKEN)
