# SPDX-License-Identifier: ISC
# A wrong passphrase is 12, an empty one 2, and neither leaves an agent.
vault
printf 'dusk and down\n' > wrong
cp -r "$V" before
expect_status 12 amparo --passphrase-file wrong unlock
expect_err "amparo: wrong passphrase"
expect_no_out
for command in check info log "passphrase list" "passphrase add x"; do
	expect_status 12 amparo --passphrase-file wrong $command
	expect_err "amparo: wrong passphrase"
done
: > empty
expect_status 2 amparo --passphrase-file empty unlock
expect_err "amparo: the passphrase is empty"
echo > newline
expect_status 2 amparo --passphrase-file newline unlock
expect_err "amparo: the passphrase is empty"
# A blank too many is another passphrase.
printf 'dusk and dawn \n' > blank
expect_status 12 amparo --passphrase-file blank unlock
# There is no terminal to ask on.
expect_status 2 amparo unlock
expect_err "no terminal"
expect_err "hint: --passphrase-file"
expect_status 1 amparo --passphrase-file absent unlock
expect_err absent
expect_status 0 amparo lock
expect_out "nothing was unlocked"
expect_same before/keys "$V/keys"
expect_same before/cells.db "$V/cells.db"
