# While a bundle comes in: others read and write; no room is said before.
offices A B
expect_status 0 in_a office --card a.card
expect_status 0 in_b office --card b.card
expect_status 0 in_a contact add b.card
expect_status 0 in_b contact add a.card
printf '{"title":"Case X"}' > case.json
expect_status 0 in_a add case case.json
case=$(grep -o '[0-9a-z]\{26\}' "$OUT" | tail -n 1)
head -c $((${MIB:-64} * 1048576)) /dev/urandom > big.bin
expect_status 0 in_a attach "$case" big.bin
expect_status 0 in_a --yes export type:case --to "Office B" -o 1.age
expect_status 0 in_b add case case.json
mine=$(grep -o '[0-9a-z]\{26\}' "$OUT" | tail -n 1)

# ---- Others read and write meanwhile ----
cat > import <<'I'
"$1" -v "$2" --passphrase-file "$3" import "$4" > import.out 2> import.err
echo $? > import.status
I
sh import "$AMPARO" "$B" "$PASS" 1.age &
await 20 test -e "$B/cells.db-journal"
reads=0 writes=0
while [ ! -e import.status ]; do
	expect_status 0 in_b list
	[ -e import.status ] || reads=$((reads + 1))
	expect_status 0 in_b edit "$mine" --set "title=Case $writes" --yes
	[ -e import.status ] || writes=$((writes + 1))
done
wait
[ "$(cat import.status)" = 0 ] || { cat import.err; fail "import"; }
[ "$reads" -gt 0 ] && [ "$writes" -gt 0 ] || fail "$reads reads, $writes writes"
expect_status 0 in_b extract "$case" big.bin -o got.bin
expect_same big.bin got.bin
V=$B
expect_clean

# ---- No room: said before anything is written ----
unshare -Urm true 2> /dev/null || { skip_part "no user namespaces"; exit 0; }
cat > inside <<'I'
set -u
m=$1 amparo=$2 pass=$3 from=$4 bundle=$5
mount -t tmpfs -o size=16m none "$m" || exit 77
"$amparo" -v "$from" --passphrase-file "$pass" backup "$m/copy" || exit 1
run()
{
	"$amparo" -v "$m/copy" --passphrase-file "$pass" "$@"
}
cp "$m/copy/cells.db" before
rc=0
run import "$bundle" > out 2> err || rc=$?
cat err
[ $rc = 19 ] || { echo "status $rc"; exit 1; }
grep -q "it needs up to" err || exit 1
cmp before "$m/copy/cells.db" || exit 1
I
mkdir m
vault "$PWD/c"
V=$PWD/c
in_c() { "$AMPARO" -v "$PWD/c" --passphrase-file "$PASS" "$@"; }
expect_status 0 in_c contact add a.card
expect_status 0 in_c office --card c.card
expect_status 0 in_a contact add c.card
expect_status 0 in_a --yes export type:case --to Scenario -o 2.age
expect_status 0 unshare -Urm sh inside "$PWD/m" "$AMPARO" "$PASS" "$V" "$PWD/2.age"
expect_clean
