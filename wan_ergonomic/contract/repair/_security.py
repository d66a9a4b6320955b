"""Repairs security schemes, and the requirements that name them.

The API takes a bearer key, so a scheme that is not described becomes a bearer scheme.
"""

from __future__ import annotations

from typing import Any

from wan_ergonomic._json import escape

from ._schemas import Note

_KEYS: dict[str, set[str]] = {
    "http": {"type", "scheme", "bearerFormat", "description"},
    "apiKey": {"type", "in", "name", "description"},
    "oauth2": {"type", "flows", "description"},
    "openIdConnect": {"type", "openIdConnectUrl", "description"},
    "mutualTLS": {"type", "description"},
}
_OBJECTS = {"flows"}
_BEARER = {"type": "http", "scheme": "bearer"}


def correct_security(document: dict[str, Any], note: Note) -> None:
    """Repair each scheme, then each requirement."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        schemes[name] = _scheme(scheme, f"/components/securitySchemes/{escape(name)}", note)
    missing: set[str] = set()
    for pointer, holder in _holders(document):
        requirements = _listed(holder, pointer, note)
        for index, requirement in enumerate(requirements):
            for name in [name for name in requirement if name not in schemes]:
                where = f"{pointer}/security/{index}/{escape(name)}"
                if len(schemes) == 1:
                    (only,) = schemes
                    requirement[only] = requirement.pop(name)
                    note(
                        where,
                        f"There is no scheme {name!r}; it was replaced by the only one, {only!r}.",
                    )
                else:
                    missing.add(name)
    for name in sorted(missing):
        components = document.setdefault("components", {})
        components.setdefault("securitySchemes", {})[name] = dict(_BEARER)
        note(
            f"/components/securitySchemes/{escape(name)}",
            "A requirement names it, but it is not described; a bearer key was added.",
        )


def _holders(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [("", document)]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict):
                found.append((f"/paths/{escape(path)}/{method}", operation))
    return [(pointer, holder) for pointer, holder in found if "security" in holder]


def _listed(holder: dict[str, Any], pointer: str, note: Note) -> list[dict[str, Any]]:
    """Return the requirements of a document or operation, as a list of objects of lists."""
    given = holder["security"]
    security = [given] if isinstance(given, dict) else given if isinstance(given, list) else []
    kept = [each for each in security if isinstance(each, dict)]
    kept = [{name: _scopes(scopes) for name, scopes in each.items()} for each in kept]
    if kept != given:
        note(
            f"{pointer}/security",
            "It must be a list of objects with a list for each scheme; it was corrected.",
        )
    holder["security"] = kept
    return kept


def _scopes(scopes: Any) -> list[str]:
    return [each for each in scopes if isinstance(each, str)] if isinstance(scopes, list) else []


def _scheme(scheme: Any, pointer: str, note: Note) -> dict[str, Any]:
    if not isinstance(scheme, dict) or not isinstance(scheme.get("type"), str):
        note(pointer, "It has no type; it was replaced by a bearer key.")
        return dict(_BEARER)
    better = dict(scheme)
    if scheme["type"].lower() in {"bearer", "basic"}:
        better |= {"type": "http", "scheme": scheme["type"].lower()}
        note(
            f"{pointer}/type",
            f"{scheme['type']!r} is a scheme of the type 'http'; it was corrected.",
        )
    elif scheme["type"] not in _KEYS:
        note(
            f"{pointer}/type", f"{scheme['type']!r} is not a type; it was replaced by a bearer key."
        )
        return dict(_BEARER)
    if better["type"] == "http" and not isinstance(better.get("scheme"), str):
        better["scheme"] = "bearer"
        note(f"{pointer}/scheme", "It is missing; 'bearer' was added.")
    if better["type"] == "apiKey":
        for key, filling in (("in", "header"), ("name", "Authorization")):
            if not isinstance(better.get(key), str):
                better[key] = filling
                note(f"{pointer}/{key}", f"It is missing; {filling!r} was added.")
    _remove_undefined(better, pointer, note)
    return better


def _remove_undefined(better: dict[str, Any], pointer: str, note: Note) -> None:
    """Remove the keys that the type of a scheme does not define."""
    for key in sorted(better):
        known = key in _KEYS[better["type"]] and (key in _OBJECTS or isinstance(better[key], str))
        if not known and not key.startswith("x-"):
            del better[key]
            note(
                f"{pointer}/{key}",
                f"The type {better['type']!r} does not define it; it was removed.",
            )
