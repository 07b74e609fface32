# SPDX-License-Identifier: GPL-2.0-or-later
"""How the module is built: for which Kamailio it is, what it shows of itself,
and that it is the same wherever it is built."""

import os
import re
import shutil
import subprocess
from xml.dom import minidom

import pytest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
MODULE_DIR = os.path.join(ROOT, "modules", "reputation")
MODULE = os.path.join(MODULE_DIR, "reputation.so")
AUX = os.path.join(MODULE_DIR, "build-aux")
KAMAILIO = os.environ.get("KAMAILIO", "kamailio")
SOURCE = os.path.join(ROOT, os.environ.get("KAMAILIO_SRC",
                                           "build/kamailio/src"))

# what `kamailio -v` prints, by the version of Debian that has it
DEBIAN_12 = """version: kamailio 5.6.3 (x86_64/linux) 
flags: USE_TCP, DBG_SR_MEMORY, USE_FUTEX, FAST_LOCK-ADAPTIVE_WAIT, \
TLS_PTHREAD_MUTEX_SHARED
ADAPTIVE_WAIT_LOOPS 512, MAX_RECV_BUFFER_SIZE 262144
"""
DEBIAN_14 = """version: kamailio 6.1.5 (x86_64/Linux) 1a2b3c
flags: USE_TCP, DBG_SR_MEMORY, DBG_QM_MALLOC, USE_FUTEX
MAX_RECV_BUFFER_SIZE 262144
"""
PTHREADS = """version: kamailio 6.1.5 (aarch64/Linux)
flags: USE_TCP, USE_PTHREAD_MUTEX-NOSMP
"""


