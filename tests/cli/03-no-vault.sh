# SPDX-License-Identifier: ISC
# No vault: 10, with a hint; and never made by accident.
for command in unlock info check log "passphrase list"; do
	expect_status 10 opened $command
	expect_err "amparo: no vault at $V"
	expect_err " init' makes a vault"
	expect_no_out
done
[ ! -e "$V" ] || fail "something was made"
mkdir "$V"
expect_status 10 opened unlock
expect_status 10 opened check
expect_status 10 amparo info
[ -z "$(ls -A "$V")" ] || fail "something was made"
# Only half of a vault.
vault whole
cp whole/keys "$V"
expect_status 10 opened unlock
expect_err "is no whole vault: there is no cells.db"
expect_status 10 opened check
rm "$V/keys"
cp whole/cells.db "$V"
expect_status 10 opened unlock
expect_err "is no whole vault: there is no keys"
expect_err "amparo restore"
expect_no_err "init"
# HOME is all there is, and it is not there.
expect_status 10 env -u HOME -u XDG_DATA_HOME "$AMPARO" info
# A file where the folder should be.
rm -r "$V"
echo text > "$V"
expect_status 1 opened unlock
[ "$(cat "$V")" = text ] || fail "the file was changed"
expect_status 1 opened --yes init
expect_err "not empty"
[ "$(cat "$V")" = text ] || fail "the file was changed"
