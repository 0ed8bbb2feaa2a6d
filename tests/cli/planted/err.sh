# SPDX-License-Identifier: ISC
expect_status 10 opened check
expect_err "no such vault"
