"""Comparing servers, their variables, and the paths of operations."""

from __future__ import annotations

import pytest

from tests.contract.diff.catalogue.mutations import Draft, Json, contract

from .test_compare import differences, rules


def between(old: list[Json], new: list[Json]) -> list[tuple[str, str]]:
    """Return rule and severity of the findings for two lists of servers."""
    documents = contract(), contract()
    for document, servers in zip(documents, (old, new), strict=True):
        document["servers"] = servers
    return [(finding.rule, finding.severity) for finding in differences(*documents)]


def server(url: str, **variables: list[str] | str) -> Json:
    """Return a server; a variable with a list has its first value as its default."""
    found: Json = {"url": url}
    for name, values in variables.items():
        listed = {"default": values[0], "enum": values}
        variable = {"default": values} if isinstance(values, str) else listed
        found.setdefault("variables", {})[name] = variable
    return found


CHANGED, REMOVED = ("server-changed", "breaking"), ("server-removed", "breaking")
ADDED, OTHER_FIRST = ("server-added", "info"), ("server-changed", "warning")
FEWER = ("server-removed", "warning")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["https://a/v2"], ["https://b/v2"], [CHANGED]),
        (["https://a/v2"], ["https://a/v3"], [CHANGED]),
        (["https://a"], [], [REMOVED]),
        ([], ["https://a"], [ADDED]),
        (["/"], [], []),
        (["https://A"], ["https://a/"], []),
        (["http://a"], ["https://a"], [CHANGED]),
        (["https://a:443"], ["https://a"], []),
        (["http://a:80/v2"], ["http://a/v2"], []),
        (["http://a:443"], ["http://a"], [CHANGED]),
        (["https://a:4430"], ["https://a"], [CHANGED]),
        (["https://a:"], ["https://a"], []),
        (["https://a", "https://b"], ["https://b", "https://a"], [OTHER_FIRST]),
        (["https://a", "https://b", "https://c"], ["https://a", "https://c", "https://b"], []),
        (["https://a", "https://b"], ["https://b"], [CHANGED]),
        (["https://a", "https://b"], ["https://a"], [REMOVED]),
        (["https://a", "https://a/"], ["https://a"], []),
        (["https://a"], ["https://b", "https://a"], [OTHER_FIRST]),
        (["https://a"], ["https://b", "https://c"], [CHANGED, ADDED]),
    ],
)  # fmt: skip
def test_servers_are_compared_by_their_urls(old, new, expected):
    """The first one is called; for the others, order makes no difference."""
    assert between([server(url) for url in old], [server(url) for url in new]) == expected


AREA, ZONE = "https://{area}.example.com", "https://{zone}.example.com"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (server(AREA, area="a"), server("https://a.example.com"), []),
        (server(AREA, area=["a", "b"]), server(AREA, area=["a"]), [REMOVED]),
        (server(AREA, area=["a"]), server(AREA, area=["a", "b"]), [ADDED]),
        (server(AREA, area=["a", "b"]), server(AREA, area=["b", "a"]), [OTHER_FIRST]),
        (server(AREA, area=["a", "b"]), server(ZONE, zone=["a", "b"]), []),
        (server(AREA, area=["a", "b"]), server(AREA, area="a"), [ADDED]),
        (server(AREA, area="a"), server(AREA, area=["a", "b"]), [FEWER]),
        (server("https://A/%7e%2f"), server("https://a/~%2F"), []),
        (server(AREA, area="a"), server(AREA, area="b"), [OTHER_FIRST]),
        (server(AREA), server(ZONE), []),
        (server("https://{a}.{b}.com", a=["x", "y"], b=["x", "y", "z"]),
         server("https://{a}.{b}.com", a=["x"], b=["x", "y", "z"]), [REMOVED]),
        (server("https://{a}.{b}.com", a=["x", "y"], b=["x", "z"]),
         server("https://{a}.{b}.com", a=["x"], b=["x"]), [REMOVED, REMOVED]),
        (server("https://a:{port}", port=["443", "8443"]), server("https://a"), [REMOVED]),
    ],
)  # fmt: skip
def test_a_server_with_variables_is_one_server_for_each_value(old, new, expected):
    """Their names mean nothing; one without an enum has its default, and allows any value."""
    assert between([old], [new]) == expected


