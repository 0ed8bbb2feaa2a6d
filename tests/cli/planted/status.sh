# SPDX-License-Identifier: ISC
# A wrong passphrase is not 13.
vault
echo wrong > wrong
expect_status 13 amparo --passphrase-file wrong unlock
