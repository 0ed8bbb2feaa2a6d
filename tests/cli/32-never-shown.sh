# An office that was never shown a private field edits the record: the field
# stays with those who have it, private, and the second reader agrees.
offices A B
expect_status 0 in_a office --card a.card
expect_status 0 in_b office --card b.card
expect_status 0 in_b contact add a.card
expect_status 0 in_a contact add b.card
expect_status 0 in_a contact verify "Office B" --yes
expect_status 0 in_b contact verify "Office A" --yes

printf '{"names":[{"text":"Invented One"}],"level":1,"health":"zzbeaten","private_fields":["health"]}' > one.json
expect_status 0 in_a add person one.json
agree in_a
id=$(the_id)
expect_status 0 in_a --yes export type:person --to "Office B" -o 1.age
expect_status 0 in_b --yes import 1.age
expect_status 0 in_b --json show "$id"
expect_no_out zzbeaten
expect_json 'd["withheld"]'
expect_status 0 in_b edit "$id" --set "names[0].text=Corrected One" --yes
expect_status 0 in_b --yes export type:person --to "Office A" -o 2.age

expect_status 0 in_a --yes import 2.age
expect_status 0 in_a --json show "$id"
expect_json 'd["body"]["names"][0]["text"] == "Corrected One"'
expect_json 'd["body"]["health"] == "zzbeaten"'
expect_json 'd["body"]["private_fields"] == ["health"]'
cp "$OUT" shown.json
expect_status 0 in_a find zzbeaten
expect_out "Corrected One"
expect_status 0 in_a check --records
if /usr/bin/python3 -c 'import nacl, argon2' 2> /dev/null; then
	/usr/bin/python3 "$TESTS/../readers/vault_reader.py" --test-floor "$A" \
	    --passphrase-file "$PASS" show "$id" > read.json ||
	    fail "the second reader"
	/usr/bin/python3 -c 'import json
assert json.load(open("read.json")) == json.load(open("shown.json"))["body"]' ||
	    fail "the second reader shows something else"
fi

# What we write next holds it again, and it does not leave with it.
expect_status 0 in_a edit "$id" --set "sex=female" --yes
expect_status 0 in_a --yes export type:person --to "Office B" -o 3.age
expect_status 0 in_b --yes import 3.age
expect_status 0 in_b --json show "$id"
expect_json 'd["body"]["sex"] == "f" and "health" not in d["body"]'
expect_status 0 in_a --json show "$id"
expect_json 'd["body"]["health"] == "zzbeaten" and d["versions_now"] == 1'

# ---- Versions that do not contradict one another are made one ----
expect_status 0 in_a edit "$id" --set "occupations[0]=lawyer" --yes
expect_status 0 in_b edit "$id" --set "description=who knows" --yes
expect_status 0 in_b --yes export type:person --to "Office A" -o 4.age
expect_status 0 in_a --yes import 4.age
expect_status 0 in_a --json show "$id"
expect_json 'd["versions_now"] == 2 and not d.get("clashes")'
expect_status 0 in_a resolve "$id"
expect_out "made one"
expect_status 0 in_a --json show "$id"
expect_json 'd["versions_now"] == 1'
expect_json 'd["body"]["occupations"] == ["lawyer"]'
expect_json 'd["body"]["description"] == "who knows"'
expect_json 'd["body"]["health"] == "zzbeaten"'
