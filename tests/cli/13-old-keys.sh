# SPDX-License-Identifier: ISC
# An old copy of keys put back: named, and what it opens can be closed.
vault
echo "the second one" > second
expect_status 0 opened passphrase add second --new-passphrase-file second
cp "$V/keys" old
expect_status 0 opened passphrase remove second
expect_status 12 amparo --passphrase-file second unlock
cp "$V/keys" now

# Both copies: it opens with what was removed, and says so every time.
cp old "$V/keys"
expect_status 0 amparo --passphrase-file second unlock
expect_err "the file of keys is not the one this vault wrote last"
expect_err "passphrase remove --unknown"
expect_status 0 amparo lock
expect_status 13 opened check
expect_err "place 1 in the file of keys opens for somebody"
expect_err "not the one this vault wrote last"
expect_status 0 opened --json passphrase remove --unknown
expect_status 12 amparo --passphrase-file second unlock
expect_clean

# Only the first copy: the second counts, so the old passphrase is refused.
cp "$V/keys" now
(head -c 4096 old; tail -c 4096 now) > "$V/keys"
expect_status 12 amparo --passphrase-file second unlock
expect_status 0 opened unlock
expect_status 0 amparo lock
expect_clean
expect_status 12 amparo --passphrase-file second unlock

# Only the second copy: the old file as a whole is what is seen.
(head -c 4096 now; tail -c 4096 old) > "$V/keys"
expect_status 0 opened unlock
expect_status 0 amparo lock
expect_status 12 amparo --passphrase-file second unlock

# cells.db of before, keys of now: named as well.
cp -r "$V" before
echo "the third one" > third
expect_status 0 opened passphrase add third --new-passphrase-file third
cp before/cells.db "$V/cells.db"
expect_status 0 opened unlock
expect_err "not the one this vault wrote last"
expect_status 13 amparo check
expect_status 0 amparo lock
