"""Who may write: whoever has the token, and not a page of another site in somebody's browser."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from qwen_kg.errors import ForbiddenError, UnauthorizedError
from qwen_kg.web.exchange import Request


@dataclass(frozen=True)
class Authority:
    """Judges requests that write; without a ``token`` nobody may."""

    token: str | None

    def require(self, request: Request) -> None:
        """Let a request pass that may write.

        Raises:
            ForbiddenError: nothing can be written here, or the request comes from another site.
            UnauthorizedError: it has no token or another one (RFC 6750, 2.1: only the header counts).
        """
        request.writing = True
        if self.token is None:
            raise ForbiddenError("this endpoint takes queries only, no updates")
        origin = request.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
        if foreign or request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            raise ForbiddenError("pages of other sites may not write here")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthorizedError("writing needs the header Authorization: Bearer, and the token after it")
        if not hmac.compare_digest(given.strip().encode(), self.token.encode()):
            raise UnauthorizedError("the token is not the one of this server")
