# SPDX-License-Identifier: ISC
# cells.db damaged or forged: 13, named; nothing is "repaired".
command -v sqlite3 > /dev/null || skip "no sqlite3 shell"
vault
cp -r "$V" good
reset()
{
	rm -rf "$V"
	cp -r good "$V"
}
sql()
{
	sqlite3 "$V/cells.db" "$1" > /dev/null
}
# refused COMMAND-NEEDS: not opened by anything, and not changed.
refused()
{
	cp "$V/cells.db" bad
	for command in unlock check info log; do
		expect_status 13 opened $command
		expect_err "damaged"
		expect_no_out
	done
	expect_same bad "$V/cells.db"
	expect_status 0 amparo lock
	expect_out "nothing was unlocked"
}
: > "$V/cells.db";                                  refused
for length in 1 100 4096 20000; do
	reset
	head -c $length good/cells.db > "$V/cells.db";  refused
done
head -c 40960 /dev/urandom > "$V/cells.db";         refused
echo text > "$V/cells.db";                          refused
rm "$V/cells.db"
sqlite3 "$V/cells.db" 'CREATE TABLE t(x); INSERT INTO t VALUES(1)'; refused
for statement in \
    'CREATE TRIGGER t AFTER INSERT ON cell BEGIN DELETE FROM cell; END' \
    'CREATE VIEW v AS SELECT * FROM cell' \
    'CREATE INDEX i ON cell(body)' \
    'CREATE TABLE more(x)' \
    'DROP TABLE cell; CREATE TABLE cell(n INTEGER PRIMARY KEY, body BLOB)' \
    'ALTER TABLE cell RENAME TO cells' \
    'PRAGMA application_id=1' 'PRAGMA user_version=0' \
    'PRAGMA journal_mode=WAL' \
    'DELETE FROM cell WHERE n=0' 'DELETE FROM cell' \
    'UPDATE cell SET body=NULL WHERE n=0' \
    "UPDATE cell SET body=CAST(body AS TEXT) WHERE n=0" \
    'UPDATE cell SET body=zeroblob(4056) WHERE n=0' \
    'UPDATE cell SET body=(SELECT body FROM cell WHERE n=1) WHERE n=0'
do
	reset
	sqlite3 "$V/cells.db" "$statement" > /dev/null 2>&1 || :
	cmp -s good/cells.db "$V/cells.db" && continue
	refused
done
reset
sql 'PRAGMA user_version=2'
expect_status 21 opened unlock
# Another vault's cells, another vault's keys.
reset
vault other
cp other/cells.db "$V/cells.db";                    refused
reset
cp other/keys "$V/keys";                            refused
# A cell: named, with its number, by check.
for n in 1 2 3 4 5 6 7; do
	reset
	$CRAFT cell "$V/cells.db" $n
	got=0
	opened check > "$OUT" 2> "$ERR" || got=$?
	[ $got = 13 ] || fail "cell $n: status $got"
	expect_err "cell $n"
done
reset
sql 'DELETE FROM cell WHERE n=3'
got=0
opened check > "$OUT" 2> "$ERR" || got=$?
[ $got = 13 ] || fail "a missing cell: $got"
reset
sql 'INSERT INTO cell SELECT 99, body FROM cell WHERE n=1'
expect_status 13 opened check
expect_err "cell 99 does not belong there"
# An old cell put back: only the sum can tell.
reset
echo more > more
expect_status 0 opened passphrase add more --new-passphrase-file more
for n in 1 2 3 4 5 6 7; do
	sqlite3 "$V/cells.db" "ATTACH 'good/cells.db' AS g; UPDATE cell SET \
	    body=(SELECT body FROM g.cell WHERE n=$n) WHERE n=$n AND \
	    body<>(SELECT body FROM g.cell WHERE n=$n)" > /dev/null
	expect_status 13 opened check
	break
done
reset
expect_clean
