# SPDX-License-Identifier: ISC
# What every scenario has: read by tests/cli/run before the scenario itself.
#
# A scenario runs in a fresh folder, with sh -eu, without a terminal and with
# an environment of its own.  $AMPARO is the program.  It passes if it comes to
# its end; fail ends it.  It ends early with skip, and goes on after skip_part.

PASS=$PWD/pass        # a passphrase, in a file
OUT=$PWD/.stdout      # what the last expect_status printed
ERR=$PWD/.stderr
V=$PWD/vault          # where vault makes its vault
CRAFT="/usr/bin/python3 $TESTS/craft.py"
printf 'dusk and dawn\n' > "$PASS"

fail()
{
	echo "FAIL: $*" >&2
	exit 1
}

# The rest cannot be tried here.
skip()
{
	echo "$*" >> "$SKIPS"
	exit 77
}

# One thing cannot be tried here; go on.
skip_part()
{
	echo "$*" >> "$SKIPS"
}

# expect_status N COMMAND...: run it, keep what it prints, compare its status.
expect_status()
{
	want=$1
	shift
	got=0
	"$@" > "$OUT" 2> "$ERR" || got=$?
	[ "$got" = "$want" ] && return 0
	echo "--- stdout"; cat "$OUT"
	echo "--- stderr"; cat "$ERR"
	fail "status $got instead of $want: $*"
}

# The last command printed this text, or did not.
expect_out()
{
	grep -qF -e "$1" "$OUT" || { cat "$OUT"; fail "not on stdout: $1"; }
}

expect_err()
{
	grep -qF -e "$1" "$ERR" || { cat "$ERR"; fail "not on stderr: $1"; }
}

expect_no_out()
{
	if [ $# = 0 ]; then
		[ ! -s "$OUT" ] || { cat "$OUT"; fail "stdout is not empty"; }
	elif grep -qF -e "$1" "$OUT"; then
		fail "on stdout: $1"
	fi
}

expect_no_err()
{
	if [ $# = 0 ]; then
		[ ! -s "$ERR" ] || { cat "$ERR"; fail "stderr is not empty"; }
	elif grep -qF -e "$1" "$ERR"; then
		fail "on stderr: $1"
	fi
}

# expect_json EXPRESSION: stdout is one document d, and the expression is true.
expect_json()
{
	$CRAFT json "$OUT" "$1" || { cat "$OUT"; fail "JSON: $1"; }
}

# The error of the last command, as JSON on stderr: its word and its status.
expect_json_error()
{
	$CRAFT json-error "$ERR" "$1" "$2" || { cat "$ERR"; fail "JSON error: $1"; }
}

expect_mode()
{
	mode=$(stat -c %a "$2")
	[ "$mode" = "$1" ] || fail "mode $mode instead of $1: $2"
}

expect_same()
{
	cmp "$1" "$2" || fail "changed: $1"
}

# The program, on the vault of this scenario; and with its passphrase.
amparo()
{
	"$AMPARO" -v "$V" "$@"
}

opened()
{
	"$AMPARO" -v "$V" --passphrase-file "$PASS" "$@"
}

# A vault at $V, or at $1.
vault()
{
	expect_status 0 "$AMPARO" -v "${1:-$V}" --yes --passphrase-file "$PASS" \
	    init --office Scenario
}

# The vault opens, nothing is wrong with it, and nothing lies beside it.
expect_clean()
{
	expect_status 0 opened check
	expect_out "nothing is wrong"
	[ ! -e "$V/cells.db-journal" ] || fail "a journal was left"
	[ ! -e "$V.unfinished" ] || fail "an unfinished vault was left"
}

# Vaults of the offices A, B, C: offices A B [C].  Each has its own folder and
# command: in_a, in_b, in_c.
offices()
{
	A=$PWD/a B=$PWD/b C=$PWD/c
	for o; do
		eval v=\$$o
		expect_status 0 "$AMPARO" -v "$v" --yes --passphrase-file \
		    "$PASS" init --office "Office $o"
	done
}
in_a() { "$AMPARO" -v "$A" --passphrase-file "$PASS" "$@"; }
in_b() { "$AMPARO" -v "$B" --passphrase-file "$PASS" "$@"; }
in_c() { "$AMPARO" -v "$C" --passphrase-file "$PASS" "$@"; }

# The person of this id, the last one that was added unless told otherwise,
# lets partner offices know: agree in_a [ID].
agree() {
	printf '{"type":"consent","person":"%s","scopes":["partner"],"naming":"full","date":{"edtf":"2020"}}' \
		"${2:-$(the_id)}" >agree.json
	"$1" add consent agree.json >agree.out 2>&1 || fail "no consent was added"
}

# The id that add printed.
the_id() { tail -n 1 "$OUT" | grep -o '[0-9a-z]\{26\}' | tail -n 1; }

# Wait until a command succeeds: await SECONDS COMMAND...
await()
{
	tries=$(($1 * 50))
	shift
	while [ "$tries" -gt 0 ]; do
		if "$@" > /dev/null 2>&1; then
			return 0
		fi
		tries=$((tries - 1))
		sleep 0.02
	done
	fail "never: $*"
}

# Run as somebody else, after showing that this is so: as_nobody COMMAND...
# The folder of the scenario must be open to that user.
can_be_nobody()
{
	[ "$(id -u)" = 0 ] || return 1
	command -v setpriv > /dev/null || return 1
	echo secret > roots-own
	chmod 600 roots-own
	as_nobody true || return 1
	if as_nobody cat roots-own > /dev/null 2>&1; then
		fail "setpriv did not drop root: its file can be read"
	fi
}

as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
