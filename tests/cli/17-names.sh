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
