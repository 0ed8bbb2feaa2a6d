# Receiving keys: renewed and retired; an older card is refused.
offices A B

expect_status 0 in_a office --card a1.card
expect_status 0 in_b office --card b1.card
expect_status 0 in_a contact add b1.card
expect_status 0 in_b contact add a1.card
expect_status 0 in_a contact verify "Office B" --yes
printf '{"names":[{"text":"Teng Biao"}],"level":1}' > teng.json
expect_status 0 in_a add person teng.json
agree in_a
expect_status 0 in_a --yes export teng --to "Office B" -o 1.age

# ---- Renew ----
expect_status 2 in_b office renew now
expect_status 2 in_b office renew --name "Office X"
expect_status 0 in_b office
expect_out "receiving key 1 of "
expect_no_err "renew"
expect_status 0 in_b office renew
expect_out "made: receiving key 2"
expect_err "office --card FILE"
expect_status 0 in_b office
expect_out "receiving key 1 of $(date -u +%Y-%m-%d): still opens"
expect_out "receiving key 2 of $(date -u +%Y-%m-%d): the newest"
expect_status 0 in_b --json office
expect_json '[k["serial"] for k in d["receiving"]] == [1, 2] and d["receiving"][1]["state"] == "newest" and not d["renew_due"]'
expect_status 0 in_b office --card b2.card
[ "$(grep -c '^# receive ' b2.card)" = 2 ] || fail "not both keys on the card"
expect_status 0 in_b log
expect_out 'receiving-key'
expect_out '"serial":2'

# ---- The newer card, then the older one again ----
expect_status 0 in_a contact add b2.card
expect_out "Office B has a newer card"
expect_out "receiving key 2"
expect_status 0 in_a --json contact list
expect_json 'd[0]["verified"] and d[0]["receiving"] == 2'
expect_status 2 in_a contact add b1.card
expect_err "b1.card is older than the card that is here"
expect_status 0 in_a --json contact list
expect_json 'd[0]["receiving"] == 2'
expect_status 0 in_a log
expect_out "contact-card"
expect_status 0 in_a --yes export teng --to "Office B" -o 2.age
expect_status 0 in_b import 1.age
expect_status 0 in_b import 2.age

# ---- Retire ----
expect_status 0 in_b office renew
expect_status 2 in_b --yes office retire
expect_status 15 in_b --yes office retire 7
expect_status 15 in_b --yes office retire x1
expect_err "no receiving key x1"
expect_status 2 in_b --yes office retire 3
expect_err "office renew"
expect_status 1 in_b office retire 1
expect_err "no longer be read by anybody"
expect_status 0 in_b inspect 1.age
expect_status 0 in_b --yes office retire 1
expect_out "destroyed: receiving key 1"
expect_out "copies of the vault"
expect_status 15 in_b --yes office retire 1
expect_status 0 in_b --json office
expect_json '[k["serial"] for k in d["receiving"]] == [2, 3]'
for what in inspect import; do
	expect_status 20 in_b $what 1.age
	expect_err "sealed to somebody else"
	expect_err "was retired"
done
expect_status 20 in_a import 1.age
expect_no_err "retired"
expect_status 0 in_b import 2.age
expect_status 0 in_b --json --yes office retire 2
expect_json 'd["retired"] == 2'
expect_status 0 in_b log
expect_out "receiving-key-retire"
expect_status 0 in_b office --card b3.card
expect_status 0 in_a contact add b3.card
expect_status 2 in_a contact add b2.card
for v in "$A" "$B"; do
	V=$v
	expect_clean
done
