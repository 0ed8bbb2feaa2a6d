# Harnesses: programs that prove by exhaustion what unit tests show by
# example.  The Makefile includes this file.
#
#   make harness                 all of them, with their planted faults
#   make harness-power           one of them
#   make harness-power ARGS='-n 40 -s 7'     more draws, another seed
#   TIME=600 make harness-power  for as long as this
#   make planted                 planted faults that unit tests must catch
#
# A planted fault is a build of its own, which must fail.

HARNESSES      = power killstorm lockstorm bitflip nomem
PLANTS_power   = PLANT_NO_KEYS_SYNC PLANT_NO_DIRSYNC
PLANTS_lockstorm = PLANT_NO_STATE
PLANTS_bitflip = PLANT_NO_AD PLANT_TAG15
PLANTS_nomem   = PLANT_EMPTY_VALUES
SAN_nomem      = address,undefined
WRAP_nomem     = -Wl,--wrap=sodium_malloc,--wrap=sodium_free,--wrap=realpath

$(B)/tests/harness/power: $(B)/tests/harness/record.o
$(B)/tests/harness/nomem: $(B)/tests/harness/nomem_vault.o \
    $(B)/tests/harness/nomem_records.o $(B)/tests/harness/nomem_leaving.o

$(HARNESSES:%=$(B)/tests/harness/%): $(B)/tests/harness/%: \
    $(B)/tests/harness/%.o $(B)/tests/harness/harness.o \
    $(B)/tests/harness/content.o $(B)/tests/harness/sender.o \
    $(B)/tests/support.o $(B)/libvault.a
	$(CC) $(LINK) $(WRAP_$*) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
	    $(LIBS) -lcmocka

# The folder of a variant, as B in the Makefile makes it: plant, sanitizers.
folder_of = build-test$(if $(1),-$(1))$(if $(2),-$(subst $(comma),-,$(2)))

harness-%:
	@$(MAKE) --no-print-directory TEST=1 SAN=$(SAN_$*) PLANT= \
	    $(call folder_of,,$(SAN_$*))/tests/harness/$* >/dev/null
	@set -e; $(foreach p,$(PLANTS_$*),$(MAKE) --no-print-directory TEST=1 \
	    SAN=$(SAN_$*) PLANT=$(p) \
	    $(call folder_of,$(p),$(SAN_$*))/tests/harness/$* >/dev/null;)
	$(call folder_of,,$(SAN_$*))/tests/harness/$* $(ARGS) \
	    $(foreach p,$(PLANTS_$*),--plant \
	    $(p)=$(call folder_of,$(p),$(SAN_$*))/tests/harness/$*)

harness: $(HARNESSES:%=harness-%) planted

# Which fault is for which test stands in the script.
planted:
	@$(MAKE) --no-print-directory TEST=1 SAN= PLANT= tests-built >/dev/null
	@CC="$(CC)" LINK="$(LINK)" LIBS="$(LIBS) -lcmocka" tests/planted.sh

-include $(wildcard $(B)/tests/harness/*.d)
.PHONY: harness planted
