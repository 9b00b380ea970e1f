"""Reads HTTP/1.1 responses from the bytes of a connection, and keeps of them only whether they end."""

from __future__ import annotations

_END_OF_HEADER = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"
_SHOWN = 500  # bytes of a bad response that are told


class ResponseError(Exception):
    """A response is not 200, or not what HTTP/1.1 allows."""


class ResponseReader:
    """Reads the responses of one connection, one after the other (RFC 9112, 6.3)."""

    def __init__(self) -> None:
        self._next()

    def _next(self) -> None:
        self._buffer = b""  # of the header, or of the line that tells the size of a chunk
        self._left = 0  # bytes of the body, or of the chunk, that are still to come
        self._chunked: bool | None = None  # None until the header is there

    @property
    def untouched(self) -> bool:
        """Whether nothing of the next response has come yet."""
        return self._chunked is None and not self._buffer

    def feed(self, data: bytes) -> bool:
        """Take what came, and say whether the response is complete with it.

        Raises:
            ResponseError: the status is not 200, the length is not told, or more came than was told.
        """
        if self._chunked is None:
            data = self._buffer + data
            end = data.find(_END_OF_HEADER)
            if end < 0:
                self._buffer = data
                return False
            self._read_header(data, end)
            data = data[end + len(_END_OF_HEADER) :]
            self._buffer = b""
        if self._chunked:
            return self._walk(self._buffer + data)
        self._left -= len(data)
        if self._left < 0:
            raise ResponseError("more came than the length that was told")
        if self._left == 0:
            self._next()
            return True
        return False

    def _read_header(self, data: bytes, end: int) -> None:
        if not data.startswith(b"HTTP/1.1 200 "):
            raise ResponseError(data[:_SHOWN].decode("utf-8", "replace"))
        header = data[: end + 2].lower()
        at = header.find(_LENGTH)
        self._chunked = at < 0
        if not self._chunked:
            self._left = int(header[at + len(_LENGTH) : header.index(b"\r\n", at + 2)])
        elif b"\r\ntransfer-encoding: chunked\r\n" not in header:
            raise ResponseError("the response does not tell its length")

    def _walk(self, data: bytes) -> bool:
        """Go from chunk to chunk (RFC 9112, 7.1); the line break behind a chunk counts as a part of it."""
        at = 0
        while True:
            if self._left > len(data) - at:
                self._left -= len(data) - at
                self._buffer = b""
                return False
            at += self._left
            self._left = 0
            end = data.find(b"\r\n", at)
            if end < 0 or (data[at:end] == b"0" and len(data) < end + 4):
                self._buffer = data[at:]
                return False
            size = int(data[at:end].partition(b";")[0], 16)
            if size == 0:
                if data[end:] != b"\r\n\r\n":
                    raise ResponseError("more came than the last chunk")
                self._next()
                return True
            at, self._left = end + 2, size + 2
