#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Telephone numbers of all countries, as tables in C, from libphonenumber.

    numbering.py           write them (as `make zones` does)
    numbering.py --check   fail when what is there is not what would be written

Reads the metadata of Debian's python3-phonenumbers and the names of tzdata.
Writes, all of it facts that people keep there:

    engine/reply/plans.c        how each country dials
    engine/reply/zone_table.c   which time zones a number may be in
    tests/unit/plan_samples.h   example numbers of each country, as dialled
    tests/unit/zone_samples.h   numbers and their zones
"""

import os
import re
import re._parser as regex
import subprocess
import sys

import phonenumbers as lib
from phonenumbers import (PhoneMetadata, PhoneNumberFormat, PhoneNumberType,
                          timezone)
from phonenumbers.tzdata import TIMEZONE_DATA

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..",
                                    ".."))
REPLY = os.path.join(ROOT, "modules", "reputation", "engine", "reply")
UNIT = os.path.join(ROOT, "tests", "unit")
ZONEINFO = "/usr/share/zoneinfo"
DIGITS = "0123456789"

E164_MAX = 15  # digits
NSN_MAX = 17
# Lengths of numbers depend on so many of their first digits at most: in
# Germany four are needed to tell 49... the country code from 49... an area.
FORM_DEPTH = 4
ZONE_DIGITS = 8  # the longest prefix that libphonenumber has a zone for

# Prefixes that are given up, and that lists of numbers still hold.
OLD_TRUNK = {"CO": ["03"]}

PLACE_DEPTH = 4  # first digits that tell a place from a mobile network
NO_PLACE = ["toll_free", "premium_rate", "shared_cost", "personal_number",
            "voip", "pager", "uan", "voicemail"]


# ---- regular expressions of digits ------------------------------------------

def digit_class(items):
    out = set()
    for kind, value in items:
        kind = str(kind)
        if kind == "LITERAL":
            out.add(chr(value))
        elif kind == "RANGE":
            out |= {chr(c) for c in range(value[0], value[1] + 1)}
        elif kind == "CATEGORY":
            out |= set(DIGITS)
        else:
            raise ValueError(kind)
    return out


class Language:
    """The strings of digits that match one of some patterns: an NFA."""

    def __init__(self, patterns):
        self.empty, self.edges = [], []
        self.start, self.end = self.state(), self.state()
        for pattern in patterns:
            last = self.sequence(regex.parse(pattern), self.start)
            self.empty[last].append(self.end)

    def state(self):
        self.empty.append([])
        self.edges.append([])
        return len(self.empty) - 1

    def edge(self, a, digits):
        b = self.state()
        self.edges[a].append((digits, b))
        return b

    def sequence(self, nodes, a):
        for kind, value in nodes:
            a = self.node(str(kind), value, a)
        return a

    def node(self, kind, value, a):
        if kind == "LITERAL":
            return self.edge(a, {chr(value)})
        if kind == "IN":
            return self.edge(a, digit_class(value))
        if kind == "SUBPATTERN":
            return self.sequence(value[-1], a)
        if kind == "BRANCH":
            end = self.state()
            for branch in value[1]:
                self.empty[self.sequence(branch, a)].append(end)
            return end
        if kind == "MAX_REPEAT":
            least, most, inner = value
            for _ in range(least):
                a = self.sequence(inner, a)
            end = self.state()
            self.empty[a].append(end)
            for _ in range(min(most, NSN_MAX) - least):
                a = self.sequence(inner, a)
                self.empty[a].append(end)
            return end
        raise ValueError(kind)

    def closed(self, states):
        states = set(states)
        todo = list(states)
        while todo:
            for other in self.empty[todo.pop()]:
                if other not in states:
                    states.add(other)
                    todo.append(other)
        return states

    def step(self, states, digit=None):
        return self.closed(b for a in states for digits, b in self.edges[a]
                           if digit is None or digit in digits)

    def lengths(self, prefix):
        """How long the strings are that begin so."""
        states, out = self.closed({self.start}), set()
        for digit in prefix:
            states = self.step(states, digit)
        length = len(prefix)
        while states:
            if self.end in states:
                out.add(length)
            states = self.step(states)
            length += 1
        return out

    def words(self):
        """All the strings, x for any digit; longer before shorter."""
        out, todo = set(), [("", self.closed({self.start}))]
        while todo:
            word, states = todo.pop()
            if self.end in states and word:
                out.add(word)
            ways = {d: self.step(states, d) for d in DIGITS}
            if all(ways[d] == ways["0"] for d in DIGITS) and ways["0"]:
                todo.append((word + "x", ways["0"]))
                continue
            todo += [(word + d, s) for d, s in ways.items() if s]
        return sorted(out, key=lambda w: (-len(w), w))


# ---- dialling plans -----------------------------------------------------------

def metadata(region):
    return PhoneMetadata.metadata_for_region(region)


def international(data):
    pattern = (data.international_prefix or "").replace("~", "")
    return Language([pattern]).words() if pattern else []


def outer_branches(pattern):
    """Alternatives of the outermost level."""
    depth, parts = 0, [""]
    for char in pattern:
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def trunk_and_rule(region, data):
    """The prefixes before a national number, and what else is dialled there:
    (first digits, length, digits of them to leave out, digits to put before)."""
    parsing, rule = data.national_prefix_for_parsing or "", None
    change = data.national_prefix_transform_rule or ""
    if region == "AR":  # 15 behind the area code is 9 before it
        areas = re.fullmatch(r"0\?\(\?:\((.*)\)15\)\?", parsing)
        rule = (Language([f"(?:{areas.group(1)})15"]).words(), 12, 2, "9")
        parsing = "0"
    elif region == "GA":  # numbers of 8 digits, behind a 0; those with one stay
        rule, parsing = (["0"], 9, 1, ""), ""
    elif region == "BR":  # the carrier, when the whole number follows
        parsing = parsing.replace(r"(\d{10,11})", "")
    elif change:  # numbers of the place, without their area code
        put = re.fullmatch(r"(\d+)\\1", change).group(1)
        local = [b for b in outer_branches(parsing) if b.endswith("$")]
        plain = [b for b in outer_branches(parsing) if not b.endswith("$")]
        language = Language([local[0][:-1]])
        first = [d for d in DIGITS if language.lengths(d)]
        (length,) = language.lengths("")
        rule, parsing = (first, length, 0, put), "|".join(plain)
    words = Language([parsing]).words() if parsing else []
    old = [w for w in OLD_TRUNK.get(region, []) if w not in words]
    return sorted(words + old, key=lambda w: (-len(w), w)), rule


def form_tree(lengths, prefix=""):
    """{first digits: lengths}, as short as they tell all that FORM_DEPTH do."""
    here = lengths(prefix)
    if not here:
        return {}
    if len(prefix) == FORM_DEPTH:
        return {prefix: here}
    tree = {}
    for digit in DIGITS:
        tree.update(form_tree(lengths, prefix + digit))
    if all(tree.get(prefix + d) == here for d in DIGITS):
        return {prefix: here}
    return tree


def squeezed(prefixes):
    """x in place of a last digit that may be any."""
    out = set(prefixes)
    for length in range(FORM_DEPTH, 0, -1):
        for stem in {p[:-1] for p in out if len(p) == length}:
            if all(stem + d in out for d in DIGITS):
                out -= {stem + d for d in DIGITS}
                out.add(stem + "x")
    return sorted(out)


def forms(code, regions):
    """[(first digits, lengths)] of the national numbers behind a code."""
    most = E164_MAX - len(str(code))
    languages = []
    for region in regions:
        desc = metadata(region).general_desc
        languages.append((Language([desc.national_number_pattern]),
                          set(desc.possible_length)))
    tree = form_tree(lambda prefix: frozenset(
        n for language, possible in languages
        for n in language.lengths(prefix) & possible if n <= most))
    by_lengths = {}
    for prefix, lengths in tree.items():
        by_lengths.setdefault(lengths, []).append(prefix)
    return sorted((squeezed(p), sorted(lengths))
                  for lengths, p in by_lengths.items())


def codes():
    return {code: regions
            for code, regions in lib.COUNTRY_CODE_TO_REGION_CODE.items()
            if regions != ("001",)}


# ---- time zones -----------------------------------------------------------------

def zone_names():
    """Old name of the tz database: the one that is in zone.tab now."""
    with open(os.path.join(ZONEINFO, "zone.tab"), encoding="utf-8") as file:
        named = {line.split("\t")[2].strip() for line in file
                 if not line.startswith("#")}
    links = {}
    with open(os.path.join(ZONEINFO, "tzdata.zi"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("L "):
                _, target, name = line.split()
                links[name] = target
    # a link from before the war may lead to another country's zone
    links["Africa/Asmera"] = "Africa/Asmara"
    out = {}
    for name in {z for zones in TIMEZONE_DATA.values() for z in zones}:
        new = name
        while new not in named:
            new = links[new]
        out[name] = new
    return out


def by_prefix(table, digits):
    for length in range(len(digits), 0, -1):
        if digits[:length] in table:
            return table[digits[:length]]
    return ()


def patterns(regions, kinds):
    for region in regions:
        for kind in kinds:
            desc = getattr(metadata(region), kind)
            if desc and desc.national_number_pattern:
                yield desc.national_number_pattern


def no_place(code, regions, table):
    """{prefix: zones of the whole code} of what is behind a code and belongs to
    no place, though an entry of the table may cover it."""
    out = {}
    places, others = ["fixed_line"], list(NO_PLACE)
    placed = lib.is_number_type_geographical(PhoneNumberType.MOBILE, int(code))
    (places if placed else others).append("mobile")
    geographic = Language(patterns(regions, places))
    elsewhere = Language(patterns(regions, others))

    def walk(prefix):
        if not elsewhere.lengths(prefix):
            return
        if prefix and not geographic.lengths(prefix):
            out[code + prefix] = table[code]
        elif len(prefix) < PLACE_DEPTH:
            for digit in DIGITS:
                walk(prefix + digit)

    walk("")
    return out


def zone_table():
    """{prefix: sorted zones}; a prefix covers those longer ones that are not
    named, and nothing is named below one that belongs to no place."""
    names = zone_names()
    table = {p: tuple(sorted({names[z] for z in zones}))
             for p, zones in TIMEZONE_DATA.items()}
    for code, regions in codes().items():
        code = str(code)
        if code == "1" or code not in table:
            continue  # North American mobiles have the area codes of places
        found = no_place(code, regions, table)
        for prefix in found:
            for longer in [p for p in table
                           if p.startswith(prefix) and p != code]:
                del table[longer]
        table.update(found)
    return table


def intervals(table):
    """[(first eight digits from which on, zones)]"""
    starts = {0}
    for prefix in table:
        first = int(prefix.ljust(ZONE_DIGITS, "0"))
        starts |= {first, first + 10 ** (ZONE_DIGITS - len(prefix))}
    out = []
    for start in sorted(s for s in starts if s < 10 ** ZONE_DIGITS):
        zones = by_prefix(table, str(start).zfill(ZONE_DIGITS)) \
            if start >= 10 ** (ZONE_DIGITS - 1) else ()
        if not out or out[-1][1] != zones:
            out.append((start, zones))
    return out


# ---- C ---------------------------------------------------------------------------

def version(package):
    return subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package],
                          check=True, capture_output=True, text=True).stdout


def head(what):
    return (f"/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
            f"/* {what}\n *\n"
            f" * Written by `make zones`, not by hand: from python3-phonenumbers\n"
            f" * {version('python3-phonenumbers')} (libphonenumber"
            f" {lib.__version__}, Apache-2.0). */\n\n")


def filled(items, indent="\t", width=78):
    """Items behind each other, in lines."""
    lines, line = [], ""
    for item in items:
        if line and len(line) + len(item) + 1 > width:
            lines.append(indent + line)
            line = ""
        line += (" " if line else "") + item
    return "\n".join(lines + [indent + line]) + "\n"


def c_text(words, indent):
    """A string of words, in pieces of a line each."""
    lines = filled(words, "", 76 - 4 * len(indent)).splitlines() or [""]
    return ("\n" + indent).join(
        f'"{line}{" " if i + 1 < len(lines) else ""}"'
        for i, line in enumerate(lines))


def row(members):
    """An initialiser, in as many lines as it takes."""
    text = "\t{" + members[0]
    for member in members[1:]:
        last = text.rsplit("\n", 1)[-1].expandtabs(4)
        fits = len(last) + len(member.split("\n")[0]) < 76
        text += ("," + (" " if fits else "\n\t\t")) + member
    return text + "},\n"


def length_mask(lengths):
    out, lengths = [], sorted(lengths)
    while lengths:
        n = 1
        while n < len(lengths) and lengths[n] == lengths[0] + n:
            n += 1
        out.append(f"L({lengths[0]}, {lengths[n - 1]})")
        lengths = lengths[n:]
    return " | ".join(out)


def write_plans():
    text = head("How each country dials: engine/reply/plans.h says what is"
                " what.")
    text += '#include "plans.h"\n\n#include <stddef.h>\n\n'
    text += ("/* a number may have from a to b digits */\n"
             "#define L(a, b) ((1u << ((b) + 1)) - (1u << (a)))\n\n")
    text += "/* clang-format off */\n"
    for code, regions in sorted(codes().items()):
        text += f"static const rep_plan_form_t of_{code}[] = {{\n"
        for prefixes, lengths in forms(code, regions):
            text += row([c_text(prefixes, chr(9) * 2), length_mask(lengths)])
        text += "\t{NULL, 0}};\n"
    text += "\n"
    rows = ""
    for region in sorted(lib.SUPPORTED_REGIONS):
        data = metadata(region)
        trunk, rule = trunk_and_rule(region, data)
        given = "NULL"
        if rule:
            first, length, cut, put = rule
            text += (f"static const rep_plan_rule_t rule_{region} = {{\n"
                     f"\t{c_text(first, chr(9))},\n"
                     f"\t{length}, {cut}, \"{put}\"}};\n")
            given = f"&rule_{region}"
        rows += row([f'"{region}"', str(data.country_code),
                     c_text(international(data), chr(9) * 2),
                     c_text(trunk, chr(9) * 2), given,
                     f"of_{data.country_code}"])
    text += "\nconst rep_plan_t rep_plans[] = {\n" + rows + "};\n"
    text += "/* clang-format on */\n\n"
    text += ("const unsigned rep_plan_count ="
             " sizeof(rep_plans) / sizeof(rep_plans[0]);\n")
    return text


def write_zone_table():
    rows = intervals(zone_table())
    names = sorted({z for _, zones in rows for z in zones})
    sets, places, flat = sorted({zones for _, zones in rows}), {}, []
    for zones in sets:
        places[zones] = sum(map(len, flat))
        flat.append([len(zones)] + [names.index(z) for z in zones])
    text = head("Which time zones a number may be in: engine/reply/"
                "zone_table.h says\n * what is what.")
    text += '#include "zone_table.h"\n\n/* clang-format off */\n'
    text += "const char *const rep_zone_names[] = {\n"
    text += filled(f'"{n}",' for n in names) + "};\n\n"
    text += "const uint16_t rep_zone_sets[] = {\n"
    text += filled(", ".join(map(str, one)) + "," for one in flat) + "};\n\n"
    text += "const rep_zone_range_t rep_zone_ranges[] = {\n"
    text += filled((f"{{{start}, {places[zones]}}}," for start, zones in rows),
                   width=74) + "};\n"
    text += "/* clang-format on */\n\n"
    text += ("#define COUNT(a) (sizeof(a) / sizeof((a)[0]))\n\n"
             "const unsigned rep_zone_count = COUNT(rep_zone_names);\n"
             "const unsigned rep_zone_range_count = COUNT(rep_zone_ranges);\n\n"
             "_Static_assert(COUNT(rep_zone_names) <= REP_ZONES_MAX, \"zones\");\n")
    return text


# ---- samples -----------------------------------------------------------------------

def examples(region):
    for kind in range(11):
        number = lib.example_number_for_type(region, kind)
        if number:
            e164 = lib.format_number(number, PhoneNumberFormat.E164)[1:]
            if 7 <= len(e164) <= E164_MAX:
                yield kind, number, e164


def write_plan_samples():
    rows = {}
    for region in sorted(lib.SUPPORTED_REGIONS):
        for kind, number, e164 in examples(region):
            if kind > PhoneNumberType.PREMIUM_RATE:
                continue
            for form in PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL:
                rows[region, lib.format_number(number, form), e164] = True
        prefixes = international(metadata(region))
        if prefixes:
            usual = metadata(region).preferred_international_prefix \
                or prefixes[-1]
            usual = usual.replace("~", "").replace("x", "1")
            rows[region, usual + " 44 20 7946 0000", "442079460000"] = True
    text = head("Example numbers of each country, as they are dialled there.")
    text += "/* clang-format off */\n"
    text += "static const plan_sample_t plan_samples[] = {\n"
    text += filled((f'{{"{r}", "{t}", {n}}},' for r, t, n in rows), width=90)
    return text + "};\n/* clang-format on */\n"


def write_zone_samples():
    """libphonenumber's own answers; in North America those by area code."""
    names, rows = zone_names(), {}
    for region in sorted(lib.SUPPORTED_REGIONS):
        for kind, number, e164 in examples(region):
            if number.country_code == 1:
                continue
            rows[e164] = timezone.time_zones_for_geographical_number(number) \
                if kind == PhoneNumberType.FIXED_LINE \
                else timezone.time_zones_for_number(number)
    for prefix in sorted(TIMEZONE_DATA)[::7]:
        if prefix.startswith("1"):
            number = prefix.ljust(11, "2")
            rows[number] = by_prefix(TIMEZONE_DATA, number)
    text = head("Numbers, and the zones that libphonenumber has for them.")
    text += "/* clang-format off */\n"
    text += "static const zone_sample_t zone_samples[] = {\n"
    for number, zones in rows.items():
        text += row([number, c_text(sorted({names[z] for z in zones}),
                                    chr(9) * 2)])
    return text + "};\n/* clang-format on */\n"


def main():
    wrong = []
    for path, text in (
            (os.path.join(REPLY, "plans.c"), write_plans()),
            (os.path.join(REPLY, "zone_table.c"), write_zone_table()),
            (os.path.join(UNIT, "plan_samples.h"), write_plan_samples()),
            (os.path.join(UNIT, "zone_samples.h"), write_zone_samples())):
        if "--check" in sys.argv[1:]:
            with open(path, encoding="utf-8") as file:
                wrong += [path] if file.read() != text else []
            continue
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    for path in wrong:
        print(f"{path}: not what `make zones` writes", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
