# SPDX-License-Identifier: ISC
# A planted journal that names another file must not take that file away.
vault
echo precious > precious
for name in "$PWD/precious" "$V/keys" "$PASS"; do
	cp "$name" kept
	$CRAFT journal "$V/cells.db" "$name"
	expect_status 13 opened unlock
	expect_err damaged
	expect_no_out
	expect_same "$name" kept
	expect_status 13 opened check
	expect_same "$name" kept
	rm -f "$V/cells.db-journal"
	expect_clean
done
# One that names a file that is not there, and one of nonsense.
$CRAFT journal "$V/cells.db" "$PWD/absent"
got=0
opened check > "$OUT" 2> "$ERR" || got=$?
case $got in 0 | 13) ;; *) fail "status $got" ;; esac
[ ! -e absent ] || fail "the named file was made"
rm -f "$V/cells.db-journal"
head -c 4096 /dev/zero > "$V/cells.db-journal"
expect_status 0 opened check
head -c 4096 /dev/urandom > "$V/cells.db-journal"
got=0
opened check > "$OUT" 2> "$ERR" || got=$?
case $got in 0 | 13) ;; *) fail "status $got" ;; esac
rm -f "$V/cells.db-journal"
expect_clean
