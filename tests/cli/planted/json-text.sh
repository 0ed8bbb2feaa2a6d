# SPDX-License-Identifier: ISC
vault
expect_status 0 opened check
expect_json 'd["clean"]'
