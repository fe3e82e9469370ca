"""What every request must pass before it is looked at, and the headers that every answer bears."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import json
import math
import re
import secrets
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

BODY_BYTES = 1_000_000
LARGE_BYTES = 20_000_000
"""What a body may have where packages or tables are sent."""
READ_ON_BYTES = 100_000_000
"""How much of a body that is too large is read on and thrown away: who is still sending would not hear the answer."""
BODY_S = 60.0
"""How long a body may take to come."""
MOST_LARGE = 8
"""Bodies larger than `BODY_BYTES` that are taken at the same time, until they are answered."""
MOST_PARTS = 4_000_000
"""Values and lists of values in tables that are sent: reading them holds up everybody else, 0.1 s a million."""
TABLES = re.compile(r"/api/packages/[^/]+/(check|edit)")
LARGE = re.compile(r"/api/packages(/[^/]+/(check|edit))?")

SAFE = ("GET", "HEAD", "OPTIONS")
COOKIE = "jibek-token"

CLOSED = "default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
    "Content-Security-Policy": CLOSED,
}
"""Headers of all answers; an answer that sets one of them itself keeps it."""


class Refused(Exception):  # noqa: N818 - told to the client
    """A request is not let in."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Guard:
    """Lets requests in that name this server, have the token, come from its own page, and are not too large.

    Parameters
    ----------
    app
        What is guarded.
    host
        What the server is bound to, as the user gave it.
    token
        What requests to the API must have; None: nothing.
    """

    def __init__(self, app: App, *, host: str, token: str | None) -> None:
        self._app = app
        self._token = token
        self._large = 0
        self._names = {host.casefold(), "localhost"}
        if not is_loopback(host):
            self._names |= {socket.gethostname().casefold(), socket.getfqdn().casefold()}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        told = _with_headers(send)
        large = _may_be_large(scope, headers)
        full = large and self._large >= MOST_LARGE
        self._large += large
        try:
            await self._answer(scope, headers, receive, told, full=full)
        finally:
            self._large -= large

    async def _answer(
        self, scope: Message, headers: MutableMapping[str, str], receive: Receive, told: Send, *, full: bool
    ) -> None:
        try:
            self._refuse_other_hosts(headers)
            if self._token is not None and (there := self._entrance(scope)):
                return await _answer(told, 303, b"", {"Location": there, "Set-Cookie": self._cookie()})
            self._refuse_strangers(scope["path"], headers)
            _refuse_other_origins(scope, headers)
            async with asyncio.timeout(BODY_S):
                body = await _body(scope, headers, receive, full=full)
        except TimeoutError:
            return await _answer(told, 408, b"", {"Connection": "close"})
        except Refused as error:
            text = json.dumps(
                {"problems": [{"table": None, "row": None, "line": None, "column": None, "message": str(error)}]}
            )
            return await _answer(
                told, error.status, text.encode(), {"Content-Type": "application/json", **error.headers}
            )
        return await self._app(scope, _replayed(body, receive), told)

    def _refuse_other_hosts(self, headers: MutableMapping[str, str]) -> None:
        """Refuse names that are not this server's: a page elsewhere may have its own name lead here."""
        name = host_in(headers.get("host", ""))
        if name is None or not (name in self._names or _is_address(name)):
            raise Refused(400, "the Host header does not name this server")

    def _entrance(self, scope: Message) -> str | None:
        """Return where to go on if the token stands in the address, where it shall not stay."""
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        if scope["method"] != "GET" or not self._is_token(asked.pop("token", [""])[0].encode()):
            return None
        rest = urlencode(asked, doseq=True)
        return "/" + quote(scope["path"].lstrip("/")) + (f"?{rest}" if rest else "")

    def _cookie(self) -> str:
        return f"{COOKIE}={_hidden(self._token or '')}; Path=/; HttpOnly; SameSite=Strict"

    def _refuse_strangers(self, path: str, headers: MutableMapping[str, str]) -> None:
        """Refuse requests to the API without the token; the page itself holds nothing secret."""
        if self._token is None or path == "/":
            return
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.casefold() == "bearer" and self._is_token(given.strip().encode("latin-1")):
            return
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        if cookie is None or not secrets.compare_digest(cookie.value.encode(), _hidden(self._token).encode()):
            message = (
                "the token is missing or wrong: open the address with ?token=... once, or send Authorization: Bearer"
            )
            raise Refused(401, message, **{"WWW-Authenticate": "Bearer"})

    def _is_token(self, given: bytes) -> bool:
        return secrets.compare_digest(given, (self._token or "").encode())


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def host_in(text: str) -> str | None:
    """Return the name in a Host header, without its port; None if there is none.

    Examples
    --------
    >>> host_in("Localhost:8765"), host_in("[::1]:80"), host_in("a@b"), host_in("")
    ('localhost', '::1', None, None)
    """
    try:
        parts = urlsplit(f"//{text}")
        _ = parts.port
    except ValueError:
        return None
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return parts.hostname or None


