"""A generation as a card, in HTML and as plain text; and the one line of a call that waits."""

from __future__ import annotations

from collections.abc import Sequence

from ._facts import Shown, facts, prompt_of
from ._media import Budget, media
from ._style import STYLE
from ._text import clean, escape

# Prompts are shortened to this where they are only a reminder.
_REMINDER = 120


def bundle(generations: Sequence[Shown], budget: Budget) -> dict[str, str]:
    """Return generations by MIME type: what ``_repr_mimebundle_`` of IPython is to return."""
    text = "\n".join(map(text_of, generations))
    return {"text/plain": text, "text/html": cards(generations, budget)}


def cards(generations: Sequence[Shown], budget: Budget) -> str:
    """Return the HTML of generations, each as a card."""
    made = "".join(_card(generation, budget) for generation in generations)
    kind = "wan-cards wan-one" if len(generations) == 1 else "wan-cards"
    return f'{STYLE}<div class="{kind}">{made}</div>'


def text_of(generation: Shown) -> str:
    """Return what a card says, as plain text."""
    rows = [(fact.name, fact.text) for fact in facts(generation)]
    if prompt := clean(prompt_of(generation)):
        rows.insert(0, ("prompt", prompt))
    width = max((len(name) for name, _ in rows), default=0)
    lines = [f"Generation {clean(generation.id)}: {clean(generation.status)}"]
    return "\n".join([*lines, *(f"  {name:{width}}  {text}" for name, text in rows)])


def status_line(state: str, status: str, text: str, prompt: str) -> str:
    """Return one line of HTML: a status, what there is to say, and a reminder of the prompt."""
    reminder = f"{prompt[:_REMINDER]}…" if len(prompt) > _REMINDER else prompt
    return (
        f'{STYLE}<div class="wan-line">{_status(state, status)}<span>{escape(text)}</span>'
        f'<span class="wan-quiet" dir="auto">{escape(reminder)}</span></div>'
    )


def _card(generation: Shown, budget: Budget) -> str:
    prompt = prompt_of(generation)
    video = "" if generation.file is None else media(generation.file, prompt or "video", budget)
    head = (
        f'<div class="wan-head">{_status(generation.state, generation.status)}'
        f'<code class="wan-id">{escape(generation.id)}</code></div>'
    )
    rows = "".join(
        f'<dt>{escape(fact.name)}</dt><dd dir="auto">{escape(fact.text)}</dd>'
        for fact in facts(generation)
    )
    about = f"<dl>{rows}</dl>" if rows else ""
    return f'<div class="wan-card">{video}{head}{_prompt(prompt)}{about}</div>'


def _prompt(prompt: str) -> str:
    if not prompt:
        return ""
    # Long ones scroll, so the keyboard has to reach them.
    return f'<p class="wan-prompt" dir="auto" tabindex="0">{escape(prompt, lines=True)}</p>'


def _status(state: str, status: str) -> str:
    return f'<span class="wan-status" data-state="{escape(state)}">{escape(status)}</span>'
