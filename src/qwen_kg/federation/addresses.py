"""Addresses of endpoints: which are allowed, and which IP addresses are public."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from typing import NamedTuple

_PORTS = {"http": 80, "https": 443}
# RFC 3986, appendix A, without user information, fragments and the apostrophe, which ends a string in SPARQL.
_CHARACTER = r"[A-Za-z0-9._~!$&()*+,;=:@-]|%[0-9A-Fa-f]{2}"
_ADDRESS = re.compile(
    rf"""
    (?P<scheme>https?)://
    (?P<host>\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)
    (?::(?P<port>[0-9]{{1,5}}))?
    (?P<path>(?:/(?:{_CHARACTER})*)*)
    (?:\?(?P<query>(?:{_CHARACTER}|[/?])*))?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# "." and ".." as a segment, also before parameters, which some servers take off first; and encoded characters
# that some servers take for a slash or the end of a text.
_DECEIVES = re.compile(r"/(?:\.|%2e){1,2}(?:;[^/]*)?(?:/|$)|%(?:2f|5c|[01][0-9a-f]|7f)", re.IGNORECASE)


class Address(NamedTuple):
    """The address of an endpoint, in parts that can be compared: case, default port and notation are gone.

    ``host`` is a name, or an IP address without brackets; ``query`` is empty where there is none.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def target(self) -> str:
        """What stands in the request line (RFC 9112, 3.2.1)."""
        return self.path + (f"?{self.query}" if self.query else "")

    @property
    def authority(self) -> str:
        """What stands in the header field Host (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def covers(self, other: Address) -> bool:
        """Say whether another address is this one, or below its path; with a query only itself is.

        >>> read_address("https://a.example/sparql").covers(read_address("HTTPS://A.EXAMPLE:443/sparql/x"))
        True
        >>> read_address("https://a.example/sparql").covers(read_address("https://a.example/sparql2"))
        False
        """
        below = not self.query and not other.query and other.path.startswith(self.path.rstrip("/") + "/")
        return self[:3] == other[:3] and (below or self == other)


def read_address(iri: str) -> Address:
    """Read the address of an endpoint, more strictly than those do who will connect to it.

    Raises:
        ValueError: it is not http or https, or is written so that two readers could read two addresses.
    """
    found = _ADDRESS.fullmatch(iri)
    if found is None:
        raise ValueError(
            "the address of an endpoint is http:// or https://, a host in ASCII, perhaps a port, a path and "
            "a query; no user, no fragment, and all else percent-encoded"
        )
    scheme, host = found["scheme"].lower(), found["host"].lower()
    try:
        if host.startswith("["):
            host = IPv6Address(host[1:-1]).compressed
        elif _NUMBER.fullmatch(host.rpartition(".")[2]):
            host = str(IPv4Address(host))
    except ValueError as error:
        raise ValueError(f"{host} is no IP address in its usual form") from error
    port = int(found["port"] or _PORTS[scheme])
    if not 0 < port < 65536:
        raise ValueError("a port is a number from 1 to 65535")
    path, query = found["path"] or "/", found["query"] or ""
    if _DECEIVES.search(path):
        raise ValueError("the path has a segment . or .., or an encoded slash or control character")
    return Address(scheme, host, port, path, query)


def read_allowed(text: str) -> tuple[str, ...]:
    """Read the value of ``--allow-service``: an IRI, or several with spaces between them.

    Raises:
        ValueError: one is no address of an endpoint, or there is none.

    >>> read_allowed("https://query.wikidata.org/sparql")
    ('https://query.wikidata.org/sparql',)
    """
    iris = tuple(text.split())
    if not iris:
        raise ValueError("an IRI is missing")
    for iri in iris:
        read_address(iri)
    return iris


def read_permitted(iri: str, allowed: Sequence[str]) -> Address:
    """Read the address of an endpoint that is one of those allowed, or below one.

    Raises:
        ValueError: it is not; the message says why.
    """
    address = read_address(iri)
    if not any(read_address(each).covers(address) for each in allowed):
        raise ValueError(f"this endpoint calls only {', '.join(allowed)}, and what is below")
    return address


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address is one of the public internet.

    An IPv6 address that stands for an IPv4 address (mapped, 6to4, NAT64) is as public as that.

    >>> is_public(IPv4Address("1.1.1.1")), is_public(IPv6Address("64:ff9b::a00:1"))
    (True, False)
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in each for each in _NEVER)
    inner = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return is_public(inner) if inner else address in _GLOBAL_UNICAST and address.is_global


_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Public by their number, but answered by the host of a virtual machine (Oracle, Azure), or by nobody.
_NEVER = [ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")]
