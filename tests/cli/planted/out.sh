# SPDX-License-Identifier: ISC
vault
expect_status 0 opened check
expect_out "everything is wrong"
