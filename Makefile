# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make          build modules/reputation/reputation.so
#   make test     install what is missing, build, run every test
#   make demo     install what is missing, build, show the main job
#   make bench    the tables of docs, printed and as JSON in build/bench/
#   make lint     formatter check and static analysis
#   make install  into Kamailio's module directory; reputation-replay to BIN_DIR
#   make clean

BUILD := $(CURDIR)/build
MODULE := modules/reputation/reputation.so
# what Debian's own packages are made for, not another python in PATH
PYTHON ?= /usr/bin/python3

# headers: given, else the source package of the installed version
KAMAILIO_SRC ?= $(BUILD)/kamailio/src
CONFIG_MAK = $(KAMAILIO_SRC)/src/config.mak

MODULES_DIR ?= $(firstword $(wildcard /usr/lib/*/kamailio/modules \
	/usr/lib64/kamailio/modules /usr/lib/kamailio/modules))
BIN_DIR ?= /usr/bin

all: module replay

module: $(CONFIG_MAK)
	@$(MAKE) --no-print-directory -C modules/reputation \
		KAMAILIO_SRC=$(KAMAILIO_SRC) OBJ=$(BUILD)/obj

$(CONFIG_MAK): | headers
	@$(MAKE) -C $(KAMAILIO_SRC)/src cfg >$(BUILD)/cfg.log 2>&1 \
		|| { cat $(BUILD)/cfg.log; exit 1; }

headers:
	@mkdir -p $(BUILD)
ifeq ($(KAMAILIO_SRC),$(BUILD)/kamailio/src)
	@modules/reputation/tools/kamailio-src.sh $(BUILD)/kamailio
endif

# reputation-replay: the same core, without Kamailio
REPLAY := $(BUILD)/reputation-replay
REPLAY_CFLAGS = -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror \
	-Imodules/reputation -Imodules/reputation/core \
	$(shell pkg-config --cflags json-c)
REPLAY_SOURCES := $(wildcard modules/reputation/core/*.c \
	modules/reputation/replay/*.c) \
	$(patsubst %,modules/reputation/store/%.c,attrs pack pool_file pool_load zone)
REPLAY_OBJECTS = $(REPLAY_SOURCES:%.c=$(BUILD)/replay/%.o)

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
	@tests/packages.sh

# ---- unit tests: the core and the store, under sanitizers ----------------

UNIT_CC ?= gcc
UNIT_CFLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -Imodules/reputation -Imodules/reputation/core \
	$(shell pkg-config --cflags check hiredis json-c)
UNIT_LIBS = $(shell pkg-config --libs check hiredis json-c) -lm -lpthread
UNIT_SOURCES := $(wildcard modules/reputation/core/*.c \
	modules/reputation/store/*.c tests/unit/*.c) \
	$(filter-out %/main.c,$(wildcard modules/reputation/replay/*.c))
UNIT_OBJECTS = $(UNIT_SOURCES:%.c=$(BUILD)/unit/$(UNIT_CC)/%.o)

$(BUILD)/unit/$(UNIT_CC)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  $(UNIT_CC)  $<"
	@$(UNIT_CC) $(UNIT_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/unit/$(UNIT_CC)/run: $(UNIT_OBJECTS)
	@$(UNIT_CC) $(UNIT_CFLAGS) -o $@ $^ $(UNIT_LIBS)

unit: $(BUILD)/unit/$(UNIT_CC)/run
	$(BUILD)/unit/$(UNIT_CC)/run

-include $(UNIT_OBJECTS:.o=.d)

# ---- tests, demo, bench ---------------------------------------------------

RUN_ENV = REPUTATION_MODULE=$(CURDIR)/$(MODULE) REPUTATION_REPLAY=$(REPLAY)

integration: module replay
	$(RUN_ENV) $(PYTHON) -m pytest -q tests/integration $(PYTEST_ARGS)

# the store against real Redis servers, without any proxy
store-live:
	$(PYTHON) -m pytest -q tests/store $(PYTEST_ARGS)

test: packages
	@$(MAKE) --no-print-directory module replay unit fuzz-replay
	@$(MAKE) --no-print-directory store-live
	@$(MAKE) --no-print-directory integration

demo: packages
	@$(MAKE) --no-print-directory module
	@$(RUN_ENV) $(PYTHON) tests/demo/demo.py

bench:
	@tests/packages.sh python3-matplotlib
	@$(MAKE) --no-print-directory module
	@$(RUN_ENV) PYTHON=$(PYTHON) tests/bench/run.sh core load
	@$(MAKE) --no-print-directory bench-judgement

bench-judgement:
	@tests/bench/run.sh judgement

# the fuzz target over its corpus and a bounded number of mutations
FUZZ_SOURCES = $(wildcard modules/reputation/core/*.c) tests/unit/mem.c \
	tests/fuzz/fuzz_reason.c
fuzz-replay: $(BUILD)/fuzz/replay
	$(BUILD)/fuzz/replay tests/fuzz/corpus/reason/*

$(BUILD)/fuzz/replay: $(FUZZ_SOURCES)
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) -DREP_FUZZ_STANDALONE -Itests/unit -o $@ $^ -lm -lpthread

# coverage-guided, for as long as FUZZ_SECONDS says (needs clang's runtime)
FUZZ_SECONDS ?= 60
fuzz:
	@mkdir -p $(BUILD)/fuzz/corpus
	clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
		-Imodules/reputation -Imodules/reputation/core -Itests/unit \
		-o $(BUILD)/fuzz/reason $(FUZZ_SOURCES) -lm -lpthread
	$(BUILD)/fuzz/reason -max_total_time=$(FUZZ_SECONDS) \
		$(BUILD)/fuzz/corpus tests/fuzz/corpus/reason

# ---- lint, install, clean --------------------------------------------------

LINT_SOURCES = $(wildcard modules/reputation/*/*.[ch] tests/*/*.[ch])
PURE_SOURCES = $(wildcard modules/reputation/core/*.c \
	modules/reputation/store/*.c modules/reputation/replay/*.c)

lint:
	@clang-format --dry-run --Werror $(LINT_SOURCES)
	@cppcheck --quiet --std=c11 --error-exitcode=1 \
		--enable=warning,portability --inline-suppr \
		--suppress=missingIncludeSystem -Imodules/reputation $(PURE_SOURCES)
	@shellcheck modules/reputation/tools/*.sh tests/*.sh tests/bench/*.sh .ci/run

install: module replay
	install -d $(DESTDIR)$(MODULES_DIR)
	install -m 644 $(MODULE) $(DESTDIR)$(MODULES_DIR)/
	install -d $(DESTDIR)$(BIN_DIR)
	install -m 755 $(REPLAY) $(DESTDIR)$(BIN_DIR)/

clean:
	rm -rf $(BUILD)/obj $(BUILD)/unit $(BUILD)/fuzz $(BUILD)/bench $(MODULE) \
		$(BUILD)/replay $(REPLAY)

.PHONY: all module replay headers packages unit store-live integration test \
	demo bench bench-judgement fuzz fuzz-replay lint install clean
