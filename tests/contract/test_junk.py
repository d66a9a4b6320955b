"""Documents in which anything may stand anywhere."""

import copy
import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract._documents import build, join, validate
from wan_ergonomic.contract._sources import Document, _scan, select

from .conftest import WANTED
from .test_documents import OVERLAYS, vendored

PUBLISHED = {role: vendored(f"upstream/{role}.json") for role in WANTED}
JUNK = [None, 0, "", [], {}, True, ["x"], {"x": None}, {"$ref": "#/x"}, {"$ref": "#/paths"}]


def places(node, trail=()):
    """Yield the way to each place in a document."""
    for key in node if isinstance(node, dict) else range(len(node)):
        yield (*trail, key)
        if isinstance(node[key], dict | list):
            yield from places(node[key], (*trail, key))


PLACES = [(role, *place) for role, document in PUBLISHED.items() for place in places(document)]


@settings(max_examples=100, deadline=None)
@given(place=st.sampled_from(PLACES), junk=st.sampled_from(JUNK))
def test_whatever_is_published_is_built_or_refused(place, junk):
    """No document ends in anything but a result or a sentence."""
    documents = copy.deepcopy(PUBLISHED)
    node = documents
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = junk
    found = [each for d in documents.values() for each in _scan(json.dumps(d).encode(), "it")]
    with suppress(ContractError):
        chosen = select([each for each in found if isinstance(each, Document)], WANTED)
        parts = [(d.data, WANTED[role][0].lower(), path) for role, (d, path) in chosen.items()]
        contract = build(join(parts), OVERLAYS, "contract")
        validate(contract)
        build(contract, OVERLAYS, "client")
