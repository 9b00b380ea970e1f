"""Fixtures that several test modules share."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from qwen_kg.web import create_app

from .sample import SampleKnowledge


@pytest.fixture
def client() -> FlaskClient:
    """A client of the endpoint over the sample graph."""
    return create_app(SampleKnowledge()).test_client()
