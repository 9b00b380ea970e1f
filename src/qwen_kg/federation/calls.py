"""Calls one endpoint, carefully: at an address that was checked, for so long, and for so much."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from qwen_kg.errors import RemoteError
from qwen_kg.federation.addresses import Address, is_public

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the IP addresses of a host name and port; it raises OSError where there are none."""

_log = logging.getLogger(__name__)

# The media types of results that are taken, and how the whole of one ends. Oxigraph takes XML that breaks
# off, and TSV of which lines are missing, for all there is; JSON that breaks off it does not read.
_ENDS = {
    "application/sparql-results+json": re.compile(rb"\}\s*\Z"),
    "application/sparql-results+xml": re.compile(rb"</(?:[\w.-]+:)?sparql\s*>\s*\Z"),
}


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class Caller(NamedTuple):
    """What calls endpoints.

    ``timeout`` is in seconds, from the connection to the end of the answer; to look a name up has the limits
    of the system. ``size_limit`` is the longest answer in bytes. ``trust`` is what certificates are checked
    with.
    """

    timeout: float
    size_limit: int
    resolve: Resolve
    trust: ssl.SSLContext

    def call(self, address: Address, query: bytes) -> tuple[str, bytes]:
        """Send a query to an endpoint (SPARQL 1.1 Protocol, 2.1.3), and give the media type and the answer.

        A host that is an IP address, or ``localhost``, was named by whoever allowed the call, and may be
        private; a name that only leads to such an address is not called. No redirect is followed.

        Raises:
            RemoteError: there is no whole result from there; the message says why.
        """
        try:
            with self._connected(address) as sock:
                return self._ask(sock, address, query)
        except TimeoutError as error:
            raise RemoteError(f"it did not answer within {self.timeout:g} s") from error
        except (OSError, HTTPException, UnicodeError) as error:
            raise RemoteError(f"it cannot be reached or read: {_reason(error)}") from error

    @contextlib.contextmanager
    def _connected(self, address: Address) -> Iterator[socket.socket]:
        """Connect to an address, until it is done or the time has come."""
        end = time.monotonic() + self.timeout
        with _connect(self._checked(address), address.port, end) as sock, _cut_off(sock, end):
            if address.scheme == "http":
                yield sock
            else:
                with self.trust.wrap_socket(sock, server_hostname=address.host) as encrypted:
                    yield encrypted

    def _checked(self, address: Address) -> list[IPv4Address | IPv6Address]:
        """Look the host up, once; what is given is connected to without another look-up.

        Raises:
            RemoteError: one of the addresses is not public, or not of this machine for ``localhost``.
        """
        with contextlib.suppress(ValueError):
            return [ip_address(address.host)]
        found = [ip_address(each.partition("%")[0]) for each in self.resolve(address.host, address.port)]
        for each in found:
            if not (each.is_loopback if address.host == "localhost" else is_public(each)):
                _log.warning("%s is not called, because it leads to %s", address.host, each)
                raise RemoteError("its name leads to an address that may not be called by name")
        return found

    def _ask(self, sock: socket.socket, address: Address, query: bytes) -> tuple[str, bytes]:
        """Send a query over a connection, and read the answer.

        Raises:
            RemoteError: the answer is no result, or too long.
            OSError, HTTPException: the connection fails, or what comes is no HTTP.
        """
        connection = HTTPConnection(address.host, address.port)
        connection.sock, connection.auto_open = sock, 0
        connection.putrequest("POST", address.target, skip_host=True, skip_accept_encoding=True)
        headers = {
            "Host": address.authority,
            "Accept": ", ".join(_ENDS),
            "Content-Type": "application/sparql-query",
            "Content-Length": str(len(query)),
            "User-Agent": "qwen-kg",
            "Connection": "close",
        }
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(query)
        with connection.getresponse() as response:
            if 300 <= response.status < 400:
                raise RemoteError(f"it answered with a redirect ({response.status}), which is not followed")
            if response.status != 200:
                raise RemoteError(f"it answered with status {response.status}")
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
            if media_type not in _ENDS or encoding != "identity":
                raise RemoteError("its answer is no SPARQL result in JSON or XML")
            announced = response.length or 0
            body = b"" if announced > self.size_limit else response.read(self.size_limit + 1)
        if max(announced, len(body)) > self.size_limit:
            raise RemoteError(f"its answer is longer than {self.size_limit} bytes")
        if len(body) < announced or not _ENDS[media_type].search(body[-1000:]):
            raise RemoteError("its answer breaks off")
        return media_type, body


def _connect(addresses: Sequence[IPv4Address | IPv6Address], port: int, end: float) -> socket.socket:
    """Connect to the first address that takes it; each has its share of the time."""
    failure = OSError("it has no address")
    for number, each in enumerate(addresses):
        left = max(end - time.monotonic(), 0.001) / (len(addresses) - number)
        try:
            return socket.create_connection((str(each), port), timeout=left)
        except OSError as error:
            failure = error
    raise failure


@contextlib.contextmanager
def _cut_off(sock: socket.socket, end: float) -> Iterator[None]:
    """End a connection at a time, if not before; the time limit of a socket is for each single step.

    Raises:
        TimeoutError: it was ended, so that what was read of it, or found wrong with it, means nothing.
    """
    left = max(end - time.monotonic(), 0.001)
    sock.settimeout(left)
    connection = sock.dup()  # encryption takes the socket itself over

    def cut() -> None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(left, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        cut()
        connection.close()
        if time.monotonic() >= end:
            raise TimeoutError


def _reason(error: Exception) -> str:
    """Say what went wrong, without numbers and places in our source."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return str((isinstance(error, OSError) and error.strerror) or error or type(error).__name__)
