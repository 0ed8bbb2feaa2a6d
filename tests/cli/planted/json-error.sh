# SPDX-License-Identifier: ISC
expect_status 10 opened --json check
expect_json_error no-vault 11
