# SPDX-License-Identifier: ISC
vault
expect_status 0 opened --json check
expect_json 'd["clean"] is False'
