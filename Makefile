# make              build the program at build/amparo
# make check        build and run every test
# make vectors      the published test vectors, from $AMPARO_VECTORS
# make lint         formatter, layers, static analysis, manuals
# make SAN=address,undefined check    the same under sanitizers
#
# Each variant has a folder of its own, so that objects never mix.  The test
# variant (build-test) has hooks, a low floor for the key derivation and a
# replaceable clock; the release variant provably lacks them.

CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
DESTDIR ?=
AMPARO_VECTORS ?= ../shared/vectors
AMPARO_DATA    ?= ../shared/data

SAN     ?=
TEST    ?=
PLANT   ?=
WERROR  ?=
comma   := ,
B       := build$(if $(TEST),-test)$(if $(PLANT),-$(PLANT))$(if $(SAN),-$(subst $(comma),-,$(SAN)))

WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wundef \
           -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
           $(if $(WERROR),-Werror)
HARDEN   = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE \
           -fvisibility=hidden
DEPS     = libsodium sqlite3 libargon2 jansson libutf8proc
ALL      = -std=c11 -D_GNU_SOURCE -Ivault -Icli -Itests $(WARN) -MMD -MP \
           $(if $(TEST),-DVAULT_TEST) $(if $(PLANT),-D$(PLANT)) \
           $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all,$(HARDEN)) \
           $(shell pkg-config --cflags $(DEPS) ncursesw) $(CFLAGS)
LINK     = $(if $(SAN),-fsanitize=$(SAN),-pie -Wl,-z,relro,-z,now,-z,noexecstack) \
           $(LDFLAGS)
LIBS     = $(shell pkg-config --libs $(DEPS)) -lcsv -lpthread
CLILIBS  = -lzxcvbn $(shell pkg-config --libs ncursesw)

