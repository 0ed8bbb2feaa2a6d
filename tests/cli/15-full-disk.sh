# SPDX-License-Identifier: ISC
# A full disk: 19, the old vault is whole, and room brings it back.
unshare -Urm true 2> /dev/null || skip "no user namespaces for a small tmpfs"
cat > inside <<'I'
set -u
m=$1 amparo=$2 pass=$3
mount -t tmpfs -o size=512k none "$m" || exit 77
run()
{
	"$amparo" -v "$m/vault" --passphrase-file "$pass" "$@"
}
# In steps: less and less room for a new vault.
fails=0 n=0
for room in 0 16 32 48 64 80 112 144 176 240 320 400 512; do
	rm -rf "$m"/*
	[ $room = 512 ] || head -c $(((512 - room) * 1024)) /dev/zero > "$m/ballast"
	rc=0
	run --yes init > out 2> err || rc=$?
	case $rc in
	0)	n=$((n + 1))
		run check > out 2>&1 || { cat out; echo "room $room: made, but not sound"; exit 1; } ;;
	19)	fails=$((fails + 1))
		grep -q "no space" err || { cat err; exit 1; }
		[ ! -e "$m/vault" ] || { echo "room $room: half a vault"; exit 1; }
		rm "$m/ballast"
		run --yes init > out 2> err || { cat err; echo "room $room: no second try"; exit 1; } ;;
	*)	cat err; echo "room $room: status $rc"; exit 1 ;;
	esac
done
[ $fails -gt 0 ] && [ $n -gt 0 ] || { echo "one kind only: $n made, $fails refused"; exit 1; }
# A change on the full disk.
rm -rf "$m"/*
run --yes init > out 2> err || exit 1
cp -r "$m/vault" before
cat /dev/zero > "$m/ballast" 2> /dev/null
rc=0
run passphrase add more --new-passphrase-file more > out 2> err || rc=$?
[ $rc = 19 ] || { cat err; echo "a change: status $rc"; exit 1; }
run check > out 2>&1 || { cat out; echo "not sound while full"; exit 1; }
rm "$m/ballast"
run check > out 2>&1 || { cat out; echo "not sound afterwards"; exit 1; }
run passphrase add more --new-passphrase-file more > out 2> err || { cat err; exit 1; }
I
mkdir m
echo "one more" > more
expect_status 0 unshare -Urm sh inside "$PWD/m" "$AMPARO" "$PASS"
# The same by a limit on the size of files.
vault
cp -r "$V" before
expect_status 19 sh -c 'ulimit -f 16; exec "$@"' - "$AMPARO" -v "$V" \
    --passphrase-file "$PASS" passphrase add more --new-passphrase-file more
expect_clean
expect_status 12 amparo --passphrase-file more check
