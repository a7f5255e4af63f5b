"""Axes, lines and words of a figure as SVG; pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

INK, FAINT, RULE = "#16232b", "#5b6770", "#d5dde2"
#: of the scenarios, in their order: they differ without colours, by their dashes
COLOURS = ("#0b6478", "#4c8c2b", "#c77c00", "#b3261e")
DASHES = ("", "7 3", "2 3", "9 3 2 3")
SIZE = 12.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot of *width* × *height* px whose axes go from *low* to *high*, (x, y) each."""

    width: float
    height: float
    low: tuple[float, float]
    high: tuple[float, float]
    left: float = 92.0
    bottom: float = 46.0
    top: float = 24.0
    right: float = 150.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the data lies in the drawing [px]."""
        spans = [(h - lo) or 1.0 for lo, h in zip(self.low, self.high, strict=True)]
        across = (x - self.low[0]) / spans[0] * (self.width - self.left - self.right)
        up = (y - self.low[1]) / spans[1] * (self.height - self.top - self.bottom)
        return self.left + across, self.height - self.bottom - up

    def axes(self, x_title: str, y_title: str) -> Iterable[str]:
        """Both axes with five marks each, and what they are."""
        x0, y0 = self.at(*self.low)
        x1, y1 = self.at(*self.high)
        for i in range(6):
            x, y = (lo + (h - lo) * i / 5 for lo, h in zip(self.low, self.high, strict=True))
            px, py = self.at(x, y)
            yield line(x0, py, x1, py, RULE)
            yield text(x0 - 6, py, short(y), anchor="end")
            yield text(px, y0 + 14, short(x), anchor="middle")
        yield line(x0, y0, x1, y0, INK)
        yield text((x0 + x1) / 2, y0 + 34, x_title, colour=INK, anchor="middle")
        yield text(14, (y0 + y1) / 2, y_title, colour=INK, anchor="middle", turned=True)

    def curve(self, points: Sequence[tuple[float, float]], i: int) -> str:
        """A line through the points, in the i-th colour and dash."""
        drawn = " ".join(f"{a:.1f},{b:.1f}" for a, b in (self.at(x, y) for x, y in points))
        return (
            f'<polyline points="{drawn}" fill="none" stroke="{COLOURS[i % 4]}" stroke-width="2"'
            f' stroke-dasharray="{DASHES[i % 4]}"/>'
        )

    def legend(self, names: Sequence[str]) -> Iterable[str]:
        """Names of the curves, to the right of the plot."""
        x = self.width - self.right + 12
        for i, name in enumerate(names):
            y = self.top + 10 + 20 * i
            yield (
                f'<line x1="{x}" y1="{y}" x2="{x + 26}" y2="{y}" stroke="{COLOURS[i % 4]}"'
                f' stroke-width="2" stroke-dasharray="{DASHES[i % 4]}"/>'
            )
            yield text(x + 32, y, name, colour=INK)


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 0.8) -> str:
    """A straight line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
        f' stroke-width="{width}"/>'
    )


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A filled rectangle."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
    )


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = SIZE,
    colour: str = FAINT,
    anchor: str = "start",
    turned: bool = False,
) -> str:
    """Words whose middle line is at *y*."""
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return (
        f'<text x="{x:.1f}" y="{y + size / 3:.1f}" font-family="NanumGothic" font-size="{size}"'
        f' fill="{colour}" text-anchor="{anchor}"{turn}>{html.escape(words)}</text>'
    )


def svg(parts: Iterable[str], width: float, height: float) -> str:
    """The parts as one drawing on white."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' width="{width:g}" height="{height:g}">{box(0, 0, width, height, "#ffffff")}'
        f"{''.join(parts)}</svg>"
    )


def short(value: float) -> str:
    """A number of an axis."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ceiling(value: float) -> float:
    """The next round number above, for the end of an axis."""
    if not value > 0:
        return 1.0
    size = 10.0 ** (len(f"{value:.0f}") - 1) if value >= 1 else 1.0
    while size > value:
        size /= 10
    return next(step * size for step in (1, 2, 2.5, 5, 10) if step * size >= value)
