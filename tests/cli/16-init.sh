# SPDX-License-Identifier: ISC
# init: never over something, always again after an interruption.
vault
cp -r "$V" before
expect_status 1 opened --yes init
expect_err "is there already, and not empty"
expect_same before/keys "$V/keys"
expect_same before/cells.db "$V/cells.db"
mkdir full
echo mine > full/file
expect_status 1 "$AMPARO" -v full --yes --passphrase-file "$PASS" init
[ "$(cat full/file)" = mine ] || fail "the file is gone"
mkdir empty
vault "$PWD/empty"
# A list of words that is not there: no other one is drawn from in its place.
expect_status 2 "$AMPARO" -v klingon --yes --passphrase-file "$PASS" init --words klingon
expect_err "there is no list of words 'klingon'"
expect_err "hint: the lists are en, es, pinyin"
[ ! -e klingon ] || fail "a vault was made"
expect_status 0 "$AMPARO" -v pinyin --yes --passphrase-file "$PASS" init --words pinyin
# Somebody else's work that happens to be called .unfinished stays.
mkdir theirs.unfinished
echo mine > theirs.unfinished/file
expect_status 1 "$AMPARO" -v theirs --yes --passphrase-file "$PASS" init
[ "$(cat theirs.unfinished/file)" = mine ] || fail "the file is gone"
# --keys elsewhere: used, and never written over.
expect_status 0 "$AMPARO" -v apart --keys stick --yes --passphrase-file "$PASS" init
[ ! -e apart/keys ] || fail "keys in the folder"
expect_status 0 "$AMPARO" -v apart --keys stick --passphrase-file "$PASS" check
expect_status 0 "$AMPARO" -v apart --keys stick --passphrase-file "$PASS" unlock
expect_status 0 "$AMPARO" -v apart --keys stick info
expect_out "unlocked, "
expect_status 0 "$AMPARO" -v apart --keys stick lock
expect_status 10 "$AMPARO" -v apart --passphrase-file "$PASS" check
expect_status 13 "$AMPARO" -v "$V" --keys stick --passphrase-file "$PASS" check
cp stick kept
expect_status 1 "$AMPARO" -v apart2 --keys stick --yes --passphrase-file "$PASS" init
expect_err stick
expect_same stick kept
[ ! -e apart2 ] || fail "a vault without its keys"
# kill -9 at any moment: then again, and it is made.
V=$PWD/stormy
made=0 none=0 i=0
while [ $i -lt "${TIME:-50}" ]; do
	i=$((i + 1))
	rm -rf "$V" "$V.unfinished"
	"$AMPARO" -v "$V" --yes --passphrase-file "$PASS" init > /dev/null 2>&1 &
	pid=$!
	sleep "0.0$(printf %02d $((i * 7 % 40)))"
	kill -9 $pid 2> /dev/null || :
	wait $pid 2> /dev/null || :
	if [ -e "$V" ]; then
		made=$((made + 1))
	else
		none=$((none + 1))
		expect_status 0 opened --yes init
	fi
	expect_status 0 opened check
	[ ! -e "$V.unfinished" ] || fail "left: $V.unfinished"
done
echo "$made were made before the kill, $none were not"
[ $none -gt 0 ] || skip_part "no kill came before the end of init"