LIB_SRC  = $(sort $(wildcard vault/*/*.c vault/*.c))
CLI_SRC  = $(sort $(wildcard cli/*.c))
LIB      = $(LIB_SRC:%.c=$(B)/%.o)
CLI      = $(CLI_SRC:%.c=$(B)/%.o) $(B)/cli/datafiles.o

LANGS    = $(sort $(basename $(notdir $(wildcard po/*.po))))
MO       = $(if $(shell command -v msgfmt),$(LANGS:%=$(B)/locale/%/LC_MESSAGES/amparo.mo))

all: $(B)/amparo $(MO)

$(B)/amparo: $(CLI) $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) $(CLILIBS)

$(B)/libvault.a: $(LIB)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL) -c -o $@ $<

# Word lists and practice records lie in the program, so that one file on a stick is enough.
$(B)/cli/datafiles.o: cli/datafiles.S $(wildcard cli/words/*.txt cli/practice/*.txt)
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

# Beside the program, where it looks first; without gettext's tools it is English.
$(B)/locale/%/LC_MESSAGES/amparo.mo: po/%.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

# ---- Tests: always against the test variant ----

TESTS    = $(patsubst tests/%.c,$(B)/tests/%,$(sort $(wildcard tests/test_*.c)))

$(B)/tests/test_%: $(B)/tests/test_%.o $(B)/tests/support.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/make_vault: $(B)/tests/make_vault.o $(B)/tests/support.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/test_textarea: $(B)/tests/test_textarea.o $(B)/cli/textarea.o $(B)/cli/glyph.o \
    $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/test_photo: $(B)/tests/test_photo.o $(B)/cli/photo.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/test_split: $(B)/tests/test_split.o $(B)/cli/split.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/pty/editor_main: $(B)/tests/pty/editor_main.o $(B)/cli/editor.o $(B)/cli/keystroke.o \
    $(B)/cli/lineedit.o $(B)/cli/textarea.o $(B)/cli/glyph.o $(B)/cli/term.o \
    $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) $(CLILIBS)

$(B)/tests/test_codes: $(B)/tests/test_codes.o $(B)/tests/support.o $(B)/cli/codes.o \
    $(B)/cli/say.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/test_answer: $(B)/tests/test_answer.o $(B)/tests/support.o $(B)/cli/answer.o \
    $(B)/cli/say.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/test_say: $(B)/tests/test_say.o $(B)/tests/support.o $(B)/cli/say.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/pty/bodies: $(B)/tests/pty/bodies.o $(B)/tests/support.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

$(B)/tests/bench/bench: $(B)/tests/bench/bench.o $(B)/tests/support.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lcmocka

# The example of libamparo.3, as it stands there.
$(B)/tests/example.c: docs/libamparo.3
	@mkdir -p $(@D)
	sed -n '/^\.Bd -literal/,/^\.Ed/{/^\.[BE]d/!p}' $< | sed 's/\\e/\\/g' >$@

$(B)/tests/example.o: $(B)/tests/example.c
	$(CC) $(ALL) -c -o $@ $<

$(B)/tests/example: $(B)/tests/example.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS)

bench:
	scripts/bench

tests-built: $(TESTS) $(B)/tests/example

# The published vectors; zlib serves this test alone.
$(B)/tests/vectors: $(B)/tests/vectors.o $(B)/libvault.a
	$(CC) $(LINK) -o $@ $^ $(LIBS) -lz

vectors:
	@$(MAKE) --no-print-directory TEST=1 SAN=$(SAN) PLANT= \
	    $(call folder_of,,$(SAN))/tests/vectors >/dev/null
	AMPARO_VECTORS=$(AMPARO_VECTORS) $(call folder_of,,$(SAN))/tests/vectors

unit: $(TESTS)
	@for t in $(TESTS); do $$t || exit 1; done

check:
	scripts/test

include tests/harness/rules.mk tests/checks.mk

# One file for a stick, without any library beside it.  Not position
# independent: the static libzxcvbn of Debian 12 is not.  libsodium has an
# Argon2 of its own whose inner names are those of libargon2: all but the one
# function that we call are hidden before the two meet.
static: $(B)/amparo-static

$(B)/argon2-alone.o:
	@mkdir -p $(@D)
	$(LD) -r -o $@ --whole-archive $(shell $(CC) -print-file-name=libargon2.a)
	objcopy --keep-global-symbol=argon2id_ctx $@

$(B)/amparo-static: $(CLI) $(B)/libvault.a $(B)/argon2-alone.o
	$(CC) -static -no-pie -Wl,-z,relro,-z,now,-z,noexecstack $(LDFLAGS) -o $@ $^ \
	    $(shell pkg-config --static --libs $(filter-out libargon2,$(DEPS))) \
	    -lcsv -lpthread -lzxcvbn -lncursesw -ltinfo -lm

# ---- Installing ----

install: all
	install -D -m 755 $(B)/amparo $(DESTDIR)$(PREFIX)/bin/amparo
	install -D -m 644 docs/amparo.1 $(DESTDIR)$(PREFIX)/share/man/man1/amparo.1
	install -D -m 644 docs/libamparo.3 $(DESTDIR)$(PREFIX)/share/man/man3/libamparo.3
	install -D -m 644 scripts/completion.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/amparo
	install -D -m 644 scripts/completion.zsh \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_amparo
	install -D -m 644 scripts/completion.fish \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/amparo.fish
	for lang in $(if $(MO),$(LANGS)); do \
	    install -D -m 644 $(B)/locale/$$lang/LC_MESSAGES/amparo.mo \
	        $(DESTDIR)$(PREFIX)/share/locale/$$lang/LC_MESSAGES/amparo.mo || exit 1; \
	done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/amparo \
	    $(DESTDIR)$(PREFIX)/share/man/man1/amparo.1 \
	    $(DESTDIR)$(PREFIX)/share/man/man3/libamparo.3 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/amparo \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_amparo \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/amparo.fish \
	    $(LANGS:%=$(DESTDIR)$(PREFIX)/share/locale/%/LC_MESSAGES/amparo.mo)

# ---- Translating ----

pot: all
	scripts/make-pot

# After a sentence was changed: what each language lacks.
po: pot
	scripts/make-po

clean:
	rm -rf build build-*

.SECONDARY:

-include $(wildcard $(B)/tests/*.d $(B)/tests/*/*.d) $(LIB:.o=.d) $(CLI:.o=.d)
.PHONY: all static bench vectors tests-built unit check install uninstall pot po clean
.DELETE_ON_ERROR:
