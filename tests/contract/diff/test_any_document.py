"""Documents of any content: the same is no change, and who was served before is named."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.diff.catalogue.anything import MEDIA_TYPES, documents, names, rewritten
from tests.contract.diff.catalogue.mutations import Draft, Json, contract
from wan_ergonomic._spec import METHODS
from wan_ergonomic.contract import Document, Finding
from wan_ergonomic.contract.changes._compare import compare_pairs
from wan_ergonomic.contract.source._pairs import OperationPair
from wan_ergonomic.contract.source._roles import candidates_in

from .test_compare import TEXT, differences

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
# Whole documents take longer to make.
FEWER = settings(SETTINGS, max_examples=50)


def paired(old: Json, new: Json) -> list[Finding]:
    """Compare the only two operations of each document; they resemble ours in nothing."""
    before, after = [Document("", old, "old")], [Document("", new, "new")]
    pairs = [
        OperationPair(role, candidates_in(before, method)[0], candidates_in(after, method)[0])
        for role, method in METHODS.items()
    ]
    return [*compare_pairs(pairs).findings]


@FEWER
@given(documents())
def test_a_document_is_no_change_of_itself(document):
    """Whatever it holds."""
    assert paired(document, copy.deepcopy(document)) == []


@FEWER
@given(documents(), st.integers(0, 1000))
def test_another_form_is_no_change(document, seed):
    """Order, case, written defaults, names without meaning, and what OpenAPI ignores."""
    found = paired(document, rewritten(document, seed))
    assert [each for each in found if each.place != "document"] == []


def breaks(old: Json, new: Json) -> bool:
    """Whether a comparison has a finding that may break something."""
    return any(each.severity in {"breaking", "warning"} for each in differences(old, new))


SCHEMES: Json = {
    "key": {"type": "apiKey", "in": "query", "name": "key"},
    "app": {"type": "apiKey", "in": "header", "name": "X-App"},
    "oauth": {"type": "oauth2", "flows": {}},
}
alternatives = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "key": st.just([]),
            "app": st.just([]),
            "oauth": st.lists(st.sampled_from("rw"), unique=True),
        },
    ),
    min_size=1,
    max_size=4,
)
CALLERS: list[dict[str, set[str]]] = [
    {name: held for name, held in zip(SCHEMES, chosen, strict=True) if held is not None}
    for chosen in product(
        [None, set[str]()], [None, set[str]()], [None, set[str](), {"r"}, {"w"}, {"r", "w"}]
    )
]


def is_accepted(caller: dict[str, set[str]], security: list[dict[str, list[str]]]) -> bool:
    """Whether one of the alternatives needs nothing that a caller does not have."""
    return any(
        all(name in caller and caller[name].issuperset(scopes) for name, scopes in each.items())
        for each in security
    )


@SETTINGS
@given(alternatives, alternatives)
def test_a_caller_who_is_no_longer_accepted_is_found(old, new):
    """And nothing breaks if every caller is."""
    both = contract(), contract()
    for document, security in zip(both, (old, new), strict=True):
        document["components"]["securitySchemes"] = SCHEMES
        for role in ("create", "poll"):
            Draft(document).operation(role)["security"] = security
    lost = any(is_accepted(each, old) and not is_accepted(each, new) for each in CALLERS)
    assert breaks(*both) == lost


variables = st.lists(names, min_size=1, max_size=3, unique=True)
server_lists = st.lists(
    st.one_of(
        st.builds("https://{}.example".format, names).map(lambda url: {"url": url}),
        st.builds(
            lambda a, b: {
                "url": "https://{x}.example/{y}",
                "variables": {
                    "x": {"default": a[0], "enum": a},
                    "y": {"default": b[0], "enum": b},
                },
            },
            variables,
            variables,
        ),
    ),
    min_size=1,
    max_size=3,
)


def urls(servers: list[Json]) -> list[str]:
    """Return every URL that can be called, the first one first."""
    found: list[str] = []
    for server in servers:
        held: Any = server.get("variables", {})
        chosen = product(*(each["enum"] for each in held.values()))
        found += [server["url"].format(**dict(zip(held, each, strict=True))) for each in chosen]
    return found


@SETTINGS
@given(server_lists, server_lists)
def test_a_server_that_cannot_be_called_any_more_is_found(old, new):
    """As is another first one."""
    both = contract(), contract()
    for document, servers in zip(both, (old, new), strict=True):
        document["servers"] = servers
    before, after = urls(old), urls(new)
    assert breaks(*both) == (before[0] != after[0] or not set(before) <= set(after))


CONCRETE = [
    "application/json", "application/json; version=1", "application/json; version=2",
    "application/json; version=3", "application/problem+json", "application/vnd.a+json",
    "application/other+json", "application/other", "text/plain", "text/other",
    "multipart/form-data", "other/other",
]  # fmt: skip


def is_taken(name: str, listed: list[str]) -> bool:
    """Whether a media type is one of those that are listed."""

    def of(wide: str) -> bool:
        base, *version = wide.split("; ")
        kind, _, subtype = base.partition("/")
        own, _, sub = name.split("; ", maxsplit=1)[0].partition("/")
        fits = subtype in ("*", sub) or (subtype == "*+json" and sub.endswith("+json"))
        return kind in ("*", own) and fits and set(version) <= set(name.split("; ")[1:])

    return any(map(of, listed))


media_lists = st.lists(st.sampled_from(MEDIA_TYPES), min_size=1, max_size=4, unique=True)


@SETTINGS
@given(media_lists, media_lists)
def test_a_request_that_is_no_longer_taken_is_found(old, new):
    """And nothing breaks if every media type is."""
    both = contract(), contract()
    for document, listed in zip(both, (old, new), strict=True):
        body = Draft(document).operation("create")["requestBody"]
        body["content"] = {name: {"schema": TEXT} for name in listed}
    lost = any(is_taken(each, old) and not is_taken(each, new) for each in CONCRETE)
    assert breaks(*both) == lost
