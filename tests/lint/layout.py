#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the house, proven from the sources themselves.

    tests/lint/layout.py           prove them; says what is broken and fails
    tests/lint/layout.py --draw    print the picture of docs/architecture.md

A unit is a .c with the header of its name. The rules:

1. a room includes only what ROOMS allows it;
2. there is no circle between rooms or between units: of includes, and of
   calls as they stand in the code;
3. each .c has a header of its own name (those in MAINS aside), and a header
   declares only functions that its own .c defines;
4. a header of structs alone (PRIVATE) is included from its own room only;
5. the picture in docs/architecture.md is the one that --draw prints.
"""

import os
import re
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TOP = os.path.join(ROOT, "modules", "reputation")
PICTURE = os.path.join(ROOT, "docs", "architecture.md")

# room: what it may include
ROOMS = {
    "engine/base": [],
    "engine/reply": ["engine/base"],
    "engine/judge": ["engine/base", "engine/reply"],
    "engine/callee": ["engine/base", "engine/reply", "engine/judge"],
    "engine/pool": ["engine/base", "engine/reply", "engine/judge", "engine/callee"],
    "formats": ["engine/*"],
    "store": ["formats", "engine/*"],
    "kamailio": ["store", "formats", "engine/*"],
    "tools": ["formats", "engine/*"],
}
# entry points, and what ABSTRACT declares: no header of their own
MAINS = {"tools/main.c", "tools/mem.c", "kamailio/module.c",
         "kamailio/mem.c"}
PRIVATE = {"engine/pool/pool.h", "store/context.h"}
# bound at link time: declared here, defined by whoever links
ABSTRACT = {"engine/base/mem.h"}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
NOISE = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
PROTOTYPE = re.compile(r"\b(\w+)\s*\((?:[^()]|\([^()]*\))*\)\s*"
                       r"(?:__attribute__\s*\(\(.*?\)\)\s*)?;", re.S)
DEFINITION = re.compile(r"^(?!static\b|typedef\b)[a-z_][^;={}#]*?"
                        r"\b(\w+)\s*\([^;{}]*\)\s*\{", re.M)
CALL = re.compile(r"\b(\w+)\b")


def sources():
    for folder, _, names in os.walk(TOP):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(folder, name), TOP)


def room_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "engine" else parts[0]


def unit_of(path):
    return path.rsplit(".", 1)[0]


def bare(text):
    """Without comments, strings and preprocessor lines."""
    text = NOISE.sub(" ", text)
    return re.sub(r"^[ \t]*#.*(?:\\\n.*)*$", "", text, flags=re.M)


def flat(text):
    """The parts of a header outside of any braces."""
    out, depth = [], 0
    for char in text:
        depth += char == "{"
        if depth == 0:
            out.append(char)
        depth -= char == "}"
    return "".join(out)


def allowed(room, other):
    return other == room or any(
        other == a or (a.endswith("/*") and other.startswith(a[:-1]))
        for a in ROOMS[room])


def circles(graph):
    """The strongly connected sets of more than one node (Tarjan 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


class House:
    def __init__(self):
        self.files = {}
        for path in sources():
            with open(os.path.join(TOP, path), encoding="utf-8") as file:
                self.files[path] = file.read()
        self.code = {p: bare(t) for p, t in self.files.items()}
        self.faults = []
        self.includes = {p: self.included(p) for p in self.files}
        self.defined = {}  # function: unit
        for path, code in self.code.items():
            if path.endswith(".c"):
                for name in DEFINITION.findall(code):
                    self.defined.setdefault(name, unit_of(path))
        for path in ABSTRACT:
            for name in PROTOTYPE.findall(flat(self.code[path])):
                self.defined[name] = unit_of(path)

    def included(self, path):
        found = []
        for name in INCLUDE.findall(self.files[path]):
            other = os.path.normpath(
                os.path.join(os.path.dirname(path), name))
            if other in self.files:
                found.append(other)
            elif not name.startswith(("core/", "modules/")):
                self.faults.append(f"{path}: there is no \"{name}\"")
        return found

    def fault_rooms(self):
        for path, others in self.includes.items():
            room = room_of(path)
            if room not in ROOMS:
                self.faults.append(f"{path}: {room} is no room")
                continue
            for other in others:
                if not allowed(room, room_of(other)):
                    self.faults.append(f"{path}: {room} may not use {other}")
                if other in PRIVATE and room_of(other) != room:
                    self.faults.append(f"{path}: {other} is private")

    def graph(self, edges, key):
        graph = {}
        for path in self.files:
            graph.setdefault(key(path), set())
            for other in edges(path):
                if key(other) != key(path):
                    graph[key(path)].add(key(other))
        return graph

    def calls(self, path):
        names = set(CALL.findall(self.code[path]))
        return [self.defined[n] + ".h" for n in names if n in self.defined]

    def fault_circles(self):
        for what, edges in (("includes", self.includes.get),
                            ("calls", self.calls)):
            for level, key in (("rooms", room_of), ("units", unit_of)):
                for ring in circles(self.graph(edges, key)):
                    self.faults.append(
                        f"a circle of {what} between {level}: "
                        + ", ".join(ring))

    def fault_headers(self):
        for path in self.files:
            if path.endswith(".c"):
                header = unit_of(path) + ".h"
                if header not in self.files and path not in MAINS:
                    self.faults.append(f"{path}: has no header of its name")
                continue
            for name in PROTOTYPE.findall(flat(self.code[path])):
                unit = self.defined.get(name)
                if unit and unit != unit_of(path):
                    self.faults.append(
                        f"{path}: declares {name}(), which {unit}.c defines")

    def layers(self, room):
        """The units of a room, those first that need none of the others."""
        graph = self.graph(self.includes.get, unit_of)
        units = {unit_of(p) for p in self.files if room_of(p) == room}
        rows, placed = [], set()
        while units - placed:
            row = sorted(u for u in units - placed
                         if not (graph[u] & units) - placed)
            if not row:
                break
            rows.append([os.path.basename(u) for u in row])
            placed |= set(row)
        return rows

    def draw(self):
        graph = self.graph(self.includes.get, room_of)
        lines = []
        for room in ROOMS:
            if room not in graph:
                continue
            uses = ", ".join(sorted(graph[room])) or "nothing of ours"
            lines.append(f"{room}/  <- {uses}")
            for row in self.layers(room):
                lines += wrapped("    ", row)
            lines.append("")
        return "\n".join(lines).rstrip() + "\n"


def wrapped(indent, words):
    lines, line = [], indent
    for word in words:
        if len(line) + len(word) > 78:
            lines.append(line.rstrip())
            line = indent + "  "
        line += word + " "
    return lines + [line.rstrip()]


def picture_in(text):
    found = re.search(r"```text layout\n(.*?)```", text, re.S)
    return found.group(1) if found else None


def main():
    house = House()
    if "--draw" in sys.argv[1:]:
        print(house.draw(), end="")
        return 0
    house.fault_rooms()
    house.fault_circles()
    house.fault_headers()
    with open(PICTURE, encoding="utf-8") as file:
        if picture_in(file.read()) != house.draw():
            house.faults.append(
                "docs/architecture.md: its picture is not what "
                "tests/lint/layout.py --draw prints")
    for fault in sorted(set(house.faults)):
        print(f"layout: {fault}", file=sys.stderr)
    return 1 if house.faults else 0


if __name__ == "__main__":
    sys.exit(main())
