# SPDX-License-Identifier: ISC
vault
$CRAFT cell "$V/cells.db" 2
expect_clean
