"""Parsing a file that is a document itself, in JSON or YAML."""

import json

import pytest
import yaml

from tests.contract.source.sources import block, error_of, texts
from wan_ergonomic.contract import read_source
from wan_ergonomic.contract.document._document import describe


def test_a_document_may_be_yaml(file, published):
    """In a file of any name, at the end of a link, with unquoted keys."""
    data = json.loads(published["create"])
    text = "# A comment\n---\n" + yaml.safe_dump(data).replace("'200':", "200:")
    file(text, "linked")
    for path in (file(text, "it.yaml"), file(text, "it.json"), file(block("create", "linked"))):
        (document,) = read_source(str(path))
        assert (document.text, document.data) == (text, data)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", "", "a.json is not valid JSON, or is incomplete: Expecting value"),
        ("a.json", "[" * 9999, "a.json is not valid JSON, or is incomplete: it is nested too deep"),
        ("a.json", '{"a": NaN}', "a.json is not valid JSON, or is incomplete: NaN is not JSON"),
        ("a.yaml", "openapi: 3.0.0\npaths: [", "a.yaml is not valid YAML, or is incomplete: while"),
        ("a.md", '{"swagger": "2.0", "paths": {}}', "a.md holds a Swagger 2.0 document instead of"),
        ("a.yaml", "swagger: 2.0\npaths: {}", "a.yaml holds a Swagger 2.0 document instead of"),
        (
            "a.md",
            '{"openapi": 3, "paths": {}}',
            "a.md holds a document with the OpenAPI version 3 ",
        ),
        ("a.md", '{"openapi": "4.0"}', "a.md holds a document with the OpenAPI version '4.0' inst"),
        ("a.md", '{"openapi": "3.0.0"}', "a.md holds an OpenAPI document without paths"),
        ("a.md", '{"openapi": "3.0.0", "paths": {}}', "a.md holds an OpenAPI document without p"),
        ("a.md", '{"paths": {"/a": {}}}', "a.md holds paths, but no OpenAPI version"),
        (
            "a.json",
            '{"openapi": "3.0.0", "paths": {"/\\ud800": {}}}',
            "a.json holds an OpenAPI document with an unpaired surrogate in it",
        ),
    ],
)
def test_a_broken_document_is_an_error_with_the_reason(file, name, content, reason):
    """A comparison with it is impossible, and must not report "no change"."""
    message = error_of(file(content, name))
    assert message.startswith(reason)
    assert message.endswith(" It documents: no operation at all.")


def test_a_version_may_be_a_number(file, published):
    """As it is without quotes; repair then makes a version of it."""
    data = json.loads(published["create"]) | {"openapi": 3.1}
    for text in (json.dumps(data), yaml.safe_dump(data), f"```json\n{json.dumps(data)}\n```\n"):
        (document,) = read_source(str(file(text)))
        assert document.data == data | {"openapi": "3.1"}


def test_a_pair_of_surrogates_is_one_character(file):
    """JSON escapes a character beyond 16 bits as a pair."""
    text = '{"openapi": "3.0.0", "paths": {"/\\ud83d\\ude00": {"get": {}}}}'
    assert describe(read_source(str(file(text)))) == "GET /\U0001f600"


def deepest_json() -> int:
    """Return how deeply nested JSON may be to be parsed here; versions of Python differ."""
    parsed, rejected = 1, 100_000
    while rejected - parsed > 1:
        depth = (parsed + rejected) // 2
        try:
            json.loads("[" * depth + "]" * depth)
        except RecursionError:
            rejected = depth
        else:
            parsed = depth
    return parsed


def test_a_document_that_can_be_parsed_but_not_serialised_is_an_error(file):
    """The search for unpaired surrogates needs more of the stack than parsing."""
    reasons = set()
    deepest = deepest_json()
    for depth in range(deepest - 100, deepest + 1):
        nested = "[" * depth + "]" * depth
        text = f'{{"openapi": "3.0.0", "paths": {{"/\\ud83d\\ude00": {nested}}}}}'
        reasons.add(error_of(file(text, "a.json")).partition(". It documents")[0])
    assert (
        "a.json is not valid JSON, or is incomplete: it is nested too deeply. Correct it in a "
        "copy, and pass that" in reasons
    )


