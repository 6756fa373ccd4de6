#!/usr/bin/env python3
"""Draws a flame graph of what `perf record -g` saw.

    perf script -i perf.data -F comm,ip,sym | perf/flamegraph.py [--under NAME] >flamegraph.svg

Each box is a function, as wide as its share of all samples; what it called lies on top of it. With --under only
stacks that pass through a function of that name are drawn, from there upwards. Hover over a box for its name and
share. Colours: yellow the kernel, orange the runtime and its libraries, blue the engine, green the rest of .NET.
"""
import re
import sys
from html import escape

WIDTH, ROW, LEAST = 1400, 17, 0.0012


def short(symbol):
    """A .NET method as Class.Method, anything else as it is."""
    found = re.search(r"\] ([\w.`<>/+\[\],]+)::([\w.<>|`]+)\(", symbol)
    if found:
        return found[1].split(".")[-1] + "." + found[2]
    return re.sub(r"\+0x[0-9a-f]+$", "", symbol)


def colour(symbol):
    if "ImsSipFast" in symbol:
        return "#8fb8de"
    if "::" in symbol and "]" in symbol:
        return "#a8d5a2"
    if symbol.startswith("[unknown]") or "::" in symbol or symbol.startswith("_Z"):
        return "#f2b179"
    return "#f5e08a"


def stacks(lines):
    """Every sample as its symbols, outermost first."""
    frames = []
    for line in lines:
        if not line.strip():
            if frames:
                yield frames[::-1]
            frames = []
        elif line[0] in " \t":
            frames.append(line.split(None, 1)[1].strip() if len(line.split(None, 1)) > 1 else "[unknown]")
    if frames:
        yield frames[::-1]


def grow(samples, under):
    root = {"name": "all", "count": 0, "children": {}}
    for frames in samples:
        if under:
            at = next((i for i, symbol in enumerate(frames) if under in symbol), None)
            if at is None:
                continue
            frames = frames[at:]
        node = root
        node["count"] += 1
        for symbol in frames:
            if symbol == "[unknown]" and node["name"] == "[unknown]":
                continue
            node = node["children"].setdefault(symbol, {"name": symbol, "count": 0, "children": {}})
            node["count"] += 1
    return root


def depth(node, total):
    wide = [child for child in node["children"].values() if child["count"] >= LEAST * total]
    return 1 + max((depth(child, total) for child in wide), default=0)


def draw(node, x, level, total, height, out):
    width = node["count"] / total * WIDTH
    y = height - (level + 1) * ROW
    name = short(node["name"])
    share = f"{100 * node['count'] / total:.1f} %"
    text = name if len(name) * 6.6 < width - 6 else name[: max(0, int((width - 10) / 6.6))] + "…" if width > 40 else ""
    out.append(
        f'<g><title>{escape(name)}, {share}</title><rect x="{x:.1f}" y="{y}" width="{max(width - 0.5, 0.3):.1f}" height="{ROW - 1}" '
        f'fill="{colour(node["name"])}" rx="1"/><text x="{x + 3:.1f}" y="{y + 12}">{escape(text)}</text></g>'
    )
    for child in sorted(node["children"].values(), key=lambda child: child["name"]):
        if child["count"] >= LEAST * total:
            draw(child, x, level + 1, total, height, out)
        x += child["count"] / total * WIDTH


def main():
    under = sys.argv[2] if len(sys.argv) > 2 and sys.argv[1] == "--under" else None
    root = grow(stacks(sys.stdin), under)
    if not root["count"]:
        sys.exit("no samples")
    height = depth(root, root["count"]) * ROW + 8
    out = []
    draw(root, 0, 0, root["count"], height, out)
    print(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="monospace" font-size="11"><rect width="100%" height="100%" fill="#fff"/>{"".join(out)}</svg>'
    )


sys.setrecursionlimit(10_000)
main()
