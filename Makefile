# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make             build modules/reputation/reputation.so
#   make test        install what is missing, build, run every test
#   make demo        install what is missing, build, show the main job
#   make mutate      would the tests notice? about 170 small faults (long)
#   make test-faults Redis and the network fail in every way: counts stay exact
#                    (up to 20 minutes; namespaces want root). FAULT_KIND=tls
#                    or sentinel: of that kind of Redis; REDIS_SERVER=program
#   make test-kinds  the same by TLS and behind Sentinels, and with Valkey (long)
#   make test-asan   the integration tests under ASan and UBSan (long)
#   make test-load   2,000 calls a second for 30 s: counts exact, no leak
#   make coverage    lines that the tests run, by room (long)
#   make bench       the tables of docs, printed and as JSON in build/bench/
#   make bench-store what Redis takes: many pools, long histories, cuts
#   make bench-check does a call take no more instructions than written down in
#                    tests/bench/calls.json? CHECK=--write to write it anew
#   make fuzz        every parser, coverage-guided (FUZZ_SECONDS each)
#   make lint        formatter check and static analysis; installs its tools
#   make test-intree build it inside Kamailio's own tree, by make and CMake
#   make test-fresh  README's commands on bare Debian systems (as root, long)
#   make zones       write the tables of dialling plans and time zones anew
#   make packages    only install what building and testing need
#   make install     into Kamailio's module directory; reputation-replay to
#                    BIN_DIR
#   make clean
#
# To build for a Kamailio that is no package: KAMAILIO=program, and
# KAMAILIO_SRC=dir with the source tree of that version. For TLS to Redis where
# hiredis is older than 1.0: HIREDIS=dir, where a newer one was installed.

# Paths are relative to this folder, so that it may have a space in its name.
BUILD := build
M := modules/reputation
MODULE := $(M)/reputation.so
# what Debian's own packages are made for, not another python in PATH
PYTHON ?= /usr/bin/python3

# kamailio and kamcmd are there, but not in the PATH of a Debian user
PATH := $(PATH):/usr/local/sbin:/usr/sbin:/sbin
export PATH

KAMAILIO ?= kamailio
# headers: given, else the source package of the installed version
KAMAILIO_SRC ?= $(BUILD)/kamailio/src

MODULES_DIR ?= $(firstword $(wildcard /usr/lib/*/kamailio/modules \
	/usr/lib64/kamailio/modules /usr/lib/kamailio/modules))
BIN_DIR ?= /usr/bin

# a newer one than the distribution's, for TLS
ifdef HIREDIS
override HIREDIS := $(shell cd "$(HIREDIS)" && pwd)
export HIREDIS
endif

# ---- the rooms; each may hold folders -------------------------------------

sources = $(foreach dir,$(1),$(wildcard $(dir)/*.c $(dir)/*/*.c))
ENGINE := $(call sources,$(M)/engine)
FORMATS := $(call sources,$(M)/formats)
STORE := $(call sources,$(M)/store)
TOOLS := $(call sources,$(M)/tools)
INCLUDES := -I$(M)
UNIT_TESTS := $(call sources,tests/unit)
C_FILES := $(shell find modules tests -name '*.[ch]')

# ---- the module -----------------------------------------------------------

all: module replay

module: headers
	@$(MAKE) --no-print-directory -C $(M) KAMAILIO="$(KAMAILIO)" \
		HIREDIS="$(HIREDIS)" KAMAILIO_SRC="$$(cd "$(KAMAILIO_SRC)" && pwd)" \
		OBJ=../../$(BUILD)/obj

headers:
	@mkdir -p $(BUILD)
ifeq ($(KAMAILIO_SRC),$(BUILD)/kamailio/src)
	@$(M)/build-aux/kamailio-src.sh $(BUILD)/kamailio
endif

# reputation-replay: the same engine, without Kamailio
REPLAY := $(BUILD)/reputation-replay
REPLAY_CFLAGS = -std=gnu11 -D_GNU_SOURCE -O3 -Wall -Wextra $(WERROR) \
	$(INCLUDES) $(shell pkg-config --cflags json-c)
REPLAY_OBJECTS := $(patsubst %.c,$(BUILD)/replay/%.o,\
	$(ENGINE) $(FORMATS) $(TOOLS))

$(BUILD)/replay/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(REPLAY_CFLAGS) -MMD -MP -c $< -o $@

$(REPLAY): $(REPLAY_OBJECTS)
	@echo "  LD  $@"
	@$(CC) -o $@ $^ $(shell pkg-config --libs json-c) -lm

replay: $(REPLAY)

