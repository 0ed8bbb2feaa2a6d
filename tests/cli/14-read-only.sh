# SPDX-License-Identifier: ISC
# A medium that cannot be written: reading goes on, writing is 19.
can_be_nobody || skip "setpriv to another user is not possible here"
chmod 755 .
mkdir -m 777 open
V=$PWD/open/vault
export XDG_RUNTIME_DIR="$PWD/open/run"
chmod 644 "$PASS"
echo "another one" > another
chmod 644 another
expect_status 0 as_nobody mkdir -m 700 open/run
run()
{
	as_nobody "$AMPARO" -v "$V" --passphrase-file "$PASS" "$@"
}
expect_status 0 run --yes init --office Nobody
echo '{"title":"zzleft"}' >case.json
chmod 644 case.json
expect_status 0 run add case case.json
echo '{"names":[{"text":"Zzname Zzleft"}]}' >case.json
expect_status 0 run add person case.json
who=$(the_id)
echo "{\"person\":\"$who\",\"scopes\":[\"un\"],\"naming\":\"full\",\"date\":{\"edtf\":\"2011\"}}" >case.json
expect_status 0 run add consent case.json
[ "$(stat -c %u "$V/keys")" = 65534 ] || fail "the vault is not nobody's"
chown -R 0:0 "$V"
chmod -R a+rX "$V"
chmod 755 open
cp -r "$V" before
expect_status 0 run check
expect_out "nothing is wrong"
expect_status 0 run info
expect_out "cannot be written"
expect_status 0 run log
expect_status 0 run unlock
expect_status 0 run info
expect_status 19 run passphrase add another --new-passphrase-file another
expect_err "a medium that cannot be written"
expect_status 19 run passphrase remove --unknown
# What could not be logged does not leave, to a pipe either.
expect_status 19 run --yes export --plain json --unfiltered -o -
expect_no_out zzleft
expect_status 19 run --yes submission wgad "$who" -o -
expect_no_out Zzname
expect_status 19 run --json --yes submission wgad "$who" -o -
expect_no_out Zzname
expect_status 0 run report --by type
expect_out "1	case"
for form in "" --csv; do
	expect_status 19 run report --by type --audience un $form
	expect_no_out case
	expect_err "copy its folder to where it can be"
done
expect_status 19 run report --by type --csv
expect_no_out case
expect_status 19 run --json report --by type --audience un
expect_no_out case
expect_status 0 run lock
expect_same before/keys "$V/keys"
expect_same before/cells.db "$V/cells.db"
# One damaged copy of keys: it serves, it is not mended, and that is said.
$CRAFT spoil "$V/keys" 100
cp "$V/keys" bad
expect_status 0 run unlock
expect_err "damaged"
expect_no_err "has been mended"
expect_same bad "$V/keys"
expect_status 0 run lock
cp before/keys "$V/keys"
# A write that was cut short cannot be undone here: its own message.
$CRAFT hot "$V/cells.db"
chmod a+r "$V/cells.db-journal"
expect_status 19 run check
expect_err "a write was cut short"
expect_err "hint: copy the whole folder"
rm "$V/cells.db-journal"
# Where nothing can be made, init says so.
V=$PWD/open/second
expect_status 1 run --yes init
expect_err "Permission denied"
[ ! -e "$V" ] || fail "something was made"
# A read-only mount.
V=$PWD/open/vault
cp before/keys "$V/keys"
cp before/cells.db "$V/cells.db"
cat > inside <<'I'
mount -t tmpfs none "$1" && cp -r "$2" "$1/vault" && mount -o remount,ro "$1" || exit 99
rc=0
"$3" -v "$1/vault" --passphrase-file "$4" check > /dev/null || exit 98
"$3" -v "$1/vault" --passphrase-file "$4" passphrase add x --new-passphrase-file another || rc=$?
"$3" -v "$1/new" --yes --passphrase-file "$4" init || exit $((rc + $?))
I
mkdir mounted
if unshare -Urm true 2> /dev/null; then
	expect_status 38 unshare -Urm sh inside "$PWD/mounted" "$PWD/before" "$AMPARO" "$PASS"
else
	skip_part "a read-only mount: no user namespaces"
fi
