# One record forgotten, the vault wiped: what stays, and what does not.
vault
expect_status 0 opened unlock
printf '%s' '{"names":[{"text":"Ana Invented"}],"notes":["zebra canary"]}' |
    "$AMPARO" -v "$V" add person > id 2> /dev/null
id=$(cat id)
head -c 300000 /dev/urandom > file.bin
expect_status 0 amparo attach "$id" file.bin
expect_status 0 amparo find zebra
expect_out "Ana Invented"
expect_status 1 amparo forget "$id"
expect_status 0 amparo find zebra
expect_out "Ana Invented"
expect_status 0 amparo --yes forget "$id"
expect_out "out of reach"
expect_status 0 amparo find zebra
[ ! -s "$OUT" ] || fail "found after it was forgotten"
expect_status 15 amparo extract "$id" file.bin -o out.bin
expect_status 15 amparo --yes forget "$id"
expect_status 0 amparo history "$id"
expect_status 0 amparo check --records
expect_status 0 amparo log
expect_out "forget"

# While unlocked wipe says what is in no backup; without --yes it only asks.
echo '{"names":[{"text":"Bo Invented"}]}' | "$AMPARO" -v "$V" add person > /dev/null 2>&1
expect_status 1 amparo wipe
expect_err "no backup was ever made from this vault: its 1 record is"
expect_status 0 amparo backup "$PWD/copy"
expect_status 1 amparo wipe
expect_err "the last backup was made at"
expect_err " of 1 record w"
expect_status 0 amparo lock
expect_status 1 amparo wipe
expect_err "cannot be known"

# Wiped while unlocked: the agent is locked, nothing is left, a copy opens.
expect_status 0 opened unlock
cp "$V/keys" before
expect_status 0 amparo --json --yes wipe
expect_json 'd["wiped"] and [s["step"] for s in d["steps"]][0] == "keys"'
[ ! -e "$V" ] || fail "the folder is left"
expect_status 10 opened check
expect_status 10 amparo --yes wipe
expect_status 0 "$AMPARO" -v "$PWD/copy" --passphrase-file "$PASS" check

# Keys elsewhere go too; a folder that is no vault is not touched.
mkdir other
echo mine > other/letter
expect_status 10 "$AMPARO" -v "$PWD/other" --yes wipe
[ "$(cat other/letter)" = mine ] || fail "somebody's letter"
expect_status 0 "$AMPARO" -v "$PWD/w" --keys "$PWD/stick" --passphrase-file "$PASS" --yes init
expect_status 0 "$AMPARO" -v "$PWD/w" --keys "$PWD/stick" --yes wipe
[ ! -e stick ] && [ ! -e w ] || fail "something is left"

# What was not done cannot be read as done: a folder that nobody may write to.
if can_be_nobody; then
	vault "$PWD/ro"
	chmod 755 ro
	chmod 444 ro/*
	got=0
	as_nobody "$AMPARO" -v "$PWD/ro" --yes wipe > "$OUT" 2> "$ERR" || got=$?
	[ "$got" != 0 ] || fail "wiped"
	expect_err "NOT wiped: the keys could not be overwritten"
	expect_no_err "nothing opens any more"
	expect_no_out "nothing opens any more"
else
	skip_part "a wipe that fails: needs root and setpriv"
fi
