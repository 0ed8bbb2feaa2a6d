# SPDX-License-Identifier: ISC
# unlock and lock: twice, without, all, and when the folder is gone.
vault
vault "$PWD/second"
sockets()
{
	find "$XDG_RUNTIME_DIR" -type s | wc -l
}
expect_status 0 amparo lock
expect_out "nothing was unlocked"
expect_status 0 amparo lock --all
expect_out "nothing was unlocked"
expect_status 0 opened unlock --for 10m
[ "$(sockets)" = 1 ] || fail "not one socket"
expect_mode 700 "$XDG_RUNTIME_DIR/amparo"
expect_status 0 opened unlock --for 20m --at-most 1h
expect_err "it was unlocked already"
[ "$(sockets)" = 1 ] || fail "not one socket"
expect_status 0 amparo info
expect_out "19 min left of quiet, 59 min at most"
expect_status 0 amparo lock
[ "$(sockets)" = 0 ] || fail "a socket is left"
expect_status 0 amparo lock
expect_out "nothing was unlocked"
expect_status 2 amparo check
# A wrong passphrase does not end what is unlocked.
expect_status 0 opened unlock
echo wrong > wrong
expect_status 12 amparo --passphrase-file wrong unlock
expect_status 0 amparo info
expect_out "unlocked, "
# One of two; then all.
expect_status 0 opened -v "$PWD/second" unlock
[ "$(sockets)" = 2 ] || fail "not two sockets"
expect_status 0 amparo lock
[ "$(sockets)" = 1 ] || fail "the other was locked too"
expect_status 0 opened unlock
expect_status 0 amparo --json lock --all
expect_json 'd == {"locked": 2, "stuck": 0}'
[ "$(sockets)" = 0 ] || fail "a socket is left"
# The tests lock what is theirs: an agent of whoever runs them, in the usual
# folder, goes on.  (A release build locks that one too.)
usual()
{
	env -u XDG_RUNTIME_DIR "$AMPARO" -v "$V" "$@"
}
expect_status 0 usual --passphrase-file "$PASS" unlock
expect_status 0 amparo lock --all
expect_out "nothing was unlocked"
expect_status 0 usual info
expect_out "unlocked, "
expect_status 0 usual lock
# The stick is pulled: lock ends all.
expect_status 0 opened unlock
mv "$V" gone
expect_status 10 amparo check
expect_status 0 amparo lock
expect_out locked
expect_no_out "nothing was unlocked"
[ "$(sockets)" = 0 ] || fail "a socket is left"
mv gone "$V"
# Another vault at the same path does not get this key.
expect_status 0 opened unlock
mv "$V" moved
mv second "$V"
expect_status 2 amparo check
expect_status 0 opened check
expect_status 0 amparo lock
# A socket of somebody's that nobody listens on.
rm -rf "$V"
mv moved "$V"
expect_status 0 opened unlock
name=$(find "$XDG_RUNTIME_DIR" -type s)
expect_status 0 amparo lock
echo text > "$name"
expect_status 2 amparo check
expect_status 0 opened unlock
expect_status 0 amparo check
expect_status 0 amparo lock
# A folder for sockets that others can reach is not used.
chmod 755 "$XDG_RUNTIME_DIR/amparo"
before=$(find "$XDG_RUNTIME_DIR" | sort)
opened unlock > "$OUT" 2> "$ERR" || expect_err "cannot be started"
[ "$(find "$XDG_RUNTIME_DIR" | sort)" = "$before" ] || fail "used all the same"
amparo lock > /dev/null 2>&1
chmod 700 "$XDG_RUNTIME_DIR/amparo"