-include $(REPLAY_OBJECTS:.o=.d)

packages:
	@tests/packages.sh build test

# from libphonenumber's metadata, as Debian has it; what it writes is checked in
zones:
	@tests/packages.sh zones
	@$(PYTHON) $(M)/build-aux/numbering.py

# ---- unit tests, under sanitizers; Kamailio's headers by a shim ------------

UNIT_CC ?= gcc
UNIT_SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
UNIT_CFLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror \
	$(UNIT_SANITIZE) $(INCLUDES) -Itests/unit/shim \
	$(shell pkg-config --cflags check) $(shell $(M)/build-aux/libraries.sh cflags)
UNIT_LIBS = $(shell pkg-config --libs check) \
	$(shell $(M)/build-aux/libraries.sh libs) -lm -lpthread
UNIT_OBJECTS := $(patsubst %.c,$(BUILD)/unit/$(UNIT_CC)/%.o,\
	$(ENGINE) $(FORMATS) $(STORE) $(UNIT_TESTS) \
	$(patsubst %,$(M)/kamailio/%.c,call_table answered byes mark replies \
		complain ending) \
	$(filter-out %/main.c,$(TOOLS)))

# of the hiredis that is used: with another one all is built anew
$(BUILD)/libraries: FORCE
	@mkdir -p $(@D)
	@{ $(M)/build-aux/libraries.sh cflags && \
		$(M)/build-aux/libraries.sh libs; } >$@.new
	@cmp -s $@.new $@ || mv $@.new $@

