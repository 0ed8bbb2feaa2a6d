# SPDX-License-Identifier: ISC
# Folders with names of any script, blanks, links, and none of our own.
for name in "维权 档案" "سجل الشهادات" "a b  c" "-v" "--all" "it's" 'a"b' \
    "$(printf 'tab\tnew\nline')" "$(printf 'latin\351')" "%s%n" '$HOME' "é"; do
	mkdir -p "p/$name"
	V="$PWD/p/$name/$name"
	vault
	expect_out "vault made in"
	$CRAFT unsafe "$OUT" || fail "stdout"
	expect_status 0 opened unlock
	expect_status 0 amparo check
	expect_status 0 amparo info
	$CRAFT unsafe "$OUT" || fail "info"
	expect_status 0 amparo --json info
	expect_status 0 amparo lock
	expect_no_out nothing
	(cd "p/$name" && "$AMPARO" -v "./$name" --passphrase-file "$PASS" check) \
	    > "$OUT" 2>&1 || fail "by a relative name"
done
# Wherever it is seen from, it is the same vault for the agent.
cd p
mkdir deep
ln -s "../维权 档案" deep/link
V="维权 档案/维权 档案"
expect_status 0 opened unlock
for seen in "deep/link/维权 档案" "$PWD/维权 档案/./维权 档案//" \
    "deep/../$V"; do
	expect_status 0 "$AMPARO" -v "$seen" info
	expect_out "unlocked, "
done
expect_status 0 "$AMPARO" -v "deep/link/维权 档案" lock
expect_status 0 amparo info
expect_no_out "unlocked, "
# Made behind a link, and at a path of many parts.
expect_status 0 "$AMPARO" -v deep/link/new --yes --passphrase-file "$PASS" init
expect_status 0 "$AMPARO" -v "维权 档案/new" --passphrase-file "$PASS" check
V=$(printf 'x/%.0s' $(seq 60))vault
vault
expect_status 0 opened unlock
expect_status 0 amparo lock

# A command in a hint is for the vault that was named, typed as it stands.
odd="$PWD/a vault's"
vault "$odd"
expect_status 0 "$AMPARO" -v "$odd" --passphrase-file "$PASS" office
expect_err "hint: 'amparo -v '$PWD/a vault'\\''s' office --card FILE'"
expect_status 2 "$AMPARO" -v "$odd" unlokc
expect_err "hint: did you mean 'unlock'?"
expect_status 10 "$AMPARO" -v "$PWD/none" --keys "$PWD/k" --passphrase-file "$PASS" info
expect_err "hint: 'amparo -v $PWD/none --keys $PWD/k init' makes a vault"
expect_status 0 env AMPARO_VAULT="$odd" "$AMPARO" --passphrase-file "$PASS" office
expect_err "hint: 'amparo office --card FILE'"

# Nothing is hinted at that is being done, or that does not help.
mkdir nothing
expect_status 10 "$AMPARO" -v "$PWD/new" --passphrase-file "$PASS" restore "$PWD/nothing"
expect_err "no vault at $PWD/nothing to restore from"
expect_no_err init
vault "$PWD/broken"
printf 'x' > broken/cells.db
expect_status 13 "$AMPARO" -v "$PWD/broken" --passphrase-file "$PASS" check
expect_no_err "'amparo"
expect_err "hint: keep a copy"
expect_status 13 "$AMPARO" -v "$PWD/broken" --passphrase-file "$PASS" list
expect_err "hint: 'amparo -v $PWD/broken check'"
