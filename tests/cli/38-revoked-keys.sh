# A signing key is revoked: nothing new of it is taken, and what was here stays.
offices A B

expect_status 0 in_a office --card a1.card
expect_status 0 in_b office --card b1.card
expect_status 0 in_a contact add b1.card
expect_status 0 in_b contact add a1.card
expect_status 0 in_b contact verify "Office A" --yes
printf '{"names":[{"text":"Teng Biao"}],"level":1}' > teng.json
expect_status 0 in_a add person teng.json
agree in_a
id=$(the_id)
expect_status 0 in_a --yes export teng --to "Office B" -o 1.age
expect_status 0 in_b import 1.age
expect_status 0 in_a --yes export teng --to "Office B" -o 2.age

# ---- Prepared: nothing changes ----
expect_status 2 in_a office revoke
expect_status 2 in_a office revoke --signing -o x
expect_status 2 in_a office --prepare
expect_status 0 in_a office revoke --prepare -o kept.txt
expect_out "nothing is revoked"
expect_err "can revoke the signing key"
expect_mode 600 kept.txt
expect_status 0 in_a --json office
expect_json 'd["earlier"] == 0'
expect_status 2 in_a contact add kept.txt
expect_err "still in use here"

# ---- Revoked ----
expect_status 1 in_a office revoke -o revoked.txt
expect_err "cannot be taken back"
[ ! -e revoked.txt ] || fail "written without a yes"
expect_status 15 in_a --yes office revoke 7 -o x
expect_status 15 in_a --yes office revoke x -o x
expect_status 0 in_a --yes office revoke -o revoked.txt
expect_out "revoked: signing key 1"
cmp kept.txt revoked.txt || fail "prepared was another one"
expect_status 0 in_a --json --yes office revoke 1 -o again.txt
expect_json 'd["signing_key"] == 1'
cmp kept.txt again.txt || fail "written again is another one"
expect_status 0 in_a --json office
expect_json 'd["earlier"] == 1'
expect_status 0 in_a log
expect_out "signing-key-revoke"

# ---- At the contact ----
sed 's/amparo-revocation 1/amparo-revocation 2/' revoked.txt > later.txt
expect_status 21 in_b contact add later.txt
sed '$s/[0-9a-f]\{8\}$/00000000/' revoked.txt > bad.txt
expect_status 13 in_b contact add bad.txt
expect_status 2 in_b contact add revoked.txt --as X
expect_status 0 in_b contact add revoked.txt
expect_out "revoked: the key of Office A"
expect_status 0 in_b --json contact add kept.txt
expect_json 'd["name"] == "Office A"'
expect_status 0 in_b contact list
expect_out "revoked 2"
expect_status 0 in_b --json contact list
expect_json 'd[0]["revoked"]'
expect_status 0 in_b log
expect_out "contact-revoke"
expect_status 17 in_b --yes export --to "Office A" -o x.age
expect_err "its key was revoked"
for how in "" --anyway; do
	expect_status 17 in_b --yes import 2.age $how
	expect_err "was revoked"
done
expect_status 0 in_b --json inspect 2.age
expect_json 'd["sender_revoked"] and not d["sender_compared"]'
expect_status 17 in_b contact add a1.card
expect_status 17 in_b --yes contact verify "Office A"
expect_status 0 in_b show "$id"
expect_out "Teng Biao"
expect_status 0 in_b history "$id"
expect_out "key revoked"

# ---- The key that follows ----
expect_status 0 in_a office --card a2.card
expect_status 0 in_b contact add a2.card
expect_err "announces another signing key"
expect_status 17 in_b --yes export --to "Office A" -o x.age
expect_status 0 in_b --yes contact verify "Office A"
expect_status 0 in_a --yes export teng --to "Office B" -o 3.age
expect_status 0 in_b --yes import 3.age
printf '{"names":[{"text":"Gao Yu"}],"level":1}' > gao.json
expect_status 0 in_b add person gao.json
agree in_b
expect_status 0 in_b --yes export gao --to "Office A" -o back.age
expect_status 0 in_b help contact
expect_out "add REVOCATION"
expect_status 2 in_b contact
expect_err "add REVOCATION"
for v in "$A" "$B"; do
	V=$v
	expect_clean
	expect_status 0 opened check --records
done
