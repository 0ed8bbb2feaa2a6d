# backup and restore: whole, verified, onto nothing else; by relative names.
vault
echo '{"title":"Case 腾彪"}' | opened add case > id 2> /dev/null
ID=$(cat id)
head -c 1000000 /dev/urandom > blob
expect_status 0 opened attach "$ID" blob
expect_status 0 opened --json backup copy
expect_json 'd == {"folder": "copy"}'
expect_status 1 opened backup copy
expect_err "not empty"
[ ! -e copy.unfinished ] || fail "copy.unfinished was left"
cp -r copy before
expect_status 0 "$AMPARO" -v new --passphrase-file "$PASS" restore copy
diff -r copy before || fail "the copy was written to"
expect_status 0 "$AMPARO" -v new --passphrase-file "$PASS" find 腾彪
expect_out "Case"
expect_status 0 "$AMPARO" -v new --passphrase-file "$PASS" extract "$ID" blob -o blob2
expect_same blob blob2
expect_status 0 "$AMPARO" -v new --passphrase-file "$PASS" check
expect_status 1 "$AMPARO" -v new --passphrase-file "$PASS" restore copy
expect_status 10 "$AMPARO" -v new2 --passphrase-file "$PASS" restore absent
echo wrong > wrong
expect_status 12 "$AMPARO" -v new2 --passphrase-file wrong restore copy
[ ! -e new2 ] || fail "new2 was left"
# A copy that was spoiled is not restored.
$CRAFT spoil copy/cells.db 20000
expect_status 13 "$AMPARO" -v new2 --passphrase-file "$PASS" restore copy
[ ! -e new2 ] || fail "new2 was made of a spoiled copy"
expect_clean