TWICE = '{"openapi": "3.0.0",\n"paths": {"/a": {"get": {"x": 1, "y": 2, "x": 1}}}}'


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.json", TWICE, "'x' stands twice in /paths/~1a/get, on lines 2 and 2"),
        ("a.md", f"```json\n{TWICE}\n```", "'x' stands twice in /paths/~1a/get, on lines 2 and 2"),
        (
            "a.yaml",
            "openapi: 3.0.0\nopenapi: 3.0.1\npaths: {/a: {get: {}}}",
            "'openapi' stands twice in the whole document, on lines 1 and 2",
        ),
    ],
)
def test_a_key_that_stands_twice_is_an_error_with_its_place(file, name, content, place):
    """Parsers differ in which one counts, so "no change" cannot be said."""
    message = error_of(file(content, name))
    assert message.startswith(f"{name} can be read in two ways: the key {place}. Pass a copy ")


def test_a_sample_with_a_key_that_stands_twice_is_ignored(file, page, published):
    """Only documents are judged."""
    assert texts(file(page + '```json\n{"a": 1, "a": 2}\n```\n')) == published


@pytest.mark.parametrize("fence", ["```yaml", "~~~yml", "``` yaml copy", "```"])
def test_a_page_may_show_a_document_in_yaml(file, published, fence):
    """Beside one in JSON, and in a block without a language."""
    text = yaml.safe_dump(json.loads(published["create"]))
    closing = fence[:3]
    page = f"# A\n\n```json\n{published['poll']}```\n\n{fence}\n{text}{closing}\n"
    assert texts(file(page)) == {"create": text, "poll": published["poll"]}


def test_a_block_of_yaml_may_hold_json(file, page, published):
    """Which is YAML, too."""
    assert texts(file(page.replace("```json", "```yaml"))) == published


@pytest.mark.parametrize(
    "sample", ["paths:\n  /a: {", "openapi: 3.0.0\ninfo: {}", "a: 1\na: 2", "["]
)
def test_a_sample_in_yaml_is_ignored(file, page, published, sample):
    """It is no document without a version and paths."""
    assert texts(file(f"{page}\n```yaml\n{sample}\n```\n")) == published


def test_a_broken_document_in_yaml_is_an_error(file):
    """It must not be skipped."""
    message = error_of(file("```yaml\nopenapi: 3.0.0\npaths:\n  /a: {\n```\n"))
    assert message.startswith("page.md holds an OpenAPI document that is not valid YAML: ")


SMALL = '{"openapi": "3.0.0", "paths": {"/a": {"get": {}}}}'


@pytest.mark.parametrize("language", ["jsonc", "JSON5", "openapi", "{.json}", "{.json .openapi}"])
def test_a_page_may_say_otherwise_that_a_block_is_a_document(file, language):
    """In other words for JSON, or for its kind."""
    assert describe(read_source(str(file(f"```{language}\n{SMALL}\n```\n")))) == "GET /a"


@pytest.mark.parametrize("language", ["json", "openapi"])
def test_a_document_in_yaml_may_be_said_to_be_json(file, language):
    """What it is counts."""
    page = f"```{language}\nopenapi: 3.0.0\npaths: {{/a: {{get: {{}}}}}}\n```\n"
    assert describe(read_source(str(file(page)))) == "GET /a"


COMMENT, COMMA = "JSON has no comments. ", "JSON has no comma after the last element. "


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.json", f"// hi\n{SMALL}", COMMENT),
        ("a.json", SMALL.replace("{}", "{/* none */}"), COMMENT),
        ("a.json", SMALL.replace("{}", '{"x": 1, }'), COMMA),
        ("a.json", SMALL.replace("{}", "{x: 1}"), ""),
        ("a.yaml", "openapi: 3.0.0\npaths:\n\t/a: {}\n", "YAML is not indented with tabs. "),
        ("a.md", f"```jsonc\n{SMALL} // hi\n```\n", COMMENT),
        ("a.md", f"\n```json\n// hi\n{SMALL}\n```\n", COMMENT),
        ("a.md", "```json5\n{openapi: '3.0.0'}\n```\n", ""),
        (
            "a.md",
            "```json\n" + SMALL.replace('"', "&quot;") + "\n```\n",
            "It has &quot; in place of quotation marks. ",
        ),
    ],
)
def test_what_fetching_cannot_help_is_corrected_in_a_copy(file, name, text, what):
    """The error says what is wrong, if that is known."""
    message = error_of(file(text, name)).partition(" It documents")[0]
    assert "not valid" in message
    assert message.endswith(f". {what}Correct it in a copy, and pass that.")
    assert ("in the block of code on line" in message) == (name == "a.md")


@pytest.mark.parametrize("text", [SMALL[:-2], SMALL[:14], f"{SMALL[:-1]},"])
def test_a_text_that_ends_too_early_is_fetched_again(file, text):
    """Only then another copy may be complete."""
    assert ". It ends too early. Fetch it again, or correct" in error_of(file(text, "a.json"))
