# SPDX-License-Identifier: ISC
vault
mkdir "$V.unfinished"
expect_clean
