# SPDX-License-Identifier: ISC
# check and log: what they say, and that they change nothing.
vault
cp "$V/keys" keys
cp "$V/cells.db" cells
for i in 1 2 3; do
	expect_status 0 opened check
	expect_out "a whole older copy of the vault cannot be told from inside"
	expect_status 0 opened log
	expect_status 0 opened info
	expect_status 0 opened passphrase list
done
expect_same keys "$V/keys"
expect_same cells "$V/cells.db"
echo second > second
expect_status 0 opened passphrase add second --new-passphrase-file second
expect_status 0 opened log
expect_out "passphrase-add"
expect_no_out second
expect_status 0 opened info
number=$(sed -n 's/.*number \([0-9]*\)$/\1/p' "$OUT")
expect_status 0 amparo --passphrase-file second passphrase remove second
expect_status 0 opened info
later=$(sed -n 's/.*number \([0-9]*\)$/\1/p' "$OUT")
[ "$later" -gt "$number" ] || fail "the number of the last change went from $number to $later"
# What cells.db holds is no plain text.
if grep -qa "Scenario\|passphrase\|SQLite format 3.*SQLite format 3" "$V/cells.db"; then
	fail "plain text in cells.db"
fi
if grep -qa "mine\|second\|dusk" "$V/keys" "$V/cells.db"; then
	fail "a name or a passphrase in the vault's files"
fi
# Killed in the midst of a change: it opens, and is sound.
i=0
while [ $i -lt 12 ]; do
	i=$((i + 1))
	"$AMPARO" -v "$V" --passphrase-file "$PASS" passphrase add second \
	    --new-passphrase-file second > /dev/null 2>&1 &
	pid=$!
	sleep "0.0$(printf %02d $((i * 3)))"
	kill -9 $pid 2> /dev/null || :
	wait $pid 2> /dev/null || :
	expect_status 0 opened unlock
	expect_status 0 amparo lock
	# A journal of which nothing counts stays until the next write.
	expect_status 0 opened check
	expect_out "nothing is wrong"
	opened passphrase remove second > /dev/null 2>&1 || :
	expect_status 12 amparo --passphrase-file second check
	expect_status 0 opened passphrase remove --unknown
	expect_clean
done
