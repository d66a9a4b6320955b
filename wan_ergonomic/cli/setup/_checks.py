"""The checks of ``wan doctor``: each says that something is good, or what to do about it."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wan_ergonomic import WanError, __version__, _spec
from wan_ergonomic._api_key import find_key
from wan_ergonomic._environment import read_environment
from wan_ergonomic._settings import find_base_url, read_config

from ._values import masked

if TYPE_CHECKING:
    from wan_ergonomic import WanClient

Mark = Literal["good", "note", "wrong"]

PACKAGE = "wan-ergonomic"
# Installed only by those who work on this package.
_NOT_FOR_USERS = frozenset(
    {*("all", "audit", "bench", "browser", "dev"), *("docs", "notebook", "pyright", "release")}
)
# The log is read by times, and proxies and certificates depend on them, too.
_CLOCKS_APART = 120.0
# A contract that is older should be compared with what is published.
_OLD_DAYS = 60
_SECONDS = 15.0
_NAME = re.compile(r"[\w.-]+")
_EXTRA = re.compile(r"""extra == ["']([\w-]+)["']""")


@dataclass(frozen=True, slots=True)
class Check:
    """What was found.

    Attributes:
        name: What was looked at.
        mark: ``good``; ``note`` for what is worth knowing; ``wrong`` for what has to be mended.
        text: What was found, and what to do if it is not good.
    """

    name: str
    mark: Mark
    text: str


def checks_here(*, needs_key: bool = True) -> Iterator[Check]:
    """Yield what can be told without the network; a missing key is wrong only if one is needed."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("package", "good", f"{PACKAGE} {__version__}, Python {python}")
    yield _command()
    yield _tried("config", _config)
    key = _tried("key", _key)
    yield key if needs_key or key.mark == "good" else replace(key, mark="note")
    yield _tried("network", _network)
    yield _tried("ledger", _ledger)
    yield _tried("folder", _folder)
    yield _extras()
    yield _contract()


def checks_at_api(
    make: Callable[[], WanClient], server_time: Callable[[WanClient], datetime | None]
) -> Iterator[Check]:
    """Yield what only the API can tell. Costs nothing.

    Args:
        make: Makes a client; its key may be missing.
        server_time: Asks for the server's time.
    """
    try:
        made = make()
    except WanError as error:
        yield Check("API", "wrong", f"not asked, because no client can be made: {error}")
        return
    with made as client:
        address = client.base_url
        try:
            there = server_time(client)
        except WanError as error:
            yield Check("API", "wrong", f"{address}: {error}")
            return
        yield Check("API", "good", f"{address} can be reached")
        yield _clock(there)
        if client._key.text:
            yield _account(client)
        else:
            yield Check("account", "note", "not asked for, because there is no key")


def check_published() -> Check:
    """Look at whether the vendor has published something newer. Sends no key."""
    try:
        from wan_ergonomic.contract import headline, watch_published

        result = watch_published()
    except ImportError:
        text = f"not looked up; pip install '{PACKAGE}[contract]' adds what that needs"
        return Check("updates", "note", text)
    except WanError as error:
        return Check("updates", "note", f"could not be compared: {error}")
    if result.error and not result.findings:
        return Check("updates", "note", f"could not be looked up: {result.error}")
    if not result.findings:
        return Check("updates", "good", "nothing newer than this contract is published")
    text = f"{headline(result.comparison)} See wan contract watch"
    return Check("updates", "note", f"something newer is published. {text}")


def _tried(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except (WanError, OSError) as error:
        return Check(name, "wrong", str(error))


def _command() -> Check:
    """Look at which program ``wan`` is: another package installs one, too."""
    found = shutil.which("wan")
    if found is None:
        text = f"wan is not on the PATH. Use {sys.executable} -m wan_ergonomic, or add its folder."
        return Check("command", "note", text)
    # Windows has an .exe, whose script is in the file as well.
    if b"wan_ergonomic" in Path(found).read_bytes():
        return Check("command", "good", f"wan is {found}")
    text = f"wan is {found}, of another package. Use wan-ergonomic, which is always this one."
    return Check("command", "wrong", text)


def _config() -> Check:
    config = read_config()
    return Check("config", "good", str(config.file or "no file, so the defaults are in force"))


def _key() -> Check:
    key = find_key(None)
    return Check("key", "good", f"{key.source} holds {masked(key.text)}")


def _network() -> Check:
    environment = read_environment(find_base_url(None))
    proxies = ", ".join(map(str, environment.proxies.by_scheme.values())) or "no proxy"
    trust = environment.trust.variables
    return Check("network", "good", f"{proxies}; certificates of {trust or 'the system'}")


def _ledger() -> Check:
    from wan_ergonomic.ledger import find_ledger

    ledger = find_ledger()
    if ledger is None:
        return Check("ledger", "note", "WAN_LEDGER is off, so nothing that is paid is recorded")
    jobs = ledger.jobs()
    unfinished, lost = sum(job.unfinished for job in jobs), sum(job.lost for job in jobs)
    said = [f"{ledger.path}: {len(jobs):,} jobs"]
    said += [f"{unfinished:,} without a saved video: wan resume"] if unfinished else []
    said += [f"{lost:,} of which nobody knows whether they run: wan recover --all"] if lost else []
    return Check("ledger", "note" if unfinished or lost else "good", "; ".join(said))


def _folder() -> Check:
    tempfile.TemporaryFile(dir=Path()).close()
    return Check("folder", "good", f"{Path.cwd()} can be written")


def _extras() -> Check:
    """Look at which extras are complete."""
    needed: dict[str, list[str]] = {}
    with suppress(metadata.PackageNotFoundError):
        for requirement in metadata.requires(PACKAGE) or ():
            name, extra = _NAME.match(requirement), _EXTRA.search(requirement)
            if name and extra and extra[1] not in _NOT_FOR_USERS:
                needed.setdefault(extra[1], []).append(name[0])
    there = [extra for extra, names in needed.items() if _are_installed(names)]
    missing = sorted(needed.keys() - {*there})
    text = f"{', '.join(sorted(there)) or 'none'}"
    if missing:
        text += f". Not installed: {', '.join(missing)}; pip install '{PACKAGE}[NAME]' adds one"
    return Check("extras", "good", text)


def _are_installed(names: Sequence[str]) -> bool:
    try:
        return all(metadata.version(name) for name in names)
    except metadata.PackageNotFoundError:
        return False


def _contract() -> Check:
    day = date.fromisoformat(_spec.retrieved())
    age = (datetime.now(UTC).date() - day).days
    text = f"as published on {day}, {age} days ago"
    if age <= _OLD_DAYS:
        return Check("contract", "good", text)
    advice = "Compare it with what is published now: wan contract watch"
    return Check("contract", "note", f"{text}. {advice}")


def _clock(there: datetime | None) -> Check:
    if there is None:
        return Check("clock", "note", "the API does not say what time it is")
    apart = (datetime.now(UTC) - there).total_seconds()
    if abs(apart) < _CLOCKS_APART:
        return Check("clock", "good", f"within {abs(apart) + 1:.0f} s of the API's")
    side = "ahead of" if apart > 0 else "behind"
    text = f"{abs(apart) / 60:.0f} minutes {side} the API's. Set this machine's clock."
    return Check("clock", "wrong", text)


def _account(client: WanClient) -> Check:
    """Look at whether the API takes the key; that costs nothing."""
    try:
        return Check("account", "good", f"the key is accepted; {client.balance(timeout=_SECONDS)}")
    except WanError as error:
        status = getattr(error, "status_code", None)
        if status in {403, 404}:
            return Check("account", "note", f"the key may not read the balance: {error}")
        return Check("account", "wrong", f"{error}")
