# SPDX-License-Identifier: ISC
# The example of libamparo.3, which is built from the page itself.
EXAMPLE=$(dirname "$AMPARO")/tests/example
vault
echo '{"names":[{"text":"Teng Biao"}]}' > teng.json
expect_status 0 opened add person teng.json
TENG=$(cat "$OUT")
[ ${#TENG} = 26 ] || fail "no id"
printf '{"title":"two\\u001b[2J lines"}' > case.json
expect_status 0 opened add case case.json
[ -x "$EXAMPLE" ] || skip "the example is not built: make TEST=1 tests-built"
example() { "$EXAMPLE" "$@" < "${PASSED:-$PASS}"; }
expect_status 0 example "$V" teng
[ "$(cat "$OUT")" = "$TENG  Teng Biao" ] || fail "$(cat "$OUT")"
expect_status 0 example "$V" type:case
$CRAFT unsafe "$OUT" || fail "a title as it is"
[ "$(wc -l < "$OUT")" = 1 ] || fail "not one line"
echo wrong > wrong
PASSED=$PWD/wrong
expect_status 12 example "$V" teng
expect_err "wrong passphrase"
expect_no_out
expect_status 10 example "$PWD" teng
expect_status 2 example "$V"
