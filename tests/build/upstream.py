#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the module as a folder of Kamailio's own source tree: without what
builds it elsewhere, with copyright lines, and with doc/ in DocBook, made from
the pages of docs/.

    upstream.py DIRECTORY
"""

import os
import re
import shutil
import sys
from xml.dom import minidom
from xml.sax.saxutils import escape

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
MODULE = os.path.join(ROOT, "modules", "reputation")
PAGES = ("functions", "parameters", "outcomes", "rpc", "redis", "judge")
ELSEWHERE = shutil.ignore_patterns("build-aux", "tools", "*.so", "*.o", "*.d")
HOLDER = "the authors of reputation"
YEAR = "2026"

DOCTYPE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE {root} PUBLIC "-//OASIS//DTD DocBook XML V4.4//EN"
"http://www.oasis-open.org/docbook/xml/4.4/docbookx.dtd">
"""
BOOK = DOCTYPE.format(root="book") + f"""
<book xmlns:xi="http://www.w3.org/2001/XInclude">
<bookinfo>
<title>reputation Module</title>
<productname class="trade">Kamailio</productname>
<copyright><year>{YEAR}</year><holder>{HOLDER}</holder></copyright>
</bookinfo>
<toc></toc>
<xi:include href="reputation_admin.xml"/>
</book>
"""
MAKEFILE = """docs = reputation.xml

docbook_dir = ../../../../doc/docbook
include $(docbook_dir)/Makefile.module
"""

# a block of a page -> its lines
BLOCKS = (
    ("comment", re.compile(r"<!--.*?-->\n", re.S)),
    ("code", re.compile(r"```\w*[^\n]*\n(.*?)```\n", re.S)),
    ("code", re.compile(r"((?: {4}[^\n]*\n|\n(?= {4}))+)")),
    ("heading", re.compile(r"(#+) ([^\n]*)\n")),
    ("table", re.compile(r"((?:\|[^\n]*\n)+)")),
    ("list", re.compile(
        r"((?:(?:- |\d+\. )[^\n]*\n(?: +[^\n]+\n|[^\s#|`-][^\n]*\n)*)+)")),
    ("para", re.compile(r"((?:(?!#|\||```|- )[^\n]+\n)+)")),
)


def inline(text):
    """Code, links and emphasis of a line."""
    parts = re.split(r"(`[^`]+`)", text)
    done = []
    for part in parts:
        if part.startswith("`") and len(part) > 2:
            done.append(f"<literal>{escape(part[1:-1])}</literal>")
            continue
        part = escape(part)
        part = re.sub(r"\[([^\]]+)\]\((https?:[^)]+)\)",
                      r'<ulink url="\2">\1</ulink>', part)
        part = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", part)
        done.append(re.sub(r"\*\*([^*]+)\*\*", r"<emphasis>\1</emphasis>",
                           part))
    return "".join(done)


def cells(row):
    return [cell.strip().replace(r"\|", "|")
            for cell in re.split(r"(?<!\\)\|", row.strip()[1:-1])]


def table(text):
    rows = [cells(row) for row in text.splitlines()]
    width = len(rows[0])

    def entries(row):
        return "<row>" + "".join(f"<entry>{inline(cell)}</entry>"
                                 for cell in (row + [""] * width)[:width]) \
            + "</row>\n"

    return (f'<informaltable><tgroup cols="{width}">\n<thead>'
            + entries(rows[0]) + "</thead>\n<tbody>"
            + "".join(map(entries, rows[2:]))
            + "</tbody></tgroup></informaltable>\n")


def items(text):
    found = re.split(r"^(?:- |\d+\. )", text, flags=re.M)[1:]
    kind = "orderedlist" if text[0].isdigit() else "itemizedlist"
    return f"<{kind}>" + "".join(
        f"<listitem><para>{inline(' '.join(item.split()))}</para></listitem>\n"
        for item in found) + f"</{kind}>\n"


def identity(title, page):
    """The tree's form: module.f.function; else of page and title."""
    function = re.match(r"(reputation_\w+)\(", title)
    if function:
        return f"reputation.f.{function.group(1)}"
    return f"reputation.{page}." + re.sub(r"\W+", "_", title.lower())


class Page:
    def __init__(self, name):
        self.name = name
        self.out = []
        self.open = []      # levels of the sections that are open

    def close(self, level):
        while self.open and self.open[-1] >= level:
            self.open.pop()
            self.out.append("</section>\n")

    def heading(self, marks, title):
        self.close(len(marks))
        self.open.append(len(marks))
        self.out.append(f'<section id="{identity(title, self.name)}">\n'
                        f"<title>{inline(title)}</title>\n")

    def convert(self, text):
        at = 0
        while at < len(text):
            if text[at] == "\n":
                at += 1
                continue
            kind, found = next(((kind, found) for kind, pattern in BLOCKS
                                if (found := pattern.match(text, at))),
                               (None, None))
            if not found:
                raise ValueError(f"{self.name}: not understood: "
                                 + text[at:at + 60])
            at = found.end()
            if kind == "heading":
                self.heading(*found.groups())
            elif kind == "code":
                self.out.append(f"<programlisting>{escape(found.group(1))}"
                                "</programlisting>\n")
            elif kind == "table":
                self.out.append(table(found.group(1)))
            elif kind == "list":
                self.out.append(items(found.group(1)))
            elif kind == "para":
                self.out.append(f"<para>{inline(found.group(1))}</para>\n")
        self.close(0)
        return "".join(self.out)


def read(path):
    with open(path, encoding="utf-8") as page:
        return page.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def add_copyright(path):
    text = read(path)
    first, _, rest = text.partition("\n")
    if "SPDX" not in first or "Copyright" in text[:200]:
        return
    line = f" * Copyright (C) {YEAR} {HOLDER} */" if first.endswith("*/") \
        else f"# Copyright (C) {YEAR} {HOLDER}"
    write(path, first.removesuffix(" */") + "\n" + line + "\n" + rest)


def of_the_tree_only(path):
    """The Makefile, without its way to build elsewhere."""
    text, ways = re.subn(r"\nifeq [^\n]*\ninclude build-aux.*?\nelse\n"
                         r"(.*)\nendif\n", r"\1", read(path), flags=re.S)
    assert ways == 1, "the Makefile is not as it was"
    write(path, text)


def main(directory):
    shutil.copytree(MODULE, directory, ignore=ELSEWHERE)
    of_the_tree_only(os.path.join(directory, "Makefile"))
    for folder, _, names in os.walk(directory):
        for name in names:
            add_copyright(os.path.join(folder, name))
    doc = os.path.join(directory, "doc")
    os.mkdir(doc)
    chapter = DOCTYPE.format(root="chapter") + "<chapter>\n" \
        "<title>Admin Guide</title>\n" + "".join(
            Page(name).convert(read(os.path.join(ROOT, "docs", name + ".md")))
            for name in PAGES) + "</chapter>\n"
    minidom.parseString(chapter)
    write(os.path.join(doc, "reputation_admin.xml"), chapter)
    write(os.path.join(doc, "reputation.xml"), BOOK)
    write(os.path.join(doc, "Makefile"), MAKEFILE)


if __name__ == "__main__":
    main(sys.argv[1])
