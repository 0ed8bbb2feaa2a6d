# SPDX-License-Identifier: ISC
# Something else where keys should be: refused, not followed, not waited for.
vault
mv "$V/keys" good
refuse()
{
	expect_status 1 timeout 10 "$AMPARO" -v "$V" --passphrase-file "$PASS" unlock
	expect_err "amparo: $V/keys is not a plain file"
	expect_status 1 timeout 10 "$AMPARO" -v "$V" --passphrase-file "$PASS" check
	expect_status 1 timeout 10 "$AMPARO" -v "$V" info
	expect_err "amparo: $V/keys is not a plain file"
}
mkfifo "$V/keys"
refuse
rm "$V/keys"
ln -s ../good "$V/keys"
refuse
cp good elsewhere
rm "$V/keys"
ln -s nowhere "$V/keys"
refuse
[ ! -e "$V/nowhere" ] || fail "written through the link"
rm "$V/keys"
mkdir "$V/keys"
refuse
rmdir "$V/keys"
ln -s /dev/zero "$V/keys"
refuse
rm "$V/keys"
expect_same good elsewhere
# A hard link is a file, and serves.
ln good "$V/keys"
expect_clean
