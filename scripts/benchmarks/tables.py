"""Writes the tables: each figure with its spread, its ratio, and whether a goal holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median

from .plan import TASKS, Contender, Task
from .whole import Figures


def ratio(task: Task, rows: Mapping[str, list[float]], name: str, figures: Figures) -> float | None:
    """Return the median of the ratios, round by round, to what the task names.

    None if it names nothing, or a table that was not measured.
    """
    if task.of is None:
        return None
    of = task.of
    against = figures.get(of, {}).get(name) if isinstance(of, str) else rows[of.name]
    if not against:
        return None
    return median(mine / other for mine, other in zip(rows[name], against, strict=False))


def holds(task: Task, contender: Contender, found: float | None) -> bool | None:
    """Return whether a contender's goal holds; None if it has none, or nothing was found."""
    if contender not in task.goals or found is None:
        return None
    goal = task.goals[contender]
    return found >= goal if task.more else found <= goal


def tables(figures: Figures) -> Iterator[str]:
    """Yield the lines of all tables, in Markdown."""
    for name, rows in figures.items():
        task = TASKS[name]
        yield from ("", f"### {task.title}", "")
        yield f"| contender | median | least | most | {_of(task)} | goal |"
        yield "|---|---|---|---|---|---|"
        for contender in task.contenders:
            found = rows[contender.name]
            share = ratio(task, rows, contender.name, figures)
            kept = holds(task, contender, median(found) if task.of is None else share)
            sign = "≥" if task.more else "≤"
            goal = "" if kept is None else f"{sign} {task.goals[contender]:g}: {_WORDS[kept]}"
            shown = "" if share is None else f"{share:.2f}"
            middle, least, most = (
                f"{each:,.0f}" for each in (median(found), min(found), max(found))
            )
            yield f"| {contender.name} | {middle} | {least} | {most} | {shown} | {goal} |"


def _of(task: Task) -> str:
    """Return what the ratios are of, as the head of a column."""
    if isinstance(task.of, str):
        return f"of {TASKS[task.of].title.partition(',')[0]}"
    return f"of {task.of.name}" if task.of else ""


_WORDS = {True: "holds", False: "**does not hold**"}
