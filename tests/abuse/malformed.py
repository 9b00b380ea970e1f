"""Requests that break a rule, each with the statuses that it may have."""

from __future__ import annotations

import gzip
import zlib

from .wire import get, post, query

FORM = "Content-Type: application/x-www-form-urlencoded"
QUERY = "Content-Type: application/sparql-query"
ASK = b"ASK {}"
MIB = 1024 * 1024

# What is sent, and the statuses it may have; 0 is a connection that ends without an answer.
REFUSED = {400, 403, 404, 405, 406, 411, 413, 414, 415, 417, 431, 501, 505}
GONE = {0, *REFUSED}
CASES: dict[str, tuple[bytes, set[int]]] = {
    # encodings of the address
    "half of an escape": (get("/sparql?query=ASK%7B%7D%"), {200, 400}),
    "escape that is none": (get("/sparql?query=ASK%ZZ"), {400}),
    "escape in another style": (get("/sparql?query=ASK%u007B%7D"), {400}),
    "bytes that are no UTF-8": (get("/sparql?query=ASK%7B%7D%FF"), {400}),
    "overlong UTF-8": (get("/sparql?query=ASK%C0%BB%7D"), {400}),
    "half of a surrogate pair": (get("/sparql?query=ASK%7B%7D%23%ED%A0%80"), {400}),
    "raw bytes in the address": (b"GET /sparql?query=ASK{}\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", {0, 400}),
    "raw UTF-8 in the address": ("GET /sparql?query=ASK{}#é HTTP/1.1\r\nHost: a\r\n\r\n".encode(), {0, 200, 400}),
    "NUL in a query": (get("/sparql?query=ASK%7B%7D%00"), {400}),
    "NUL in a comment": (get("/sparql?query=ASK%7B%7D%23%00"), {200, 400}),
    "NUL in a literal": (get("/sparql?query=ASK%7BBIND(%22%00%22+AS+?x)%7D"), {200, 400}),
    "control characters": (get("/sparql?query=ASK%7B%7D%01%02%1B%7F"), {400}),
    "NUL in the path": (get("/id/%00"), {400, 404}),
    "no UTF-8 in the path": (get("/id/%FF%FE"), {400, 404}),
    "dots in the path": (get("/static/../../../../etc/passwd"), {400, 404}),
    "escaped dots in the path": (get("/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), {400, 404}),
    "escaped slashes in the path": (get("/static/..%2f..%2f..%2fetc%2fpasswd"), {400, 404}),
    "backslashes in the path": (get("/static/..%5c..%5cetc%5cpasswd"), {400, 404}),
    "two slashes before the path": (get("//sparql?query=ASK%7B%7D"), {200, 308, 400, 404}),
    "parameters of a path": (get("/sparql;jsessionid=1?query=ASK%7B%7D"), {400, 404}),
    # parameters
    "two queries": (get("/sparql?query=ASK%7B%7D&query=ASK%7B%7D"), {400}),
    "two queries, the one in the body": (
        post(b"query=ASK%7B%7D", FORM, target="/sparql?query=ASK%7B%7D"), {400}),
    "two queries, the one as the body": (post(ASK, QUERY, target="/sparql?query=ASK%7B%7D"), {400}),
    "two formats": (get(query("ASK {}") + "&format=json&format=xml"), {400}),
    "no query but a graph": (get("/sparql?default-graph-uri=x:g"), {400}),
    "a graph that is no IRI": (get(query("ASK {}") + "&default-graph-uri=%00%20%3C"), {400}),
    "a relative graph": (get(query("ASK {}") + "&default-graph-uri=../x"), {400}),
    "ten thousand parameters": (post(b"a=1&" * 10_000 + b"query=ASK%7B%7D", FORM), {400, 413}),
    "ten thousand graphs": (post(b"default-graph-uri=x:g&" * 10_000 + b"query=ASK%7B%7D", FORM), {400, 413}),
    "an empty query": (get("/sparql?query="), {400}),
    "an empty form": (post(b"", FORM), {400}),
    "an empty body": (post(b"", QUERY), {400}),
    "semicolons between parameters": (get("/sparql?query=ASK%7B%7D;format=xml"), {200, 400}),
    # bodies
    "UTF-16": (post("ASK {}".encode("utf-16"), QUERY), {400}),
    "UTF-16 that says so": (post("ASK {}".encode("utf-16"), QUERY + "; charset=utf-16"), {415}),
    "UTF-32": (post("ASK {}".encode("utf-32"), QUERY), {400}),
    "Latin-1 that says so": (post('ASK { BIND("é" AS ?x) }'.encode("latin-1"), QUERY + "; charset=latin-1"), {415}),
    "Latin-1": (post('ASK { BIND("é" AS ?x) }'.encode("latin-1"), QUERY), {400}),
    "a charset that does not exist": (post(ASK, QUERY + "; charset=\"x\\\"y\""), {400, 415}),
    "a byte order mark": (post(b"\xef\xbb\xbfASK {}", QUERY), {200, 400}),
    "UTF-16 in a form": (post("query=ASK {}".encode("utf-16"), FORM), {400}),
    "NULs": (post(b"\x00" * 1000, QUERY), {400}),
    "no media type": (post(ASK), {400, 415}),
    "an empty media type": (post(ASK, "Content-Type:"), {400, 415}),
    "nonsense as media type": (post(ASK, "Content-Type: ;;;/=\"\\"), {400, 415}),
    "two media types": (post(ASK, QUERY, "Content-Type: text/plain"), {200, 400, 415}),
    "two media types in one": (post(ASK, QUERY + ", text/plain"), {400, 415}),
    "text/plain": (post(ASK, "Content-Type: text/plain"), {415}),
    "JSON": (post(b'{"query": "ASK {}"}', "Content-Type: application/json"), {415}),
    "multipart without boundary": (post(ASK, "Content-Type: multipart/form-data"), {400, 415}),
    "multipart that does not end": (
        post(b'--b\r\nContent-Disposition: form-data; name="query"\r\n\r\nASK {}',
             "Content-Type: multipart/form-data; boundary=b"), {400, 415}),
    "more than a query may have": (post(b"ASK {} #" + b"x" * (2 * MIB), QUERY), {400, 413}),
    "more than a body may have": (post(b"ASK {} #" + b"x" * (20 * MIB), QUERY), {0, 413}),
    "a form of more than a body may have": (post(b"query=ASK%7B%7D&x=" + b"x" * (20 * MIB), FORM), {0, 413}),
    "gzip": (post(gzip.compress(ASK), QUERY, "Content-Encoding: gzip"), {200, 400, 415}),
    "gzip that is none": (post(ASK, QUERY, "Content-Encoding: gzip"), {400, 415}),
    "gzip that says nothing": (post(gzip.compress(ASK), QUERY), {400}),
    "gzip bomb": (post(gzip.compress(b"ASK {} #" + bytes(200 * MIB)), QUERY, "Content-Encoding: gzip"), {400, 413, 415}),
    "deflate": (post(zlib.compress(ASK), QUERY, "Content-Encoding: deflate"), {200, 400, 415}),
    "an unknown encoding": (post(ASK, QUERY, "Content-Encoding: rot13"), {400, 415}),
    # framing
    "a length that is too short": (post(b"ASK {}", QUERY, length=3), {400}),
    "a negative length": (post(ASK, QUERY, length=-1), GONE),
    "a length that is no number": (post(ASK, QUERY, length="six"), GONE),
    "a length with a sign": (post(ASK, QUERY, length="+6"), {200, *GONE}),
    "a length beyond all": (post(ASK, QUERY, length=10**30), GONE),
    "two lengths": (post(ASK, QUERY, "Content-Length: 60"), GONE),
    "two lengths in one": (post(ASK, QUERY, length="6, 60"), GONE),
    "length and chunks": (
        post(b"6\r\nASK {}\r\n0\r\n\r\n", QUERY, "Transfer-Encoding: chunked", length=3), {200, *GONE}),
    "chunks twice": (
        get("/sparql", QUERY, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked", method="POST")
        + b"6\r\nASK {}\r\n0\r\n\r\n", {200, *GONE}),
    "chunks that are none": (get("/sparql", QUERY, "Transfer-Encoding: chunked", method="POST") + b"zz\r\nASK", GONE),
    "a chunk whose length is no number of this world": (
        get("/sparql", QUERY, "Transfer-Encoding: chunked", method="POST") + b"f" * 17 + b"\r\nASK {}\r\n0\r\n\r\n", GONE),
    "a trailer": (
        get("/sparql", QUERY, "Transfer-Encoding: chunked", "Trailer: X", method="POST")
        + b"6\r\nASK {}\r\n0\r\nX: 1\r\n\r\n", {200, *GONE}),
    "an unknown transfer encoding": (get("/sparql", QUERY, "Transfer-Encoding: gzip", method="POST") + ASK, GONE),
    "a body with GET": (get(query("ASK {}"), "Content-Length: 6") + ASK, {200, 400}),
    "an expectation that nobody has": (post(ASK, QUERY, "Expect: 200-ok"), {200, 417}),
    # headers
    "a header of a mebibyte": (get(query("ASK {}"), "X-Long: " + "x" * MIB), GONE),
    "a cookie of sixty kibibytes": (get(query("ASK {}"), "Cookie: " + "x" * 60_000), {200, *GONE}),
    "ten thousand headers": (get(query("ASK {}"), *(f"X-{n}: 1" for n in range(10_000))), GONE),
    "a header without a colon": (get(query("ASK {}"), "nonsense"), GONE),
    "a space before the colon": (get(query("ASK {}"), "Accept : text/csv"), {200, *GONE}),
    "a folded header": (get(query("ASK {}"), "Accept: text/csv,\r\n application/json"), {200, *GONE}),
    "NUL in a header": (get(query("ASK {}"), "Accept: a\x00b"), GONE),
    "a bare CR in a header": (get(query("ASK {}"), "Accept: a\rX: b"), GONE),
    "bytes in a header": (get(query("ASK {}"), "Accept: \xff\xfe"), {200, *REFUSED}),
    "lines that end in LF": (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\nHost: a\n\n", {200, *GONE}),
    "no Host": (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n\r\n", {200, 400}),
    "two Hosts": (get(query("ASK {}"), "Host: other"), {200, 400}),
    "a Host that is none": (b"GET /sparql HTTP/1.1\r\nHost: a/b?c#d @e\r\n\r\n", {200, 400}),
    "a Host with markup": (b"GET / HTTP/1.1\r\nHost: <script>\r\nAccept: text/html\r\n\r\n", {200, 400}),
    "a range": (get(query("ASK {}"), "Range: bytes=0-5"), {200, 206, 416}),
    "an upgrade to HTTP/2": (get(query("ASK {}"), "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
                                 "HTTP2-Settings: AAMAAABkAAQAAP__"), {101, 200, *REFUSED}),
    "an upgrade to a web socket": (get(query("ASK {}"), "Connection: Upgrade", "Upgrade: websocket",
                                       "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + "A" * 22 + "=="),
                                   {200, 426, *GONE}),
    "a condition that is none": (get(query("ASK {}"), 'If-None-Match: ,,"", "unfinished'), {200, 304, 400}),
    "a date that is none": (get(query("ASK {}"), "If-Modified-Since: yesterday"), {200, 400}),
    # the first line
    "an address of a mebibyte": (get("/sparql?query=ASK%7B%7D%23" + "x" * MIB), GONE),
    "an address of sixty kibibytes": (get("/sparql?query=ASK%7B%7D%23" + "x" * 60_000), {200, *GONE}),
    "an unknown method": (get("/sparql", method="BREW"), {405, 501}),
    "a method in lower case": (get(query("ASK {}"), method="get"), {200, *GONE}),
    "a method of a kilobyte": (get("/sparql", method="X" * 1000), GONE),
    "TRACE": (get("/sparql", "Cookie: secret", method="TRACE"), {405, 501}),
    "CONNECT": (get("localhost:80", method="CONNECT"), GONE),
    "CONNECT with a path": (get("/sparql", method="CONNECT"), GONE),
    "OPTIONS of all": (get("*", method="OPTIONS"), {200, 204, *GONE}),
    "GET of all": (get("*"), GONE),
    "no path": (get("?query=ASK%7B%7D"), GONE),
    "a fragment": (get("/sparql?query=ASK%7B%7D#here"), {200, *GONE}),
    "HTTP/0.9": (b"GET /sparql\r\n\r\n", GONE),
    "HTTP/1.2": (get(query("ASK {}"), version="HTTP/1.2"), {200, *GONE}),
    "HTTP/3.0": (get(query("ASK {}"), version="HTTP/3.0"), GONE),
    "the preface of HTTP/2 and no more": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"nonsense" * 10, GONE),
    "TLS": (bytes.fromhex("16030100c8010000c40303") + bytes(range(190)), GONE),
    "SSH": (b"SSH-2.0-OpenSSH_9.2\r\n", GONE),
    "nothing but NULs": (bytes(1000), GONE),
    "nothing but line ends": (b"\r\n" * 100 + get(query("ASK {}")), {200, *GONE}),
}  # fmt: skip

#: What is never sent to its end.
BEGINNINGS: dict[str, bytes] = {
    "half of the first line": b"GET /spa",
    "half of a header": b"GET /sparql HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    "half of a query": post(b"ASK", QUERY, length=100),
    "half of a form": post(b"model=", FORM, target="/queries/successors", length=100),
    "half of a graph": get("/graphs?default", "Content-Type: text/turtle", "Content-Length: 100", method="PUT") + b"<x:",
    "some of the chunks": get("/sparql", QUERY, "Transfer-Encoding: chunked", method="POST") + b"3\r\nASK\r\n",
    "some of a chunk of sixteen exbibytes": get("/sparql", QUERY, "Transfer-Encoding: chunked", method="POST")
    + b"f" * 16 + b"\r\nASK {}\r\n0\r\n\r\n",
}  # fmt: skip
