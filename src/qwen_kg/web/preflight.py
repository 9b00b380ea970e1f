"""OPTIONS, and what a page of another site is told of it (Fetch, 3.2: CORS)."""

from __future__ import annotations

from collections.abc import Sequence

from qwen_kg.web.exchange import Reply, Request

#: What other sites may send; Authorization is not among it, so that they can read and not write.
_HEADERS = "Accept, Content-Type, If-None-Match"
_READING = ("GET", "HEAD", "POST", "QUERY")


def options(request: Request, methods: Sequence[str], *, reads_by_post: bool = False) -> Reply:
    """Tell what a resource can do, and to a page of another site what of that it may use.

    Args:
        request: the OPTIONS request.
        methods: what the resource can do.
        reads_by_post: whether POST changes nothing there.
    """
    headers = {"Allow": ", ".join(methods)}
    if "access-control-request-method" in request.headers:
        open_methods = [each for each in methods if each in _READING and (each != "POST" or reads_by_post)]
        headers["Access-Control-Allow-Methods"] = ", ".join(open_methods)
        headers["Access-Control-Allow-Headers"] = _HEADERS
        headers["Access-Control-Max-Age"] = "86400"
    return Reply(204, headers=headers)
