# SPDX-License-Identifier: GPL-2.0-or-later
#
# Outside of a Kamailio tree: builds the module for the installed Kamailio, with
# its own flags.
#
#   make [KAMAILIO=program] [KAMAILIO_SRC=dir] [OBJ=dir] [HIREDIS=dir]
#
# KAMAILIO_SRC is the top of that version's source tree (it holds src/), OBJ
# where objects go.

PATH := $(PATH):/usr/local/sbin:/usr/sbin
export PATH
KAMAILIO ?= kamailio
KAMAILIO_SRC ?= ../../build/kamailio/src
OBJ ?= ../../build/obj
OBJECTS := $(SOURCES:%.c=$(OBJ)/%.o)
FLAGS_MK := $(OBJ)/kamailio.mk

all: $(NAME)
	@:

# KAMAILIO_VERSION, KAMAILIO_FLAGS, KAMAILIO_DEFS, LIBRARY_CFLAGS, LIBRARY_LIBS:
# looked at each time, made anew when another Kamailio or hiredis is to be used
ifneq ($(MAKECMDGOALS),clean)
include $(FLAGS_MK)
endif
$(FLAGS_MK): FORCE
	@build-aux/kamailio-flags.sh "$(KAMAILIO)" "$(KAMAILIO_SRC)" "$@"

# WERROR=-Werror: as `make test` has it; a compiler of tomorrow may warn of what
# is right, and is not to stop who only builds.
# The objects hold no path of this machine: two checkouts give the same bytes.
CFLAGS = -std=gnu11 -g -O3 -fPIC -pthread -fno-strict-overflow \
	-Wall -Wextra $(WERROR) $(OUR_CFLAGS) \
	-ffile-prefix-map="$(CURDIR)"=reputation \
	-ffile-prefix-map="$(KAMAILIO_SRC)"=kamailio
ALL_INCLUDES = $(OUR_INCLUDES) -isystem "$(KAMAILIO_SRC)/src" \
	-isystem "$(KAMAILIO_SRC)/src/core" $(LIBRARY_CFLAGS)

$(OBJ)/%.o: %.c $(FLAGS_MK) Makefile build-aux/standalone.mk
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(CFLAGS) $(KAMAILIO_DEFS) -DMOD_NAME='"reputation"' \
		$(ALL_INCLUDES) -MMD -MP -c $< -o $@

# The module is put in its place only when Kamailio will take it.
$(NAME): $(OBJ)/$(NAME)
	@build-aux/kamailio-fits.sh $< '$(KAMAILIO_VERSION)' '$(KAMAILIO_FLAGS)'
	@install -m 755 $< $@

# EXTRA: an object to link besides
$(OBJ)/$(NAME): $(OBJECTS) $(EXTRA)
	@echo "  LD  $(NAME)"
	@$(CC) -shared -g -pthread -Wl,-O2 -Wl,-Bsymbolic-functions \
		-o $@ $^ $(LIBRARY_LIBS) -lm

# clang's analyzer over all rooms, with the flags that the module has
TIDY_SOURCES := $(SOURCES) $(wildcard tools/*.c)
tidy:
	@mkdir -p $(OBJ)/tidy
	@printf '%s\n' -std=gnu11 -D_GNU_SOURCE $(KAMAILIO_DEFS) \
		-DMOD_NAME='"reputation"' -I"$(CURDIR)" $(subst \
		-I.,-I"$(CURDIR)",$(ALL_INCLUDES)) >$(OBJ)/tidy/compile_flags.txt
	@printf '%s\n' $(TIDY_SOURCES) | xargs -P "$$(nproc)" -n 8 \
		clang-tidy --quiet $(TIDY) -p $(OBJ)/tidy 2>$(OBJ)/tidy/stderr \
		|| { cat $(OBJ)/tidy/stderr; exit 1; }

clean:
	rm -f $(NAME)

FORCE:
.PHONY: all clean tidy FORCE
-include $(OBJECTS:.o=.d)
