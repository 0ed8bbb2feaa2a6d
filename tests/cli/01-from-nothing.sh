# SPDX-License-Identifier: ISC
# From nothing to a vault, and through its day: what each command says.
expect_status 0 "$AMPARO" -v "$V" --yes --passphrase-file "$PASS" init --office "Oficina Norte"
expect_out "vault made in $V"
expect_out "the digits of your office are"
[ "$(grep -cE '^    [0-9]{5}( [0-9]{5}){5}$' "$OUT")" = 2 ] || fail "digits are not in two lines"
expect_no_err
[ -f "$V/keys" ] && [ -f "$V/cells.db" ] || fail "not two files"
[ "$(ls -A "$V" | wc -l)" = 2 ] || fail "more than two files"
[ "$(stat -c %s "$V/keys")" = 8192 ] || fail "keys has another size"

expect_status 0 amparo info
expect_out locked
expect_no_out unlocked
expect_status 0 opened unlock
expect_out "unlocked for 15 min of quiet, 8 h at most"
expect_out "last change seen: "
expect_status 0 amparo info
expect_out "Oficina Norte"
expect_out "1 of 8"
expect_out "unlocked, "
expect_clean
expect_status 0 amparo check
expect_out "nothing is wrong"
expect_status 0 amparo log
expect_out init
expect_status 0 amparo passphrase list
expect_out mine
expect_status 0 amparo lock
expect_out locked
expect_no_out "nothing was unlocked"
expect_status 0 amparo info
expect_no_out unlocked
# Nothing else was written anywhere that we own.
[ -z "$(find "$HOME" -type f)" ] || fail "a file in HOME"

# The default place: XDG_DATA_HOME, else the home folder; AMPARO_VAULT first.
expect_status 0 "$AMPARO" --yes --passphrase-file "$PASS" init
[ -f "$HOME/.local/share/amparo/keys" ] || fail "not at the default place"
expect_mode 700 "$HOME/.local/share/amparo"
export XDG_DATA_HOME="$PWD/data"
expect_status 0 "$AMPARO" --yes --passphrase-file "$PASS" init
[ -f data/amparo/keys ] || fail "not in XDG_DATA_HOME"
export AMPARO_VAULT="$PWD/by-name"
expect_status 0 "$AMPARO" --yes --passphrase-file "$PASS" init
[ -f by-name/keys ] || fail "not at AMPARO_VAULT"
expect_status 0 "$AMPARO" --passphrase-file "$PASS" check
