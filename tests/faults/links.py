"""Links of videos: malformed ones, to private addresses, through redirects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .cells import ELSEWHERE, GOOD_VIDEO, HERE, PORT, QUERY, WHOLE, Cell, Fault, Reply, Result

KIND = "link"
PATH = f"/1d/v.mp4{QUERY}"
NOT_FOLLOWED = Result("DownloadError", "none")

# A client of a server on this machine follows none of these.
MALFORMED: dict[str, str] = {
    "relative": "v.mp4",
    "an absolute path": PATH,
    "without a scheme": f"//store.example{PATH}",
    "file:": "file:///etc/passwd",
    "file: on a host": "file://127.0.0.1/etc/passwd",
    "javascript:": "javascript:alert(1)",
    "data:": "data:video/mp4;base64,AAAAGGZ0eXA=",
    "ftp:": "ftp://127.0.0.1/v.mp4",
    "ws:": "ws://127.0.0.1/v.mp4",
    "unix:": "unix:///var/run/docker.sock",
    "http on another host": f"http://store.example{PATH}",
    "http without a host": f"http://{PATH}",
    "https without a host": f"https://{PATH}",
    "nothing but https": "https://",
    "a port beyond ports": f"https://127.0.0.1:99999{PATH}",
    "a port in words": f"https://127.0.0.1:https{PATH}",
    "half an IPv6 address": f"http://[::1{PATH}",
    "a label too long for DNS": f"https://{'a' * 64}.example{PATH}",
    "an empty label": f"https://store..example{PATH}",
    "a null character": "https://\0/v.mp4",
    "a line break": "https://store.example\r\nX-Evil: 1/v.mp4",
    "70,000 characters": "https://store.example/" + "v" * 70_000,
    "half a character": "https://w\ud800.example/v.mp4",
    "blanks within": "h t t p s://store.example/v.mp4",
}
# A client of a public API follows none of these.
PRIVATE: dict[str, str] = {
    "http": f"http://store.example{PATH}",
    "http at the API": f"http://api.example{PATH}",
    "http on this machine": f"http://127.0.0.1:{PORT}/v.mp4",
    "loopback": f"https://127.0.0.1:{PORT}/v.mp4",
    "loopback as IPv6": f"https://[::1]:{PORT}/v.mp4",
    "loopback mapped to IPv6": f"https://[::ffff:127.0.0.1]:{PORT}/v.mp4",
    "loopback as a number": f"https://2130706433:{PORT}/v.mp4",
    "loopback cut short": f"https://127.1:{PORT}/v.mp4",
    "loopback in octal": f"https://0177.0.0.1:{PORT}/v.mp4",
    "any address": f"https://0.0.0.0:{PORT}/v.mp4",
    "a private network": "https://10.0.0.1/v.mp4",
    "a home's router": "https://192.168.0.1/v.mp4",
    "a container's host": "https://172.17.0.1/v.mp4",
    "a cloud's metadata": "https://169.254.169.254/latest/meta-data/",
    "a carrier's network": "https://100.64.0.1/v.mp4",
    "a private network as IPv6": "https://[fd00::1]/v.mp4",
    "this link as IPv6": "https://[fe80::1]/v.mp4",
    "a multicast address": "https://224.0.0.1/v.mp4",
}
# The same by host name: only a lookup shows it.
BY_NAME = {"loopback by name": f"https://localhost:{PORT}/v.mp4"}
# A client of a public API follows these, without the key.
PUBLIC: dict[str, str] = {
    "its own store": f"{HERE}{PATH}",
    "another host": f"{ELSEWHERE}{PATH}",
    "the API itself": f"https://api.example{PATH}",
}
# In a Location header these are relative to the link, or cannot be sent at all.
RELATIVE = {
    "relative",
    "an absolute path",
    "half a character",
    "blanks within",
    "a line break",
    "a null character",
}
# For these httpx raises the error of a broken response, so they are tried again.
UNREAD = {
    "http without a host",
    "https without a host",
    "nothing but https",
    "a port in words",
    "half an IPv6 address",
    "70,000 characters",
    "loopback in octal",
}


def cells() -> Iterator[Cell]:
    """Yield every cell of this kind."""
    for name, link in MALFORMED.items():
        yield _cell(name, "", NOT_FOLLOWED, link=link)
    for name, link in PRIVATE.items():
        yield _cell(name, "of a public API", NOT_FOLLOWED, link=link, production=True)
    for name, link in (PRIVATE | BY_NAME).items():
        yield _cell(name, "of a public API, by the network", NOT_FOLLOWED, link=link, aimed=True)
    for name, link in PUBLIC.items():
        yield _cell(name, "of a public API", WHOLE, link=link, production=True)
    yield _cell("another host", "", WHOLE, link=f"{ELSEWHERE}{PATH}")
    yield _cell("a name and a password", "", WHOLE, link=f"{HERE}{PATH}".replace("//", "//a:b@"))
    yield _cell("a fragment", "", WHOLE, link=f"{HERE}{PATH}#t=1")
    yield from _redirects()


def _redirects() -> Iterator[Cell]:
    """Yield the cells of redirects to all of these, and of loops."""
    ended = Result("DownloadError", "1 video")
    broken = Result("IncompleteDownloadError", "4 video")
    for name, link in (MALFORMED | PRIVATE).items():
        if name not in RELATIVE:
            here = {"production": True} if name in PRIVATE else {}
            case = "of a public API" if here else ""
            yield _redirected(name, case, broken if name in UNREAD else ended, link, **here)
    followed = Result("completed", "2 video", files="video")
    for name, link in PUBLIC.items():
        yield _redirected(name, "of a public API", followed, link, production=True)
    for status in (301, 302, 303, 307, 308):
        yield _redirected("another host", str(status), followed, f"{ELSEWHERE}{PATH}", status)
    yield _redirected("a relative place", "", followed, "/there.mp4")
    circle = Result("DownloadError", "6 video")
    yield _redirected("itself", "", circle, f"{HERE}{PATH}")
    yield _redirected("itself", "of a public API", circle, f"{HERE}{PATH}", production=True)
    yield _cell("a redirect", "to nowhere", ended, (Reply(302),))


def _redirected(
    name: str, case: str, result: Result, link: str, status: int = 302, **more: Any
) -> Cell:
    """Return the cell of a good link that redirects to another one."""
    away = Reply(status, "", {"Location": link})
    script: tuple[Fault, ...] = (away, GOOD_VIDEO) if "2" in result.requests else (away,)
    return _cell(f"a redirect to {name}", case, result, script, **more)


def _cell(
    fault: str, case: str, result: Result, script: tuple[Fault, ...] = (), **more: Any
) -> Cell:
    return Cell(
        kind=KIND, fault=fault, case=case, act="download", result=result, script=script, **more
    )
