"""Finding the parts of a documentation page."""

import pytest

from wan_ergonomic.contract.source._gitbook import Fence, Flaw, Link, read_page

TAG = '{% openapi-operation spec="it" path="/v1/a" method="post" %}'
END = "{% endopenapi-operation %}"
SCHEMAS, END_SCHEMAS = '{% openapi-schemas schemas="A" %}', "{% endopenapi-schemas %}"
ONLY = ("POST", "/v1/a")
UNREAD = '{% openapi src="a" %}\n{% code %}\n'


def parts(text):
    """Return the parts of a page."""
    return list(read_page(text))


def codes(text):
    """Return the language and the text of each block of code on a page without other parts."""
    assert all(isinstance(part, Fence) for part in parts(text))
    return [(part.language, part.text) for part in parts(text)]


def target(content, tag=TAG, end=END):
    """Return the target of a block with a content."""
    (link,) = parts(f"{tag}\n{content}\n{end}\n")
    assert isinstance(link, Link)
    return link.target


def flaw(text):
    """Return the one flaw of a page."""
    (only,) = [part for part in parts(text) if isinstance(part, Flaw)]
    return only.reason


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("```json\n{}\n```\n", [("json", "{}\n")]),
        ("```JSON title=it\n{}\n```", [("json", "{}\n")]),
        ("```\n{}\n```", [("", "{}\n")]),
        ("~~~json\n```\n~~~~\n", [("json", "```\n")]),
        ("````markdown\n```json\n{}\n```\n````\n", [("markdown", "```json\n{}\n```\n")]),
        ("```json\r\n{}\r\n```\r\n", [("json", "{}\r\n")]),
        ("* Item\n\n  ```json\n  {}\n  ```\n", [("json", "  {}\n")]),
        ("1. ```json\n   {}\n   ```\n```a\n```", [("json", "   {}\n"), ("a", "")]),
        ("> ```json\n> {\n> }\n> ```\n", [("json", "{\n}\n")]),
        (">\n\n```json\n{}```\n```", [("json", "{}```\n")]),
        ("{% tab %}\n```json\n{}\n```\n{% endtab %}", [("json", "{}\n")]),
        ("{% tabs %}\n{% code %}\n```json\n{}\n```\n", [("json", "{}\n")]),
        ("```json\n" + UNREAD + "```", [("json", UNREAD)]),
        ("No ```fence``` nor `{% code %}`, FPS[^1] {% b {% include 'a' %}{% endhint %}", []),
        ("", []),
    ],
)
def test_blocks_of_code_are_found_as_in_markdown(page, expected):
    """In lists, tabs and quotations, with any line ends."""
    assert codes(page) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[OpenAPI it](https://a.example/b.json)", "https://a.example/b.json"),
        ("[it](<../Model APIs/b (2).json>)", "../Model APIs/b (2).json"),
        ('[it](../b.json "A title")', "../b.json"),
        ("[it](<../b.json> 'A title')", "../b.json"),
        ("[it](../Model APIs/b.json)", "../Model APIs/b.json"),
        ("[it](../b%20(2).json)", "../b%20(2).json"),
        (r"[a\_b](a\_b.json?x=1&amp;y=2)", "a_b.json?x=1&y=2"),
        ("https://a.example/b.json", "https://a.example/b.json"),
        ("<https://a.example/b.json>", "https://a.example/b.json"),
        ("[Broken link](broken-reference)", "broken-reference"),
    ],
)
def test_a_block_links_its_document_in_any_markdown_syntax(content, expected):
    """With or without a title, angle brackets or escapes."""
    assert target(content) == expected


@pytest.mark.parametrize("name", ["openapi", "swagger"])
def test_older_blocks_name_their_document_in_an_attribute(name):
    """The attribute takes precedence over a link in the block."""
    tag = f'{{% {name} src="<https://a.example/b.json?alt=media>" path="/a" method="get" %}}'
    end = f"{{% end{name} %}}"
    assert target("[b.json](c.json)", tag, end) == "https://a.example/b.json?alt=media"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("path='/v1/a' method='POST' expanded=\"true\"", ONLY),
        ('path="/v1/a"', None),
        ('method="post"', None),
        ("", None),
    ],
)
def test_a_block_shows_one_operation_or_all(attributes, expected):
    """It shows one if it has a method and a path."""
    (link,) = parts(f"\n\n{{% openapi {attributes} %}}[it](a.json){{% endopenapi %}}")
    assert link == Link("a.json", expected, 3)


def test_parts_come_in_the_order_of_the_page_with_their_lines():
    """So that a message can name the line."""
    page = f"# A\n{TAG}\n[it](b.json)\n{END}\n\n```json\n{{}}\n```\n"
    assert parts(page) == [Link("b.json", ONLY, 2), Fence("json", "{}\n", 6)]


@pytest.mark.parametrize("name", ["openapi-schemas", "openapi-webhook", "hint", "whatever"])
def test_other_blocks_show_no_operation(name):
    """They may show a single schema, for example."""
    assert parts(f'{{% {name} spec="it" schemas="A" %}}\n[it](a.json)\n{{% end{name} %}}\n') == []


@pytest.mark.parametrize(
    ("page", "part", "line"),
    [
        ("\n```json\n{}\n", "the block of code", 2),
        ("````json\n{}\n```\n", "the block of code", 1),
        ("```json\n{}\n~~~\n", "the block of code", 1),
        ("```json", "the block of code", 1),
        (f"\n\n{TAG}\n[it](a.json)\n", "the block openapi-operation", 3),
        (f"{TAG}\n[it](a.json)\n{TAG}\n[it](a.json)\n{END}", "the block openapi-operation", 1),
        (f"{SCHEMAS}{TAG}{SCHEMAS}{END_SCHEMAS}\n{END_SCHEMAS}", "the block openapi-operation", 1),
        (f"{SCHEMAS}{{% openapi-webhook %}}{END_SCHEMAS}", "the block openapi-webhook", 1),
        (f"\n{SCHEMAS}\n", "the block openapi-schemas", 2),
        ('a\n{% openapi src="a', "the tag", 2),
        ('{% openapi src="a\n{% endhint %}', "the tag", 1),
        ("{% openapi-oper", "the tag", 1),
        ("{% ", "the tag", 1),
    ],
)
def test_a_page_that_ends_inside_a_part_is_incomplete(page, part, line):
    """The missing rest may hold a document."""
    assert flaw(page) == f"is incomplete: {part} opened on line {line} is never closed"


@pytest.mark.parametrize(
    ("attributes", "operation"),
    [('path="/a" method="get"', "the operation get /a"), ('spec="it"', "an operation")],
)
def test_a_block_without_a_link_is_a_flaw(attributes, operation):
    """The document of its operation cannot be read."""
    page = f"{{% swagger {attributes} %}}\nNothing.\n{{% endswagger %}}"
    assert flaw(page) == f"shows {operation} on line 1, but links no document"


def test_an_incomplete_page_has_no_part_that_the_whole_page_lacks(page):
    """Wherever the page ends, each part is complete, or it is a flaw."""
    whole = parts(page)
    for end in range(len(page)):
        kept = [part for part in parts(page[:end]) if not isinstance(part, Flaw)]
        assert kept == whole[: len(kept)]
