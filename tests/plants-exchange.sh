#!/bin/sh
# SPDX-License-Identifier: ISC
#
# plants-exchange - shows that the tests of vault/exchange find faults: each
# fault is planted in a build of its own, and the test named beside it must
# fail there.  Without any plant all of them must pass, or it says nothing.
#
# Run from the root.  The last line is "N planted, N caught".

CC=${CC:-cc}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

sources="vault/exchange/age*.c vault/exchange/bech32.c vault/exchange/hkdf.c
	vault/exchange/manifest.c vault/exchange/minisig.c
	vault/exchange/padme.c vault/exchange/pipe.c vault/exchange/tar.c
	vault/core/base64.c vault/core/buf.c vault/core/mem.c
	vault/core/random.c vault/core/secret.c"

# build TEST FLAG
build() {
	# The lists are meant to be split.
	# shellcheck disable=SC2086
	$CC -std=c11 -D_GNU_SOURCE -DVAULT_TEST $2 -Ivault -O2 \
	    -o "$dir/$1" "tests/$1.c" $sources \
	    -lsodium -lcmocka -lpthread
}

# What is planted, and the test that must notice.
plants="
PLANT_TAG15 test_age
PLANT_NO_FINAL test_age
PLANT_UNVERIFIED test_age
PLANT_BECH32_CASE test_bech32
PLANT_TAR_TRAILING test_tar
PLANT_MANIFEST_ORDER test_manifest
PLANT_NO_GLOBAL test_minisig
"

for test in test_age test_bech32 test_tar test_manifest test_minisig; do
	if ! build $test "" || ! "$dir/$test" >"$dir/log" 2>&1; then
		cat "$dir/log"
		echo "failed without a plant: $test"
		exit 1
	fi
done

planted=0 caught=0
while read -r plant test; do
	[ -n "$plant" ] || continue
	planted=$((planted + 1))
	build "$test" "-D$plant" || exit 1
	if "$dir/$test" >"$dir/log" 2>&1; then
		echo "not caught: $plant by $test"
	else
		caught=$((caught + 1))
		echo "caught: $plant by $test:" \
		    "$(grep '^\[  FAILED  \] [a-z]' "$dir/log" | sort -u |
			wc -l) of its tests"
	fi
done <<EOF
$plants
EOF

echo "$planted planted, $caught caught"
[ "$planted" -eq "$caught" ]