def page_policy(page: str) -> str:
    """Return the content policy of a page: its own scripts and styles, and this server."""
    scripts = " ".join(_hashes(page, "script"))
    styles = " ".join(_hashes(page, "style"))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; style-src-attr 'unsafe-inline'; connect-src 'self'; "
        "img-src 'self' data: blob:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hashes(page: str, tag: str) -> Iterable[str]:
    for text in re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", page, re.DOTALL | re.IGNORECASE):
        yield f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _refuse_other_origins(scope: Message, headers: MutableMapping[str, str]) -> None:
    """Refuse what would change something and comes from another page."""
    if scope["method"] in SAFE:
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    host = headers.get("host", "").casefold()  # a proxy before the server may have TLS: the scheme does not count
    own = origin is None or origin.casefold() in (f"http://{host}", f"https://{host}")
    if (site is not None and site not in ("same-origin", "none")) or not own:
        raise Refused(403, "this comes from another page; only the server's own may do that")


def _may_be_large(scope: Message, headers: MutableMapping[str, str]) -> bool:
    return scope["method"] not in SAFE and LARGE.fullmatch(scope["path"]) is not None and _size(headers) > BODY_BYTES


def _size(headers: MutableMapping[str, str]) -> float:
    """Return the size of a body as it is declared; one that is sent in chunks may have any."""
    if "transfer-encoding" in headers:
        return math.inf
    declared = headers.get("content-length", "0")
    return int(declared[:20]) if declared.isdecimal() else 0


async def _body(scope: Message, headers: MutableMapping[str, str], receive: Receive, *, full: bool) -> bytes:
    """Read the body, as far as one may be."""
    if scope["method"] in SAFE:
        return b""
    most = LARGE_BYTES if LARGE.fullmatch(scope["path"]) else BODY_BYTES
    too_large = Refused(413, f"that is more than {most // 1_000_000} MB", Connection="close")
    size = 0 if "transfer-encoding" in headers else _size(headers)
    if size > most + READ_ON_BYTES or (size > most and "expect" in headers):
        raise too_large
    read, came, more = bytearray(), 0, True
    while more and came <= most + READ_ON_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the body has not come in full")
        came += len(message.get("body", b""))
        if max(size, came) <= most and not full:
            read += message.get("body", b"")
        more = message.get("more_body", False)
    if max(size, came) > most:
        raise too_large
    if full:
        raise Refused(429, f"{MOST_LARGE} packages are being sent already; try again in a moment", Retry_After="2")
    if TABLES.fullmatch(scope["path"]) and sum(map(read.count, (b",", b"["))) > MOST_PARTS:
        raise Refused(413, f"that is more than {MOST_PARTS:,} cells")
    return bytes(read)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body that has been read, then what else comes."""
    given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return given.pop() if given else await receive()

    return replay


def _with_headers(send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message.get("headers", ())}
            more = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = [*message.get("headers", ()), *(one for one in more if one[0] not in there)]
        await send(message)

    return told


async def _answer(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    lines = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    lines.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _hidden(token: str) -> str:
    """Return what stands in the cookie for the token."""
    return hashlib.sha256(b"jibek:" + token.encode()).hexdigest()
