"""Draws polls against delay: each peer a point, ours a curve, and what knowing the end gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .polling import KNOB, PEERS, Points


def draw(found: Points, file: Path) -> None:
    """Draw a picture with a part for each kind of durations, as SVG."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "wan", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot as plt

    figure, parts = plt.subplots(2, 2, figsize=(9, 7), layout="constrained")
    for part, (name, points) in zip(parts.flat, found.items(), strict=True):
        _part(part, name, points)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def _part(part: Any, name: str, points: dict[str, tuple[float, float]]) -> None:
    for suffix, style, label in (("", "-", "ours"), (" known", "--", "ours, percentiles known")):
        curve = [points[f"{knob:g}{suffix}"] for knob in KNOB]
        part.plot(*zip(*curve, strict=True), style, marker=".", label=label)
    for peer in PEERS:
        part.plot(*points[peer], "x", color="black")
        part.annotate(peer, points[peer], xytext=(4, 4), textcoords="offset points", fontsize=7)
    part.plot(1, 0.03, "*", color="green", label="the end is known")
    part.set(title=name, xscale="log", yscale="log", xlabel="polls a job", ylabel="delay, s")
    part.legend(fontsize=7)
