# SPDX-License-Identifier: ISC
vault
cp "$V/keys" before
echo second > second
expect_status 0 opened passphrase add second --new-passphrase-file second
expect_same before "$V/keys"
