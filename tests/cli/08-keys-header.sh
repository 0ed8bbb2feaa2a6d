# SPDX-License-Identifier: ISC
# What stands in clear in keys is bounded before it is believed.
vault
cp "$V/keys" good
with()
{
	want=$1
	shift
	cp good "$V/keys"
	$CRAFT header "$V/keys" "$@"
	cp "$V/keys" bad
	expect_status "$want" opened unlock
	expect_same bad "$V/keys"
}
with 21 memory=1073741824
expect_err "newer version of the program, or a higher limit"
with 21 memory=4194305
with 21 memory=4294967295
with 21 passes=65
with 21 passes=4294967295
with 21 lanes=17
with 21 memory=4194304 passes=5
with 21 format=2
with 21 format=4294967295
with 21 arrival=1
with 13 format=0
with 13 arrival=2
with 13 reserved=1
with 13 memory=1
with 13 memory=0
with 13 passes=0
with 13 lanes=0
with 13 magic=1
# A slot is sealed with the header: changed, no passphrase opens it.
with 12 salt=1
with 12 passes=2
# More than this process may have: its own status, and both figures.
cp good "$V/keys"
$CRAFT header "$V/keys" memory=4194304 passes=3
expect_status 14 sh -c 'ulimit -v 1000000; exec "$@"' - \
    "$AMPARO" -v "$V" --passphrase-file "$PASS" unlock
expect_err "this vault needs 4.0 GiB of memory"
expect_err "hint: "
expect_status 14 sh -c 'ulimit -v 1000000; exec "$@"' - \
    "$AMPARO" -v "$V" --json --passphrase-file "$PASS" check
expect_json_error memory 14
cp good "$V/keys"
expect_clean
