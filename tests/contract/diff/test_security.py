"""Comparing security requirements: alternatives, combinations, scopes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.diff.catalogue.mutations import Draft, Json, contract
from wan_ergonomic.contract import Finding

from .test_compare import differences

SCHEMES: Json = {
    "key": {"type": "apiKey", "in": "query", "name": "key"},
    "app": {"type": "apiKey", "in": "header", "name": "X-App"},
    "oauth": {"type": "oauth2", "flows": {}},
    "bearer": {"type": "http", "scheme": "bearer"},
    "other": {"type": "http", "scheme": "Bearer", "description": "a"},
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://a/.well-known"},
}
KEY: Json = {"key": []}
APP: Json = {"app": []}
BOTH = KEY | APP
SECURITY = ("authorization", "KEY_VARIABLES")


def oauth(*scopes: str) -> Json:
    """Return a requirement of scopes."""
    return {"oauth": list(scopes)}


def document(security: Any, schemes: Json = SCHEMES, of_all: Any = None) -> Json:
    """Return the contract with security requirements of the create operation."""
    draft = Draft(contract())
    draft.document["components"]["securitySchemes"] = schemes
    draft.operation("poll")["security"] = [KEY]
    draft.operation("create").pop("security")
    if security is not None:
        draft.operation("create")["security"] = security
    if of_all is not None:
        draft.document["security"] = of_all
    return draft.document


def outline(findings: list[Finding]) -> list[tuple[str, str]]:
    """Return rule and severity of findings, without their common words."""
    assert all(finding.impact == SECURITY for finding in findings)
    return [(finding.rule.removeprefix("api-security-"), finding.severity) for finding in findings]


ADDED, REMOVED = ("added", "breaking"), ("removed", "breaking")
SCOPE_ADDED, SCOPE_REMOVED = ("scope-added", "breaking"), ("scope-removed", "info")
CHANGED, RELAXED = ("scheme-changed", "breaking"), ("scheme-changed", "info")
ACCEPTED, OPENED = ("added", "info"), ("removed", "info")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Alternatives.
        ([KEY, APP], [APP, KEY], []),
        ([KEY, KEY], [KEY], []),
        ([KEY], [APP], [CHANGED]),
        ([KEY, APP], [KEY], [REMOVED]),
        ([KEY], [KEY, APP], [ACCEPTED]),
        ([KEY, APP], [{"bearer": []}, {"openid": []}], [REMOVED, REMOVED, ACCEPTED, ACCEPTED]),
        # Combinations.
        ([KEY], [BOTH], [CHANGED]),
        ([BOTH], [KEY], [RELAXED]),
        ([BOTH], [{"app": [], "key": []}], []),
        ([BOTH, KEY], [KEY], []),
        ([KEY], [KEY, BOTH], []),
        ([BOTH], [KEY, APP], [ACCEPTED, ACCEPTED]),
        ([KEY, APP], [BOTH], [REMOVED, REMOVED]),
        ([APP | oauth("a"), KEY], [APP | oauth("b"), KEY], [SCOPE_ADDED, SCOPE_REMOVED]),
        # One of the others accepts the same credentials in any case.
        ([KEY, BOTH], [KEY, KEY | oauth("a")], []),
        # Scopes.
        ([oauth("a")], [oauth("a", "b")], [SCOPE_ADDED]),
        ([oauth("a", "b")], [oauth("a")], [SCOPE_REMOVED]),
        ([oauth("a", "b")], [oauth("b", "a")], []),
        ([oauth("a"), oauth("b")], [oauth("b"), oauth("a")], []),
        ([oauth("a"), oauth("b")], [oauth("a")], [REMOVED]),
        ([oauth("a")], [oauth("a"), oauth("b")], [ACCEPTED]),
        ([oauth("a"), oauth()], [oauth("a", "b"), oauth()], [("scope-added", "info")]),
        # No credentials.
        ([{}, KEY], [KEY], [ADDED]),
        ([KEY], [{}, KEY], [OPENED]),
        ([{}], [KEY], [ADDED]),
        ([KEY], [{}], [OPENED]),
        ([{}, KEY], [KEY, {}], []),
        ([{}], [], []),
        ([], None, []),
        ([], [KEY], [("added", "warning")]),
        (None, [KEY, APP], [("added", "warning")]),
        ([KEY], [], [OPENED]),
        # Schemes that demand the same, and a scheme that is not described.
        (
            [{"bearer": []}],
            [{"other": []}],
            [("scheme-changed", "warning"), ("component-description-changed", "docs")],
        ),
        ([{"lost": []}], [{"lost": []}], []),
        ([{"lost": []}], [KEY], [CHANGED]),
    ],
)  # fmt: skip
def test_who_has_old_credentials_must_be_accepted(old, new, expected):
    """Each alternative is a combination of schemes and scopes; their order means nothing."""
    assert outline(differences(document(old), document(new))) == expected


@pytest.mark.parametrize("security", [[KEY, BOTH, {}], [oauth("a"), oauth("b")], []])
def test_a_list_of_alternatives_is_no_change_of_itself(security):
    """Whatever it holds."""
    assert differences(document(security), document(security)) == []


def test_an_empty_list_takes_back_the_requirements_of_the_document():
    """What was open explicitly may not be closed."""
    old = document([], of_all=[KEY])
    assert outline(differences(old, document(None, of_all=[KEY]))) == [ADDED]
    assert outline(differences(document(None, of_all=[KEY]), old)) == [OPENED]
    assert outline(differences(old, document([{}], of_all=[KEY]))) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"type": "apiKey", "in": "query", "name": "key"},
         {"type": "apiKey", "in": "query", "name": "KEY"}, [CHANGED]),
        ({"type": "apiKey", "in": "cookie", "name": "key"},
         {"type": "apiKey", "in": "cookie", "name": "Key"}, [CHANGED]),
        ({"type": "apiKey", "in": "header", "name": "x-key"},
         {"type": "apiKey", "in": "header", "name": "X-Key"}, []),
        ({"type": "apiKey", "in": "header", "name": "key"},
         {"type": "apiKey", "in": "query", "name": "key"}, [CHANGED]),
        ({"type": "http", "scheme": "bearer"},
         {"type": "http", "scheme": "Bearer"}, []),
        ({"type": "http", "scheme": "bearer"}, {"type": "http", "scheme": "basic"}, [CHANGED]),
        ({"type": "openIdConnect", "openIdConnectUrl": "https://a/A"},
         {"type": "openIdConnect", "openIdConnectUrl": "https://a/a"}, [CHANGED]),
        ({"type": "mutualTLS"}, {"type": "mutualTLS"}, []),
    ],
)  # fmt: skip
def test_a_scheme_is_what_it_demands(old, new, expected):
    """The names of headers are the same in either case, other names are not."""
    security: list[Json] = [{"a": []}]
    found = differences(
        document(security, SCHEMES | {"a": old}), document(security, SCHEMES | {"a": new})
    )
    assert outline(found) == expected


def test_schemes_that_demand_the_same_are_paired_by_name():
    """Two schemes with descriptions of their own are no change of each other."""
    first = {"type": "http", "scheme": "bearer", "description": "first"}
    schemes = SCHEMES | {"a": first, "b": first | {"description": "second"}}
    security: list[Json] = [{"a": []}, {"b": []}]
    assert differences(document(security, schemes), document(security, schemes)) == []
    renamed = SCHEMES | {"c": schemes["a"], "b": schemes["b"]}
    assert differences(document(security, schemes), document([{"c": []}, {"b": []}], renamed)) == []


def test_the_message_says_what_is_required():
    """By name, and by what is sent."""
    (found,) = differences(document([KEY]), document([BOTH]))
    assert found.message == (
        "create: the operation requires key (apiKey query key) and app (apiKey header x-app) "
        "instead of key (apiKey query key)"
    )
