"""The Markdown report: its content, and that no text from a document acts as markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.contract.diff.catalogue.findings import ALL, BREAKING, HOSTILE, INFO, comparison, finding
from wan_ergonomic.contract import comparison_as_markdown, markdown_table
from wan_ergonomic.contract.report._markdown import MARKDOWN_LIMIT, code, plain


def rendered(markdown: str) -> str:
    """Return Markdown as HTML."""
    return str(MarkdownIt("commonmark").enable("table").render(markdown))


def cells(page: str) -> list[str]:
    """Return the contents of a table's cells, without the headings."""
    return re.findall(r"<td>(.*?)</td>", page, re.DOTALL)


def test_the_headline_is_followed_by_a_table_and_folded_details():
    """One row for each finding; the pointers are in the details."""
    page = rendered(comparison_as_markdown(comparison(ALL)))
    assert page.startswith("<ul>\n<li>create: <code>POST /")
    assert page.partition("</ul>\n")[2].startswith(
        "<p><strong>Breaking for senders: 1 breaking, 1 warning, 1 info"
    )
    assert len(cells(page)) == 6 * len(ALL)
    assert cells(page)[:2] == ["breaking", "<code>create request/resolution</code>"]
    assert cells(page)[5] == "<code>PromptDefaults.resolution</code><br><code>PRESETS</code>"
    assert cells(page)[-2:] == ["nobody", "none"]
    assert page.index("</table>") < page.index("<details>") < page.index("</details>")
    assert str(BREAKING.old_pointer) in page[page.index("<details>") :]


def test_without_findings_there_is_only_the_headline():
    """A table without rows is left out."""
    text = comparison_as_markdown(comparison())
    assert text.endswith("\n\n**No change.** Proposed version step: none.\n")
    assert text.startswith("- create: ")


@pytest.mark.parametrize("name", ["message", "before", "place", "old_document"])
def test_text_from_a_document_is_not_markup(name):
    """No element, image, link, mention or reference to an issue."""
    markdown = comparison_as_markdown(comparison([finding(**{name: HOSTILE}), INFO]))
    page = rendered(markdown)
    assert len(cells(page)) == 12
    assert page.count("<details>") == page.count("</details>") == 1
    assert not re.search(r"<(img|a|strong|em|!--|script)\b", page.partition("</p>")[2])
    outside_code = re.sub(r"<(code|pre)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"@\w|#\d|GH-\d|://", outside_code)


@given(st.text(), st.text())
def test_any_text_stays_in_its_cell(message, before):
    """Whatever characters it contains."""
    page = rendered(comparison_as_markdown(comparison([finding(message=message, before=before)])))
    assert len(cells(page)) == 6
    assert page.count("</details>") == 1


@given(st.text(alphabet="`|\\ ab_*<&#@", min_size=1))
def test_code_shows_a_text_unchanged(text):
    """With characters that Markdown uses, too."""
    page = rendered(f"| a |\n| --- |\n| {code(text)} |")
    shown = " ".join(text.split())
    escaped = shown.replace("&", "&amp;").replace("<", "&lt;")
    assert cells(page) == [f"<code>{escaped}</code>" if shown else ""]


def test_empty_code_is_empty():
    """Markdown would show two backticks as they are."""
    assert code(" ") == ""
    same = finding(new_pointer="/a", after="480P")
    assert cells(rendered(comparison_as_markdown(comparison([same]))))[3] == ""


def test_underscores_within_words_are_not_escaped():
    """Markdown does not treat them as markup."""
    assert plain("response property 'credits_used' is _new_\nhere") == (
        "response property 'credits_used' is &#95;new&#95; here"
    )


def test_markdown_fits_a_description_on_github():
    """Findings that do not fit are counted."""
    many = [finding(message=f"create: number {n} {HOSTILE}") for n in range(500)]
    markdown = comparison_as_markdown(comparison(many))
    assert len(markdown) <= MARKDOWN_LIMIT
    assert re.search(r"^\| … \| \d+ more; they do not fit here \|", markdown, re.MULTILINE)
    assert re.search(r"^\d+ more; they do not fit here\.$", markdown, re.MULTILINE)
    assert rendered(markdown).count("</details>") == 1


def test_a_long_value_is_cut_in_the_details():
    """With the number of characters that are missing."""
    assert "characters more" in comparison_as_markdown(
        comparison([finding(before=["x" * 40] * 100)])
    )
    assert "characters more" not in comparison_as_markdown(comparison([finding(before="x" * 1000)]))


def test_a_table_of_plain_text_is_escaped_and_fits_a_description():
    """Rows that do not fit are counted."""
    table = markdown_table(["a", "b"], [[HOSTILE, str(n)] for n in range(2000)])
    assert len(table) <= 65_536
    shown = cells(rendered(table))
    assert len(shown) % 2 == 0
    assert re.fullmatch(r"\d+ more; they do not fit here", shown[-1])
    assert not re.search(r"<(img|a|strong|em)\b", rendered(table))
