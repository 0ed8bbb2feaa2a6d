# SPDX-License-Identifier: ISC
await 1 test -e never
