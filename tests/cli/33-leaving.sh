# What leaves a vault: other offices, marks, questions, damage.
offices A B C
for o in A B C; do
	eval v=\$$o
	expect_status 0 "$AMPARO" -v "$v" --passphrase-file "$PASS" \
	    office --card "$o.card"
done
expect_status 0 in_a contact add B.card
expect_status 0 in_a contact add C.card
expect_status 0 in_b contact add A.card
expect_status 0 in_c contact add A.card

# ---- Another office lowers the level of a record of ours ----
printf '{"names":[{"text":"Jin"}]}' > jin.json
expect_status 0 in_a add person jin.json
agree in_a
jin=$(the_id)
expect_status 0 in_a --yes export zzzz --include "$jin" --to "Office B" -o 1.age
expect_status 0 in_b --yes import 1.age
agree in_b "$jin"
expect_status 0 in_b edit "$jin" --set level=1 --yes
expect_status 0 in_b --yes export Jin --to "Office A" -o 2.age
expect_status 0 in_a --yes import 2.age
expect_err "Office B lowered the level of $jin from 2 to 1; it does not leave"
expect_status 17 in_a --yes export Jin --to "Office C" -o 3.age
expect_out "level 2"
[ ! -e 3.age ] || fail "it left"
expect_status 0 in_a edit "$jin" --set notes=seen --yes
expect_status 17 in_a --yes export Jin --to "Office C" -o 3.age
expect_status 0 in_a edit "$jin" --set level=1 --yes
expect_status 0 in_a --yes export Jin --to "Office C" -o 3.age
expect_err "the digits of Office C were never compared"
expect_err "contact verify 'Office C'"
expect_status 1 in_a export Jin --to "Office C" --to "Office B" -o 4.age
expect_err "the digits of Office C, Office B were never compared"

# ---- Our office: only whose digits were compared, and back ----
expect_status 17 in_a contact mark "Office C" --our-office
expect_err "never compared"
expect_err "contact verify 'Office C'"
expect_status 0 in_a contact remove "Office C"
expect_status 17 in_a contact add C.card --our-office
expect_err "never compared"
expect_status 15 in_a contact mark "Office C" --our-office
expect_status 0 in_a contact add C.card --as "C's office"
expect_err "contact verify 'C'\\''s office'"
expect_status 2 in_a contact mark "C's office"
expect_status 2 in_a contact mark "C's office" --our-office --not-our-office
expect_status 2 in_a contact remove "C's office" --our-office
expect_status 2 in_a contact verify "C's office" --not-our-office
expect_status 0 in_a contact verify "C's office" --yes
expect_status 0 in_a contact mark "C's office" --our-office
expect_status 0 in_a --json contact list
expect_json '[c["our_office"] for c in d if c["name"] == "C'"'"'s office"] == [True]'
expect_status 0 in_a contact mark "C's office" --not-our-office
expect_status 0 in_a contact list
expect_no_out "our office"

# ---- A private field that is not there is refused, and said of others ----
printf '{"names":[{"text":"Mu"}],"mother":{"text":"m"},"private_fields":["father"]}' > mu.json
expect_status 2 in_a add person mu.json
expect_err "private_fields[0]: 'father' is not in this record, and nothing would be private; did you mean 'mother'?"
printf '{"names":[{"text":"Mu"}],"private_fields":["names.text"]}' > mu.json
expect_status 2 in_a add person mu.json
expect_err "did you mean 'names'?"
printf '{"names":[{"text":"Mu"}],"level":1,"mother":{"text":"m"},"private_fields":["mother"]}' > mu.json
expect_status 0 in_a add person mu.json
agree in_a
mu=$(the_id)
expect_status 2 in_a edit "$mu" --set 'private_fields=health' --yes
expect_err "'health' is not in this record"
# Who got it without the private part can edit it all the same.
expect_status 0 in_a --yes export Mu --to "Office B" -o mu.age
expect_status 0 in_b --yes import mu.age
expect_status 0 in_b show "$mu"
expect_no_out "hides nothing"
expect_status 0 in_b edit "$mu" --set notes=seen --yes
expect_status 0 in_b show "$mu"
expect_no_out "hides nothing"
# What was emptied may stay named, and is said.
expect_status 0 in_a edit "$mu" --set mother= --yes
expect_status 0 in_a show "$mu"
expect_out "private_fields names 'mother', which is not there: it hides nothing"
expect_status 0 in_a check --records
expect_err "$mu names private fields that are not there"
expect_status 0 in_a --json show "$mu"
expect_json 'd["hides_nothing"]'

# ---- What is damaged is not passed on silently ----
if command -v sqlite3 > /dev/null; then
	cp "$A/cells.db" old.db
	expect_status 0 in_a edit "$jin" --set notes=again --yes
	cp "$A/cells.db" new.db
	expect_status 0 in_a --yes export Jin --to "Office B" -o good.age
	expect_status 0 in_a backup good
	# A cell of before that opens, and that only the sum betrays.
	for n in $(sqlite3 new.db "ATTACH 'old.db' AS old; SELECT n FROM cell
	    JOIN old.cell AS o USING(n) WHERE cell.body<>o.body AND n>0"); do
		cp new.db "$A/cells.db"
		sqlite3 "$A/cells.db" "ATTACH 'old.db' AS old;
		    UPDATE cell SET body=(SELECT body FROM old.cell AS o
		    WHERE o.n=cell.n) WHERE n=$n"
		in_a info > "$OUT" 2> "$ERR" || continue
		in_a check > "$OUT" 2> "$ERR" || true
		if grep -q "an older cell has been put back" "$ERR" &&
		    grep -q "1 thing is wrong" "$ERR"; then
			break
		fi
	done
	expect_status 13 in_a check
	expect_err "an older cell has been put back"
	expect_status 13 in_a --yes export Jin --to "Office B" -o bad.age
	expect_err "an older cell has been put back"
	[ ! -e bad.age ] && [ ! -e bad.age.part ] || fail "it was passed on"
	expect_status 13 in_a --yes backup bad
	expect_err "an older cell has been put back"
	[ ! -e bad ] || fail "it was copied"
	cp new.db "$A/cells.db"
else
	skip_part "no sqlite3 shell"
fi

# ---- One is one, and what is held back by level 2 says how it goes ----
printf '{"title":"Held Two"}' > case.json
expect_status 0 in_a add case case.json
printf '{"names":[{"text":"Held"}]}' > held.json
expect_status 0 in_a add person held.json
agree in_a
held=$(the_id)
expect_status 1 in_a export Two --to "Office B" -o 4.age
expect_out "1 record leaves (versions: 1; attachments: 0"
expect_no_err "--include"
expect_status 1 in_a export Held --to "Office B" -o 4.age
expect_out "1 record leaves"
expect_out "1 is held back"
expect_err "--include $held sends"
expect_status 17 in_a --yes export Held type:person --to "Office B" -o 4.age
expect_err "--include $held sends"
expect_status 0 in_a --yes export Two --include "$held" --to "Office B" -o 4.age
expect_out "2 records leave"
expect_status 0 in_b --yes import 4.age
expect_out "2 new records; versions"
expect_status 0 in_a add case case.json
third=$(the_id)
expect_status 0 in_a --yes export zzzz --include "$third" --to "Office B" -o 5.age
expect_status 0 in_b --yes import 5.age
expect_out "1 new record; versions"
