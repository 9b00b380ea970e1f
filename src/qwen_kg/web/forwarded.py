"""What a reverse proxy says of the client: believed only when it comes from a proxy that was named."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """The addresses of trusted reverse proxies."""

    def __init__(self, networks: Sequence[str]) -> None:
        """Take addresses or networks such as ``10.0.0.0/8``.

        Raises:
            ValueError: one of them is neither.
        """
        self._networks: list[Network] = [ipaddress.ip_network(each) for each in networks]

    def trusts(self, client: str) -> bool:
        """Say whether an address is that of a trusted proxy."""
        try:
            address = ipaddress.ip_address(client)
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def seen(self, scheme: str, client: str, headers: dict[str, str]) -> tuple[str, str]:
        """Give the scheme and the client as the proxy saw them; the host goes into the headers.

        Of several values the last counts, which the proxy itself has added; what came before is the word of
        whoever asked it.
        """
        if not self._networks or not self.trusts(client):
            return scheme, client
        said = {
            name: headers[f"x-forwarded-{name}"].rpartition(",")[2].strip()
            for name in ("proto", "host", "for")
            if f"x-forwarded-{name}" in headers
        }
        if said.get("host"):
            headers["host"] = said["host"]
        proto = said.get("proto", "").lower()
        return proto if proto in {"http", "https"} else scheme, said.get("for") or client
