# Signing keys: renewed, announced, compared; two successors freeze.
offices A B

expect_status 0 in_a office --card a1.card
expect_status 0 in_b office --card b1.card
expect_status 0 in_a contact add b1.card
expect_status 0 in_b contact add a1.card
expect_status 0 in_a contact verify "Office B" --yes
expect_status 0 in_b contact verify "Office A" --yes
printf '{"names":[{"text":"Teng Biao"}],"level":1}' > teng.json
expect_status 0 in_a add person teng.json
agree in_a
expect_status 0 in_a --yes export teng --to "Office B" -o late.age
cp -a "$A" thief

# ---- Renew ----
expect_status 2 in_a office --signing
expect_status 2 in_a office retire 1 --signing
expect_status 1 in_a office renew --signing
expect_err "compare the digits again"
expect_status 0 in_a --yes office renew --signing
expect_out "made: a signing key"
expect_err "office --card FILE"
expect_status 0 in_a --json office
expect_json 'd["earlier"] == 1 and "# follows " in d["card"]'
expect_status 0 in_a office --card a2.card
[ "$(grep -c '^# follows ' a2.card)" = 1 ] || fail "it follows nothing"
expect_status 0 in_a log
expect_out "signing-key"
expect_status 0 in_a list office:office
expect_out "Teng Biao"
expect_status 0 in_a --yes export teng --to "Office B" -o 2.age

# ---- Announced ----
expect_status 17 in_b import 2.age
expect_err "no contact has"
expect_status 0 in_b contact add a2.card
expect_err "Office A announces another signing key"
expect_err "contact verify 'Office A'"
expect_status 0 in_b contact list
expect_out "announced, not compared"
expect_status 0 in_b --json contact list
expect_json 'len(d) == 1 and d[0]["verified"] and len(d[0]["announced"]) == 1 and not d[0]["frozen"]'
expect_status 0 in_b log
expect_out "contact-announce"
expect_status 17 in_b --yes export --to "Office A" -o x.age
expect_err "it announces another signing key"
[ ! -e x.age ] || fail "sent to an office that was not compared"
expect_status 1 in_b import 2.age
expect_status 0 in_b --yes import 2.age
expect_err "announced for Office A, and never compared"

# ---- A thief of the key before announces another one ----
in_thief() { "$AMPARO" -v thief --passphrase-file "$PASS" "$@"; }
expect_status 0 in_thief --yes office renew --signing
expect_status 0 in_thief office --card thief.card
expect_status 0 in_thief --yes export teng --to "Office B" -o thief.age
expect_status 0 in_b contact add thief.card
expect_err "two keys are announced for Office A"
expect_status 0 in_b contact list
expect_out "frozen"
expect_status 17 in_b --yes export --to "Office A" -o x.age
expect_err "it is frozen"
expect_err "--digits DIGITS"
for bundle in late thief; do
	expect_status 17 in_b import $bundle.age
	expect_err "two keys are announced for"
	expect_status 0 in_b inspect $bundle.age
	expect_err "two keys are announced for"
done
expect_status 16 in_b --yes contact verify "Office A"
expect_err "--digits DIGITS"
expect_status 15 in_b --yes contact verify "Office A" --digits x
expect_status 2 in_b contact list --digits 1
digits=$(in_a --json office | sed -n 's/.*"digits": *"\([^"]*\)".*/\1/p')
[ -n "$digits" ] || fail "no digits"
expect_status 0 in_b --yes contact verify "Office A" --digits "$digits"
expect_status 0 in_b --json contact list
expect_json 'd[0]["digits"] == "'"$digits"'" and d[0]["verified"] and d[0]["announced"] == [] and not d[0]["frozen"]'

# ---- What was compared stays; the thief is a stranger ----
expect_status 2 in_b contact add a1.card
expect_err "older than the card"
expect_status 17 in_b contact add thief.card
expect_err "was renewed with another card"
expect_status 17 in_b import thief.age
expect_err "no contact has"
expect_status 1 in_b import late.age
expect_err "an earlier key of Office A"
expect_status 0 in_b --yes import late.age
printf '{"names":[{"text":"Gao Yu"}],"level":1}' > gao.json
expect_status 0 in_b add person gao.json
agree in_b
expect_status 0 in_b --yes export gao --to "Office A" -o back.age
expect_status 0 in_a import back.age

# ---- A card that follows our own key ----
expect_status 17 in_a contact add thief.card
expect_err "follows a key of this office"
for v in "$A" "$B"; do
	V=$v
	expect_clean
	expect_status 0 opened check --records
done
