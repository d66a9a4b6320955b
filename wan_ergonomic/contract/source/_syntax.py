"""Says what to do about a text that is not the JSON or YAML that it was meant to be."""

from __future__ import annotations

_CORRECT = "Correct it in a copy, and pass that."


def next_step(text: str, error: ValueError) -> str:
    """Return what is wrong, if it is known, and what to do, as sentences.

    Only a text that ends too early can be better when it is fetched again.

    Args:
        text: The text.
        error: Why it could not be parsed.
    """
    at = _position(error)
    if at is None:
        return _CORRECT
    if not text[at:].strip() or "Unterminated string" in str(error):
        return "It ends too early. Fetch it again, or correct it in a copy."
    return f"{_flaw(text, at)}{_CORRECT}"


def _flaw(text: str, at: int) -> str:
    """Return a sentence about what cannot be parsed at an offset; empty if it is not known."""
    before, after = text[:at].rstrip(), text[at:].lstrip()
    flaws = {
        "JSON has no comments. ": after.startswith(("//", "/*")),
        "JSON has no comma after the last element. ": before.endswith(",")
        and after.startswith(("}", "]")),
        "It has &quot; in place of quotation marks. ": "&quot;" in text,
        "YAML is not indented with tabs. ": "\t" in text[at : len(text) - len(after)],
    }
    return next((flaw for flaw, found in flaws.items() if found), "")


def _position(error: ValueError) -> int | None:
    """Return the offset at which parsing ended; None if the error does not name it."""
    if isinstance(at := getattr(error, "pos", None), int):
        return at
    mark = getattr(error.__cause__, "problem_mark", None)
    return getattr(mark, "index", None)