$(BUILD)/unit/$(UNIT_CC)/%.o: %.c $(BUILD)/libraries
	@mkdir -p $(@D)
	@echo "  $(UNIT_CC)  $<"
	@$(UNIT_CC) $(UNIT_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/unit/$(UNIT_CC)/run: $(UNIT_OBJECTS)
	@$(UNIT_CC) $(UNIT_CFLAGS) -o $@ $^ $(UNIT_LIBS)

unit: $(BUILD)/unit/$(UNIT_CC)/run
	$(BUILD)/unit/$(UNIT_CC)/run

-include $(UNIT_OBJECTS:.o=.d)

# ---- tests, demo, bench ---------------------------------------------------

# the tests mostly wait: more processes than there are cores
PYTEST_JOBS ?= -n 3
RUN_ENV = REPUTATION_MODULE="$(CURDIR)/$(MODULE)" \
	REPUTATION_REPLAY="$(CURDIR)/$(REPLAY)"

integration: module replay
	$(RUN_ENV) $(PYTHON) -m pytest -q $(PYTEST_JOBS) --dist loadfile \
		tests/integration $(PYTEST_ARGS)

# the store against real Redis servers, without any proxy
store-live:
	$(PYTHON) -m pytest -q $(PYTEST_JOBS) tests/store $(PYTEST_ARGS)

# tests/faults, all of it; FAULTS="-m quick" is the third in make test
FAULTS_BOUND ?= 1200
FAULTS_JOBS ?= -n 5
faults: module
	$(RUN_ENV) timeout $(FAULTS_BOUND) $(PYTHON) -m pytest -q $(FAULTS_JOBS) \
		$(FAULTS) tests/faults $(PYTEST_ARGS)

test-faults: packages
	@$(MAKE) --no-print-directory faults

# all of them by each other kind of Redis; the store and the quick third by
# each other server than redis-server that this Debian has
FAULT_KINDS ?= tls sentinel cluster
REDIS_SERVERS ?= $(shell tests/packages.sh --servers)
test-kinds:
	@tests/packages.sh build test servers
	@for kind in $(FAULT_KINDS); do \
		$(MAKE) --no-print-directory faults FAULT_KIND=$$kind || exit 1; done
	@for server in $(REDIS_SERVERS); do \
		$(MAKE) --no-print-directory store-live faults FAULTS="-m quick" \
		REDIS_SERVER=$$server || exit 1; done

# how the module is built, and for which Kamailio it is
test-build: module
	KAMAILIO="$(KAMAILIO)" KAMAILIO_SRC="$(KAMAILIO_SRC)" \
		$(PYTHON) -m pytest -q tests/build $(PYTEST_ARGS)

# would they notice? ROOM=engine|store|kamailio, ONLY=word, JOBS=copies,
# QUICK=1
mutate: headers
	@ROOM="$(ROOM)" ONLY="$(ONLY)" JOBS="$(JOBS)" QUICK="$(QUICK)" \
		KAMAILIO_SRC="$(KAMAILIO_SRC)" $(PYTHON) tests/mutate/mutate.py

# FILES="tests/integration/test_calls.py": these only
test-asan: packages headers
	@KAMAILIO_SRC="$(KAMAILIO_SRC)" PYTHON=$(PYTHON) FILES="$(FILES)" \
		PYTEST_JOBS="$(PYTEST_JOBS)" PYTEST_ARGS="$(PYTEST_ARGS)" \
		tests/asan/run.sh

LOAD_RATE ?= 2000
LOAD_SECONDS ?= 30
test-load: packages
	@$(MAKE) --no-print-directory module
	@$(RUN_ENV) $(PYTHON) tests/load/exact.py --rate $(LOAD_RATE) \
		--seconds $(LOAD_SECONDS)

# STEPS="unit store integration": which tests are counted
coverage:
	@tests/packages.sh build test coverage
	@$(MAKE) --no-print-directory headers
	@KAMAILIO_SRC="$(KAMAILIO_SRC)" PYTHON=$(PYTHON) \
		PYTEST_JOBS="$(PYTEST_JOBS)" STEPS="$(STEPS)" tests/coverage/run.sh

# The tests with real servers mostly wait: the unit tests, which compute, fill
# what is left of the machine beside them, and give way.
test: packages
	@$(MAKE) --no-print-directory -j 2 WERROR=-Werror module replay
	@$(MAKE) --no-print-directory test-build
	@$(MAKE) --no-print-directory -j 2 --output-sync=target test-core test-live

test-core:
	@nice $(MAKE) --no-print-directory WERROR=-Werror fuzz-replay unit

test-live:
	@$(MAKE) --no-print-directory store-live
	@$(MAKE) --no-print-directory faults FAULTS="-m quick"
	@$(MAKE) --no-print-directory integration
	@$(RUN_ENV) PYTHON=$(PYTHON) tests/bench/run.sh check

demo: packages
	@$(MAKE) --no-print-directory module
	@$(RUN_ENV) $(PYTHON) tests/demo/demo.py

bench:
	@tests/packages.sh build test bench
	@$(MAKE) --no-print-directory module
	@$(RUN_ENV) PYTHON=$(PYTHON) tests/bench/run.sh core calls load
	@$(MAKE) --no-print-directory bench-judgement

bench-store:
	@tests/packages.sh build test bench
	@PYTHON=$(PYTHON) tests/bench/run.sh store

bench-check:
	@tests/packages.sh build test bench
	@$(MAKE) --no-print-directory module
	@$(RUN_ENV) PYTHON=$(PYTHON) CHECK="$(CHECK)" tests/bench/run.sh check

bench-judgement: replay
	@$(RUN_ENV) PYTHON=$(PYTHON) tests/bench/run.sh judgement

# besides the installed Kamailio's tree, those of these suites of Debian's:
# 6.0's can be built by make and by CMake
INTREE_SUITES ?= trixie
test-intree:
	@tests/packages.sh build intree
	@$(MAKE) --no-print-directory headers
	@for suite in $(INTREE_SUITES); do $(M)/build-aux/kamailio-src.sh \
		"$(BUILD)/kamailio-$$suite" "$$suite" || exit 1; done
	@tests/build/intree.sh "$(KAMAILIO_SRC)" \
		$(INTREE_SUITES:%=$(BUILD)/kamailio-%/src)

# FRESH_SUITES: Debian's suites; FRESH_STEPS: demo test readme sudo lint intree
# kinds
FRESH_SUITES ?= bookworm trixie
FRESH_STEPS ?= demo test readme sudo
test-fresh:
	@tests/packages.sh fresh
	@tests/build/fresh.sh "$(FRESH_SUITES)" "$(FRESH_STEPS)"

# ---- fuzzing: each tests/fuzz/fuzz_NAME.c is a target ----------------------

FUZZ_TARGETS ?= $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SOURCES := $(ENGINE) $(FORMATS) tests/unit/mem.c tests/unit/shim.c \
	$(M)/kamailio/rpc_args.c
FUZZ_LIBS = $(shell pkg-config --libs json-c) -lm -lpthread

# without libFuzzer: the corpus, and mutations of it
FUZZ_MUTATIONS ?= 2000
fuzz-replay: $(patsubst %,$(BUILD)/fuzz/run/%,$(FUZZ_TARGETS))
	@for target in $(FUZZ_TARGETS); do echo "  FUZZ  $$target" && \
		$(BUILD)/fuzz/run/$$target -n $(FUZZ_MUTATIONS) \
		tests/fuzz/corpus/$$target/* || exit 1; done

FUZZ_OBJECTS := $(patsubst %.c,$(BUILD)/unit/$(UNIT_CC)/%.o,\
	$(FUZZ_SOURCES) tests/fuzz/driver.c)
$(BUILD)/unit/$(UNIT_CC)/tests/fuzz/%.o: UNIT_CFLAGS += -Itests/unit
.SECONDARY: $(patsubst %,$(BUILD)/unit/$(UNIT_CC)/tests/fuzz/fuzz_%.o,\
	$(FUZZ_TARGETS)) $(FUZZ_OBJECTS)

$(BUILD)/fuzz/run/%: $(BUILD)/unit/$(UNIT_CC)/tests/fuzz/fuzz_%.o \
		$(FUZZ_OBJECTS)
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) -o $@ $^ $(FUZZ_LIBS)

# coverage-guided, FUZZ_SECONDS for each of FUZZ_TARGETS; what is found in the
# way of new inputs stays in build/fuzz/corpus, what fails in build/fuzz
FUZZ_SECONDS ?= 60
FUZZ_CFLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all $(INCLUDES) -Itests/unit -Itests/unit/shim \
	$(shell pkg-config --cflags json-c)
FUZZ_CLANG_OBJECTS := $(patsubst %.c,$(BUILD)/fuzz/clang/%.o,$(FUZZ_SOURCES))

$(BUILD)/fuzz/clang/%.o: %.c
	@mkdir -p $(@D)
	@echo "  clang  $<"
	@clang $(FUZZ_CFLAGS) -MMD -MP -c $< -o $@

# long sums over no input: what the fuzzer sees there is time that it lacks
$(BUILD)/fuzz/clang/$(M)/engine/judge/threshold.o: FUZZ_CFLAGS += -O3 \
	-fno-sanitize=fuzzer-no-link,address,undefined

$(BUILD)/fuzz/fuzz_%: $(BUILD)/fuzz/clang/tests/fuzz/fuzz_%.o \
		$(FUZZ_CLANG_OBJECTS)
	@clang $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $^ $(FUZZ_LIBS)

.SECONDARY: $(FUZZ_CLANG_OBJECTS) \
	$(patsubst %,$(BUILD)/fuzz/clang/tests/fuzz/fuzz_%.o,$(FUZZ_TARGETS))

-include $(FUZZ_CLANG_OBJECTS:.o=.d)

fuzz:
	@tests/packages.sh build fuzz
	@$(MAKE) --no-print-directory fuzz-built
	@tests/fuzz/run.sh "$(BUILD)/fuzz" "$(FUZZ_SECONDS)" $(FUZZ_TARGETS)

fuzz-built: $(patsubst %,$(BUILD)/fuzz/fuzz_%,$(FUZZ_TARGETS))

# ---- lint, install, clean --------------------------------------------------

lint:
	@tests/packages.sh build lint
	@tests/format.sh $(C_FILES)
	@cppcheck --quiet --std=c11 --error-exitcode=1 \
		--enable=warning,portability --inline-suppr \
		--suppress=missingIncludeSystem \
		--suppress=normalCheckLevelMaxBranches -I$(M) $(ENGINE) $(FORMATS) $(STORE) $(TOOLS)
	@$(PYTHON) tests/lint/layout.py
	@$(MAKE) --no-print-directory headers
	@$(MAKE) --no-print-directory -C $(M) KAMAILIO="$(KAMAILIO)" \
		HIREDIS="$(HIREDIS)" KAMAILIO_SRC="$$(cd "$(KAMAILIO_SRC)" && pwd)" \
		OBJ=../../$(BUILD)/obj tidy
	@$(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only \
		$(INCLUDES) -Itests/bench tests/bench/*.c
	@find modules tests .ci -name '*.sh' -o -path .ci/run | xargs shellcheck

install: module replay
	install -d "$(DESTDIR)$(MODULES_DIR)"
	install -m 644 $(MODULE) "$(DESTDIR)$(MODULES_DIR)/"
	install -d "$(DESTDIR)$(BIN_DIR)"
	install -m 755 $(REPLAY) "$(DESTDIR)$(BIN_DIR)/"

clean:
	rm -rf $(BUILD)/obj $(BUILD)/unit $(BUILD)/fuzz $(BUILD)/bench $(MODULE) \
		$(BUILD)/asan $(BUILD)/coverage $(BUILD)/replay $(REPLAY)

FORCE:
.PHONY: FORCE all module replay headers packages zones unit store-live integration \
	test test-core test-live faults test-faults test-kinds test-build test-asan test-load \
	test-intree test-fresh mutate coverage demo bench bench-judgement \
	bench-store bench-check fuzz fuzz-replay fuzz-built lint install clean
