# Checks beside the tests and the harnesses.  The Makefile includes this file.
#
#   make lint            formatter, layers, static analysis, manuals, warnings
#   make fuzz TIME=20    each target of tests/fuzz for so many seconds
#   make leak            what a session leaves behind on the disk
#   make races           what two threads do, under a sanitizer that sees races
#   make soak TIME=3600  the harnesses and the fuzzers, each for so long

# ---- Fuzzing: clang's libFuzzer; corpora grow in build-fuzz/corpus ----

FUZZERS = $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ    = TEST=1 CC=clang B=build-fuzz SAN=fuzzer-no-link,address,undefined

$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/support.o \
    $(B)/tests/harness/content.o $(B)/libvault.a
	$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS) -lcmocka

fuzz:
	@$(MAKE) --no-print-directory $(FUZZ) $(FUZZERS:%=build-fuzz/tests/fuzz/fuzz_%) >/dev/null
	@tests/fuzz/run build-fuzz "$(or $(TIME),20)" $(FUZZERS)

# ---- Looking at the source ----

C_FILES = $(sort $(wildcard vault/*.[ch] vault/*/*.[ch] cli/*.[ch] \
            tests/*.[ch] tests/*/*.[ch]))

# Suppressed: NULL at the end of variable arguments, which is a pointer with
# glibc and musl; and an order of two conditions, where the index is in bounds
# in any case (a matter of style).  cppcheck.cfg tells of a macro of jansson.
CPPCHECK = cppcheck -q --std=c11 --enable=warning,performance,portability \
           --error-exitcode=1 --inline-suppr -Ivault -Icli -Itests -j 2 \
           --library=tests/cppcheck.cfg -DVAULT_TEST \
           --suppress=varFuncNullUB --suppress=arrayIndexThenCheck

lint-compilers:
	@$(MAKE) --no-print-directory WERROR=1 CC=gcc B=build-lint all >/dev/null
	@$(MAKE) --no-print-directory WERROR=1 CC=gcc B=build-lint-gcc TEST=1 \
	    all everything >/dev/null
	@$(MAKE) --no-print-directory WERROR=1 CC=clang B=build-lint-clang \
	    TEST=1 all everything >/dev/null

# Objects of all tests, whatever they are linked with; agent/plant.c takes the
# place of functions, and is no C that a compiler likes.
everything: $(patsubst %.c,$(B)/%.o,$(filter-out tests/fuzz/%,\
    $(wildcard tests/*.c tests/harness/*.c tests/pty/*.c)))

lint: lint-compilers
	@clang-format --dry-run -Werror $(C_FILES)
	@scripts/check-layers
	@scripts/check-layers --prove
	@$(CPPCHECK) vault cli tests
	@scripts/check-manuals
	@echo "lint: $(words $(C_FILES)) files, gcc and clang, clean"

# ---- What is left behind ----

leak:
	@$(MAKE) --no-print-directory TEST=1 build-test/amparo >/dev/null
	@python3 tests/leak/scan.py build-test/amparo

# ---- Two threads ----

RACES = test_worker test_secret test_attach test_table test_derived

races: export STEPS := $(or $(STEPS),100)
races:
	@$(MAKE) --no-print-directory TEST=1 SAN=thread \
	    $(RACES:%=build-test-thread/tests/%) >/dev/null
	@set -e; for t in $(RACES); do \
	    build-test-thread/tests/$$t >build-test-thread/$$t.log 2>&1 || { \
	    echo "races: $$t: see build-test-thread/$$t.log"; exit 1; }; done
	@echo "races: $(words $(RACES)) programs, none seen"

# ---- For long ----

soak: export TIME := $(or $(TIME),600)
soak:
	@$(MAKE) --no-print-directory harness-power harness-killstorm \
	    harness-lockstorm
	@$(MAKE) --no-print-directory fuzz TIME=$(TIME)

-include $(wildcard $(B)/tests/fuzz/*.d)
.PHONY: fuzz lint lint-compilers everything leak races soak