def run(*argv, **options):
    done = subprocess.run(argv, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
    return done.returncode, done.stdout


class Fake:
    """A Kamailio that can only say what it is, and its source tree."""

    def __init__(self, path, said, headers, data=""):
        self.program = path / "kamailio"
        self.source = path / "source tree"
        self.out = path / "kamailio.mk"
        self.says(said, data)
        (self.source / "src").mkdir(parents=True)
        version, patchlevel, sublevel = headers.split(".")
        (self.source / "src" / "Makefile.defs").write_text(
            f"VERSION = {version}\nPATCHLEVEL = {patchlevel}\n"
            f"SUBLEVEL =  {sublevel}\nEXTRAVERSION = \n", encoding="utf-8")

    def says(self, said, data=""):
        self.program.write_text(
            f"#!/bin/sh\ncat <<'END'\n{said}END\nexit\n\0{data}\0",
            encoding="utf-8")
        self.program.chmod(0o755)

    def flags(self):
        """(exit status, output, {variable: value})"""
        status, said = run(os.path.join(AUX, "kamailio-flags.sh"),
                           self.program, self.source, self.out)
        values = {}
        if status == 0:
            values = dict(re.findall(r"^(\w+) := ?(.*)$",
                                     self.out.read_text(encoding="utf-8"),
                                     re.MULTILINE))
        return status, said, values

    def macros(self):
        """What is defined for the compiler, without its value if empty."""
        defs = self.flags()[2]["KAMAILIO_DEFS"]
        return {word[2:].rstrip("=") for word in defs.split()}


def test_futex_and_adaptive_wait(tmp_path):
    fake = Fake(tmp_path, DEBIAN_12, "5.6.3")
    assert {"USE_TCP", "DBG_SR_MEMORY", "USE_FUTEX", "FAST_LOCK",
            "ADAPTIVE_WAIT", "ADAPTIVE_WAIT_LOOPS=512",
            "KSR_PTHREAD_MUTEX_SHARED", "VERSIONVAL=5006003", "__CPU_x86_64",
            "__OS_linux", "OS_QUOTED='\"linux\"'"} <= fake.macros()
    assert fake.flags()[2]["KAMAILIO_VERSION"] == \
        "kamailio 5.6.3 (x86_64/linux)"


def test_futex_alone_as_cmake_builds_it(tmp_path):
    macros = Fake(tmp_path, DEBIAN_14, "6.1.5").macros()
    assert {"USE_FUTEX", "VERSION='\"6.1.5\"'", "__OS_linux",
            "OS_QUOTED='\"Linux\"'"} <= macros
    assert not {"FAST_LOCK", "ADAPTIVE_WAIT", "KSR_PTHREAD_MUTEX_SHARED"} \
        & macros


def test_mutexes_of_pthreads(tmp_path):
    macros = Fake(tmp_path, PTHREADS, "6.1.5").macros()
    assert {"USE_PTHREAD_MUTEX", "NOSMP", "__CPU_aarch64"} <= macros
    assert not {"USE_FUTEX", "FAST_LOCK"} & macros


def test_the_flags_that_are_compared_not_those_that_are_printed(tmp_path):
    compared = "USE_TCP, DBG_SR_MEMORY, USE_FUTEX"
    fake = Fake(tmp_path, DEBIAN_14, "6.1.5", data=compared)
    assert fake.flags()[2]["KAMAILIO_FLAGS"] == compared
    assert "DBG_QM_MALLOC" not in fake.macros()


def test_made_anew_only_for_another_kamailio(tmp_path):
    fake = Fake(tmp_path, DEBIAN_12, "5.6.3")
    fake.flags()
    os.utime(fake.out, (1, 1))
    fake.flags()
    assert os.stat(fake.out).st_mtime == 1
    fake.says(DEBIAN_12.replace("USE_TCP, ", "USE_TCP, USE_TLS, "))
    fake.flags()
    assert os.stat(fake.out).st_mtime > 1


def test_made_anew_for_another_hiredis(tmp_path, monkeypatch):
    fake = Fake(tmp_path, DEBIAN_12, "5.6.3")
    fake.flags()
    os.utime(fake.out, (1, 1))
    monkeypatch.setenv("HIREDIS", str(tmp_path / "newer"))
    status, said, _ = fake.flags()
    assert status != 0 and "there is no" in said
    assert os.stat(fake.out).st_mtime == 1
    (tmp_path / "newer" / "lib").mkdir(parents=True)
    (tmp_path / "newer" / "lib" / "libhiredis_ssl.a").touch()
    assert "-DREP_TLS" in fake.flags()[2]["LIBRARY_CFLAGS"]
    assert os.stat(fake.out).st_mtime > 1


@pytest.mark.parametrize("said, headers, sentence", [
    (DEBIAN_14, "6.1.4", "are those of 6.1.4, but .* is 6.1.5"),
    (DEBIAN_12.replace("5.6.3", "5.5.0"), "5.5.0", "too old"),
    ("nothing\n", "5.6.3", "no version"),
])
def test_refused_before_it_is_compiled(tmp_path, said, headers, sentence):
    fake = Fake(tmp_path, said, headers)
    status, answer, _ = fake.flags()
    assert status != 0 and len(answer.splitlines()) == 1
    assert re.search(sentence, answer)
    assert not fake.out.exists()


def test_without_kamailio_the_remedy_is_named(tmp_path):
    status, answer = run("make", "-C", MODULE_DIR, "KAMAILIO=/nowhere/kamailio",
                         f"OBJ={tmp_path}")
    assert status != 0
    assert "/nowhere/kamailio is not installed: 'make packages'" in answer


def binary():
    """What the installed one is: (version, flags)."""
    out = os.path.join(ROOT, "build", "obj", "kamailio.mk")
    with open(out, encoding="utf-8") as made:
        values = dict(re.findall(r"^(\w+) := ?(.*)$", made.read(),
                                 re.MULTILINE))
    return values["KAMAILIO_VERSION"], values["KAMAILIO_FLAGS"]


def fits(*strings):
    return run(os.path.join(AUX, "kamailio-fits.sh"), MODULE, *strings)


def test_what_was_built_fits():
    assert fits(*binary()) == (0, "")


def test_what_does_not_fit_is_said():
    version, flags = binary()
    status, answer = fits("kamailio 9.9.9 (x86_64/linux)", flags)
    assert status != 0 and len(answer.splitlines()) == 1
    assert f"its version is '{version}', Kamailio's is 'kamailio 9.9.9" \
        in answer
    status, answer = fits(version, flags.replace(", USE_TLS", ""))
    assert status != 0 and len(answer.splitlines()) == 1
    assert f"its list of flags is '{flags}'" in answer
    assert fits(version, flags + ", USE_X")[0] != 0
    assert fits(version, flags.rpartition(", ")[0])[0] != 0
    assert fits(version[:-1], flags)[0] != 0


def test_only_what_kamailio_looks_up_is_visible():
    status, table = run("nm", "-D", "--defined-only", MODULE)
    assert status == 0
    assert {line.split()[-1] for line in table.splitlines()} == {
        "exports", "mod_register", "module_version", "module_flags",
        "module_interface_ver"}


def test_the_same_bytes_from_another_directory(tmp_path):
    copy = tmp_path / "another place" / "reputation"
    shutil.copytree(MODULE_DIR, copy, ignore=shutil.ignore_patterns("*.so"))
    status, answer = run("make", "-j2", "-C", copy, f"KAMAILIO={KAMAILIO}",
                         f"KAMAILIO_SRC={SOURCE}", "OBJ=obj")
    assert status == 0, answer
    with open(MODULE, "rb") as one, open(copy / "reputation.so", "rb") as two:
        assert one.read() == two.read()


def test_a_folder_of_kamailios_tree(tmp_path):
    """As it would be handed in, its pages made of ours."""
    folder = tmp_path / "reputation"
    status, answer = run("python3", os.path.join(
        os.path.dirname(__file__), "upstream.py"), folder)
    assert status == 0, answer
    assert sorted(path.name for path in folder.iterdir()) == [
        "CMakeLists.txt", "Makefile", "doc", "engine", "formats", "kamailio",
        "store"]
    chapter = minidom.parse(str(folder / "doc" / "reputation_admin.xml"))
    sections = {section.getAttribute("id")
                for section in chapter.getElementsByTagName("section")}
    assert "reputation.f.reputation_pick" in sections
    for source in folder.rglob("*.[ch]"):
        assert "Copyright (C)" in source.read_text(encoding="utf-8")[:200]
