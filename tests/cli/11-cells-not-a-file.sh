# SPDX-License-Identifier: ISC
# Something else where cells.db should be: refused, not waited for.
vault
mv "$V/cells.db" good
cp good kept
refuse()
{
	for command in unlock check log; do
		got=0
		timeout 10 "$AMPARO" -v "$V" --passphrase-file "$PASS" $command \
		    > "$OUT" 2> "$ERR" || got=$?
		case $got in
		1 | 13) ;;
		*) fail "status $got: $1" ;;
		esac
		expect_err "amparo: $V/cells.db is not a plain file"
		expect_no_out
	done
}
mkfifo "$V/cells.db";                       refuse FIFO
rm "$V/cells.db"; mkdir "$V/cells.db";      refuse folder
rmdir "$V/cells.db"
ln -s ../good "$V/cells.db";                refuse symlink
expect_same good kept
rm "$V/cells.db"
ln -s absent "$V/cells.db";                 refuse dangling
[ ! -e "$V/absent" ] || fail "made through the link"
rm "$V/cells.db"
ln -s /dev/zero "$V/cells.db";              refuse device
rm "$V/cells.db"
cp good "$V/cells.db"
# A journal that is no file.
mkdir "$V/cells.db-journal"
got=0
timeout 20 "$AMPARO" -v "$V" --passphrase-file "$PASS" check > "$OUT" 2> "$ERR" || got=$?
[ $got != 124 ] || fail "a folder as journal: no end"
rmdir "$V/cells.db-journal"
mkfifo "$V/cells.db-journal"
got=0
timeout 20 "$AMPARO" -v "$V" --passphrase-file "$PASS" check > "$OUT" 2> "$ERR" || got=$?
[ $got != 124 ] || fail "a FIFO as journal: no end"
rm -f "$V/cells.db-journal"
expect_same kept "$V/cells.db"
expect_clean
