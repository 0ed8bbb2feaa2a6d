# SPDX-License-Identifier: ISC
# No vault is no success.
expect_status 0 opened check
