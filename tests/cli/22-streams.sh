# SPDX-License-Identifier: ISC
# Closed and full streams: no success that nobody could read, nothing mixed up.
vault
cp "$V/keys" keys
cp "$V/cells.db" cells
[ -w /dev/full ] || skip "no /dev/full"
for command in info check log "passphrase list" help --version; do
	got=0
	opened $command > /dev/full 2> "$ERR" || got=$?
	[ $got = 1 ] || fail "status $got with a full stdout: $command"
	expect_err "amparo: cannot read or write"
	got=0
	opened --json $command > /dev/full 2> "$ERR" || got=$?
	[ $got = 1 ] || fail "status $got with a full stdout: --json $command"
	# Closed: that is no file of ours, and nothing of ours lands in one.
	got=0
	opened $command >&- 2> "$ERR" || got=$?
	case $got in 0 | 1) ;; *) fail "status $got with stdout closed" ;; esac
	got=0
	opened $command > "$OUT" 2>&- || got=$?
	[ $got = 0 ] || fail "status $got with stderr closed"
	got=0
	opened $command <&- > "$OUT" 2> "$ERR" || got=$?
	[ $got = 0 ] || fail "status $got with stdin closed"
	got=0
	opened $command <&- >&- 2>&- || got=$?
	case $got in 0 | 1) ;; *) fail "status $got with all closed" ;; esac
done
got=0
opened unlock > /dev/full 2> "$ERR" || got=$?
[ $got = 1 ] || fail "unlock with a full stdout: $got"
amparo lock > /dev/null
expect_same keys "$V/keys"
expect_same cells "$V/cells.db"
# A reader that goes away.
got=0
(got=0; opened --json log || got=$?; echo $got > status) 2> "$ERR" | true
case $(cat status) in 0 | 1) ;; *) fail "status with a broken pipe" ;; esac
# A change with everything closed is a change.
echo another > another
opened passphrase add another --new-passphrase-file another <&- >&- 2>&- || :
expect_status 0 amparo --passphrase-file another check
expect_clean
got=0
amparo --passphrase-file wrong-name check <&- >&- 2>&- || got=$?
[ $got = 1 ] || fail "status $got"
# init and unlock with closed streams; the agent keeps none of ours open.
V=$PWD/closed
opened --yes init <&- >&- 2>&- || fail "init"
expect_clean
out=$(opened unlock 2>&1; echo end)
case $out in *end) ;; *) fail "unlock holds the pipe" ;; esac
expect_status 0 amparo check
expect_status 0 amparo lock