def test_the_values_of_variables_can_be_servers_of_their_own():
    """What can be called is the same."""
    old = [server(AREA, area=["a", "b"])]
    assert between(old, [server("https://a.example.com"), server("https://b.example.com")]) == []


def test_a_value_that_is_gone_is_named():
    """The finding leads to the value."""
    old, new = contract(), contract()
    old["servers"], new["servers"] = [server(AREA, area=["a", "b"])], [server(AREA, area=["a"])]
    (found,) = differences(old, new)
    assert (found.old_pointer, found.before) == ("/servers/0/variables/area/enum/1", "b")
    assert found.message.endswith("no longer has the server https://b.example.com")


def test_very_many_variables_are_compared_in_time():
    """Of too many combinations, only those with one value that is no default are compared."""
    names = [f"v{number}" for number in range(30)]
    url = f"https://{'.'.join(f'{{{name}}}' for name in names)}.com"
    old, new = (server(url, **dict.fromkeys(names, values)) for values in (["a", "b"], ["a"]))
    free = server(url, **dict.fromkeys(names, "a"))
    assert between([old], [new]) == [REMOVED] * 30
    assert (
        between([old], [server(url, **{name: ["a", "b", "c"] for name in names})]) == [ADDED] * 30
    )
    assert between([old], [free]) == [ADDED]
    assert between([free], [server(f"{url}/v2", **dict.fromkeys(names, "b"))]) == [CHANGED]


def test_a_move_with_the_server_is_one_finding():
    """The path of a server and the path of an operation are compared as one path."""
    old, new = contract(), contract()
    old["servers"], new["servers"] = [{"url": "https://a/x"}], [{"url": "https://a/y"}]
    new["paths"] = {f"/z{path}": item for path, item in new["paths"].items()}
    assert rules(old, new) == ["operation-moved", "operation-moved"]
    new["servers"][0]["url"] = "https://b/x"
    new["paths"] = {path.removeprefix("/z"): item for path, item in new["paths"].items()}
    assert rules(old, new) == ["server-changed"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("/operations/{id}", "/operations/{job}", []),
        ("/operations/{id}:wait", "/operations/{job}:wait", []),
        ("/operations/{id}:wait", "/operations/{id}:fetch", ["operation-moved"]),
        ("/operations/{id}.json", "/operations/{id}", ["operation-moved"]),
        ("/operations/a{id}", "/operations/b{id}", ["operation-moved"]),
        ("/{a}-{b}/c", "/{c}-{d}/c", []),
        ("/operations", "/operations/", ["operation-moved"]),
    ],
)
def test_a_path_is_compared_to_the_character(old, new, expected):
    """Only the names of its parameters mean nothing."""
    documents = contract(), contract()
    for document, path in zip(documents, (old, new), strict=True):
        draft = Draft(document)
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        draft.operation("poll")["parameters"] += [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ]
        document["paths"][path] = document["paths"].pop(draft.path("poll"))
    assert rules(*documents) == expected


def test_a_move_keeps_the_servers_with_variables():
    """After a move, servers are compared without their paths."""
    old, new = contract(), contract()
    old["servers"] = [server("https://a/{v}", v="x"), server(AREA, area="a")]
    new["servers"] = [server("https://a/{v}", v="y"), server("https://b.example.com")]
    new["paths"] = {f"/z{path}": item for path, item in new["paths"].items()}
    assert sorted(rules(old, new)) == ["operation-moved", "operation-moved", "server-removed"]
