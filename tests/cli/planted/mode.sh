# SPDX-License-Identifier: ISC
vault
chmod 644 "$V/keys"
expect_mode 600 "$V/keys"
