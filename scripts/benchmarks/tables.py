"""Writes the tables: each figure with its spread, its ratio, and whether a goal holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median

from .plan import OURS, TASKS, Contender, Task
from .whole import Figures


def ratio(task: Task, rows: Mapping[str, list[float]], name: str, figures: Figures) -> float:
    """Return the median of the ratios, round by round, to the contender that the task names."""
    against = rows[task.of.name]
    if task.of is OURS and name in figures.get("at_once", {}):
        against = figures["at_once"][name]
    return median(mine / other for mine, other in zip(rows[name], against, strict=False))


def holds(task: Task, contender: Contender, found: float) -> bool | None:
    """Return whether a contender's goal holds; None if it has none."""
    if contender not in task.goals:
        return None
    goal = task.goals[contender]
    return found >= goal if task.more else found <= goal


def tables(figures: Figures) -> Iterator[str]:
    """Yield the lines of all tables, in Markdown."""
    for name, rows in figures.items():
        task = TASKS[name]
        yield from ("", f"### {task.title}", "")
        yield f"| contender | median | least | most | of {task.of.name} | goal |"
        yield "|---|---|---|---|---|---|"
        for contender in task.contenders:
            found = rows[contender.name]
            share = ratio(task, rows, contender.name, figures)
            kept = holds(task, contender, share)
            sign = "≥" if task.more else "≤"
            goal = "" if kept is None else f"{sign} {task.goals[contender]:g}: {_WORDS[kept]}"
            middle, least, most = (
                f"{each:,.0f}" for each in (median(found), min(found), max(found))
            )
            yield f"| {contender.name} | {middle} | {least} | {most} | {share:.2f} | {goal} |"


_WORDS = {True: "holds", False: "**does not hold**"}
