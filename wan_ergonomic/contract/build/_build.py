"""From the joined operations to the contract and the generator's document: pure functions.

First come the overlays, which were written for our documents. General repair follows; it
leaves a correct document as it is. The overlays of the client stage come last: they give
generated code its names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from wan_ergonomic._json import escape
from wan_ergonomic._spec import address, choices
from wan_ergonomic.contract.document._validate import schemas_in, validate
from wan_ergonomic.contract.overlay._apply import apply, shallow, survey
from wan_ergonomic.contract.overlay._overlay import Overlay, Unneeded
from wan_ergonomic.contract.repair._document import Correction, correct

from ._client import simplified

# Media types that say nothing.
_ANY = frozenset({"*/*", "application/*"})


@dataclass(frozen=True)
class Built:
    """The documents, and what building them found.

    Attributes:
        contract: What the vendor publishes, corrected and valid.
        client: The generator's input.
        corrections: What general repair corrected; empty if the overlays were enough.
        unneeded: The overlay actions that are not needed any more.
    """

    contract: dict[str, Any]
    client: dict[str, Any]
    corrections: tuple[Correction, ...] = ()
    unneeded: tuple[Unneeded, ...] = ()


def build(
    joined: Mapping[str, Any],
    overlays: Sequence[Overlay],
    *,
    strict: bool,
    host: str | None = None,
) -> Built:
    """Return the contract and the generator's document.

    Args:
        joined: The published operations in one document.
        overlays: Corrections of the published documents, and our names.
        strict: Whether an overlay action that is not needed is an error.
        host: The URL that documented servers without a host are relative to.

    Raises:
        ContractError: An overlay cannot be applied, or the result is not valid, or too deep.
    """
    with shallow():
        if strict:
            contract, corrections = _repaired(apply(joined, overlays, "contract"), host)
            client = simplified(apply(contract, overlays, "client"))
            return Built(contract, client, corrections)
        overlaid, unneeded = survey(joined, overlays, "contract")
        contract, corrections = _repaired(overlaid, host)
        client, later = survey(contract, overlays, "client")
        return Built(contract, simplified(client), corrections, (*unneeded, *later))


def _repaired(
    document: dict[str, Any], host: str | None
) -> tuple[dict[str, Any], tuple[Correction, ...]]:
    corrected, corrections = correct(document, host)
    contract, moved = _below_hosts(corrected)
    more = (*_filled(contract), *_json_named(contract))
    validate(contract)
    return contract, (*corrections, *moved, *more)


def _below_hosts(document: dict[str, Any]) -> tuple[dict[str, Any], tuple[Correction, ...]]:
    """Write the path of the server at the start of each path.

    The client's base URL has no version of the API, and other operations are not below it.
    """
    servers = document["servers"]
    start = urlsplit(address(servers[0])).path
    if not start:
        return document, ()
    urls = [address(server) for server in servers]
    paths = {f"{start}{path}": item for path, item in document["paths"].items()}
    kept = [{"url": url.removesuffix(start)} for url in urls if url.endswith(start)]
    what = f"Its path, {start!r}, was written at the start of each path."
    return {**document, "paths": paths, "servers": kept}, (Correction("/servers/0/url", what),)


def _filled(document: dict[str, Any]) -> Iterator[Correction]:
    """Write, in place, each parameter of a path that has only one value into the path."""
    for path, item in list(document["paths"].items()):
        parameters = [each for o in item.values() for each in o.get("parameters", ())]
        fixed = {each["name"]: each["schema"] for each in parameters if _is_fixed(each)}
        better = path
        for name, schema in fixed.items():
            better = better.replace(f"{{{name}}}", quote(str(choices(schema)[0])))
        for operation in item.values() if fixed else ():
            kept = [each for each in operation.get("parameters", ()) if not _is_fixed(each)]
            operation["parameters"] = kept
        if fixed:
            document["paths"][better] = document["paths"].pop(path)
            what = f"What has only one value was written into the path: {better!r}."
            yield Correction(f"/paths/{escape(path)}", what)


def _is_fixed(parameter: Mapping[str, Any]) -> bool:
    return parameter["in"] == "path" and len(choices(parameter.get("schema", {}))) == 1


def _json_named(document: dict[str, Any]) -> Iterator[Correction]:
    """Name, in place, the type of each body that is documented as one of any type."""
    for pointer, holder in schemas_in(document["paths"], frozenset({"content"}), "/paths"):
        content = holder["content"]
        if len(content) == 1 and content.keys() <= _ANY:
            content["application/json"] = content.popitem()[1]
            what = "It may be of any type; 'application/json', as the API sends it, was named."
            yield Correction(f"{pointer}/content", what)
