"""The server under test: where it listens, and HTTP to it byte for byte as a test writes it."""

from __future__ import annotations

import http.client
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from urllib.parse import quote, urlsplit

from ..serving import Reply
from .manifests import FailedError

CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
UPDATE = "application/sparql-update"


@dataclass(frozen=True)
class Endpoint:
    """The addresses of a server's services.

    Args:
        query: the SPARQL endpoint for queries.
        update: the SPARQL endpoint for updates.
        graphs: the Graph Store, without a query string.
        token: sent as a bearer token with what writes; where there is none, nothing is sent.
        charset: whether an RDF document has to be labelled with the ``charset`` of the expected one. The
            manifests write ``text/turtle; charset=utf-8``; Turtle is UTF-8 with and without the label.
        reset: the update that empties the store before a test.
    """

    query: str
    update: str
    graphs: str
    token: str = ""
    charset: bool = True
    reset: str = "CLEAR ALL"

    def send(
        self,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes | None = None,
        writes: bool = False,
    ) -> Reply:
        """Send one request with these headers, ``Host`` and ``Content-Length``, and no other; follow nothing.

        Raises:
            FailedError: no HTTP response came, or the token was refused.
        """
        parts = urlsplit(url)
        target = url.split(parts.netloc, 1)[1] or "/"
        connection = CONNECTIONS[parts.scheme](parts.netloc, timeout=60)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if writes and self.token:
                connection.putheader("Authorization", f"Bearer {self.token}")
            if body is not None or method in {"PUT", "POST"}:
                connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders(body)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            reply = Reply(response.status, names, response.read())
        except (OSError, http.client.HTTPException) as wrong:
            raise FailedError(f"{method} {url}: no response: {wrong!r}") from wrong
        finally:
            connection.close()
        if reply.status == 401:  # no test is about a missing token, and many would pass because of it
            raise FailedError(f"{method} {url}: 401, the server wants another token")
        return reply

    def clear(self) -> None:
        """Empty the store."""
        reply = self.send("POST", self.update, [("Content-Type", UPDATE)], self.reset.encode(), writes=True)
        expect(reply.status // 100 == 2, f"{self.reset}: {shown(reply)}")

    def load(self, document: bytes, media_type: str, graph: str | None = None) -> None:
        """Put an RDF document into a named graph, or into the default graph."""
        url = self.graphs + ("?default" if graph is None else "?graph=" + quote(graph, safe=""))
        reply = self.send("PUT", url, [("Content-Type", media_type)], document, writes=True)
        expect(reply.status // 100 == 2, f"PUT {url}: {shown(reply)}")


def expect(condition: bool, message: str) -> None:
    """Let a test fail with this message unless the condition holds."""
    if not condition:
        raise FailedError(message)


def shown(reply: Reply) -> str:
    """Give the status and the beginning of the body, for a message."""
    return f"{reply.status} {reply.headers.get('content-type', '')} {reply.body[:300]!r}"


def content_type(header: str | None) -> tuple[str, dict[str, str]]:
    """Split a Content-Type into the media type and its parameters, all in lower case (RFC 9110, 8.3.1).

    >>> content_type('Text/Turtle; Charset="UTF-8"')
    ('text/turtle', {'charset': 'utf-8'})
    """
    message = Message()
    message["Content-Type"] = header or ""
    (media_type, _), *parameters = message.get_params([("", "")])
    return media_type.lower(), {name.lower(): value.lower() for name, value in parameters}
