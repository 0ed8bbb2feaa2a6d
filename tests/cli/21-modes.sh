# SPDX-License-Identifier: ISC
# Whatever the umask: folders 0700, files 0600.
for mask in 000 022 077 777; do
	rm -rf "$V" home
	(umask $mask; opened --yes init) > "$OUT" 2> "$ERR" || fail "umask $mask"
	expect_mode 700 "$V"
	expect_mode 600 "$V/keys"
	expect_mode 600 "$V/cells.db"
	rm -rf "$XDG_RUNTIME_DIR/amparo"
	(umask $mask; opened unlock) > "$OUT" 2> "$ERR" || fail "umask $mask"
	expect_mode 700 "$XDG_RUNTIME_DIR/amparo"
	socket=$(find "$XDG_RUNTIME_DIR" -type s)
	case $(stat -c %a "$socket") in
	600 | 700) ;;
	*) fail "the socket has mode $(stat -c %a "$socket")" ;;
	esac
	expect_status 0 amparo lock
	echo "another $mask" > another
	(umask $mask; opened passphrase add a --new-passphrase-file another) > "$OUT" 2> "$ERR" || fail "umask $mask"
	expect_mode 600 "$V/keys"
	expect_mode 600 "$V/cells.db"
	mkdir home
	(umask $mask; HOME=$PWD/home "$AMPARO" --yes --passphrase-file "$PASS" init) > "$OUT" 2> "$ERR" || fail "umask $mask"
	for made in home/.local home/.local/share home/.local/share/amparo; do
		expect_mode 700 $made
	done
done
# A folder that is there and open to all becomes a private one.
rm -rf "$V"
mkdir -m 777 "$V"
vault
expect_mode 700 "$V"
# The journal of a write, too.
command -v strace > /dev/null || skip "no strace to look at the journal"
strace -o trace -f -e trace=openat,mkdirat "$AMPARO" -v "$V" \
    --passphrase-file "$PASS" passphrase add x --new-passphrase-file "$PASS" \
    > /dev/null 2>&1 || :
echo "one of its own" > own
strace -o trace -f -e trace=openat "$AMPARO" -v "$V" --passphrase-file "$PASS" \
    passphrase add x --new-passphrase-file own > "$OUT" 2> "$ERR" ||
    skip_part "strace does not work here"
grep -q 'journal.*O_CREAT' trace || skip_part "no journal was seen"
if grep O_CREAT trace | grep -v '0600\|0700'; then
	fail "made with another mode"
fi
# Nothing is made outside the vault.
if grep O_CREAT trace | grep -v "$V/"; then
	fail "made elsewhere"
fi
