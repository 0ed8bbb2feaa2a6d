# What another office says of rows and editions of a list in a record of ours
# decides neither which record a row is, nor what a person has changed.
tab=$(printf '\t')
offices A B
for o in A B; do
	eval v=\$$o
	expect_status 0 "$AMPARO" -v "$v" --passphrase-file "$PASS" \
	    office --card "$o.card"
done
expect_status 0 in_a contact add B.card
expect_status 0 in_b contact add A.card
expect_status 0 in_a contact verify "Office B" --yes
expect_status 0 in_b contact verify "Office A" --yes
cat > map.json <<'END_OF_MAP'
{"amparo_map": 1, "name": "invented", "key": ["no"], "type": "person",
 "columns": [{"column": "name", "field": "names[0].text"},
             {"column": "trade", "field": "occupations"}]}
END_OF_MAP
printf 'no,name,trade\nP-1,Uno,smith\nP-2,Dos,baker\n' > 1.csv
printf 'no,name,trade\nP-1,Uno,smith\nP-2,Dos Neu,farmer\n' > 2.csv
printf 'no,name,trade\nP-3,Tres,farmer\n' > 3.csv
# to_b ID QUERY, from_b: the record goes there and comes back as B has it.
to_b()
{
	rm -f a.age b.age
	expect_status 0 in_a --yes export "$2" --to "Office B" --parts-checked -o a.age
	expect_status 0 in_b --yes import a.age
	agree in_b "$1"
}
from_b()
{
	rm -f a.age b.age
	expect_status 0 in_b --yes export "$1" --to "Office A" --parts-checked -o b.age
	expect_status 0 in_a --yes import b.age
}

# ---- An edition that another office has counted up ----
expect_status 0 in_a import 1.csv --map map.json --yes
expect_status 0 in_a --json list Dos
dos=$(grep -o '[0-9a-z]\{26\}' "$OUT" | head -n 1)
expect_status 0 in_a --yes edit "$dos" --set 'occupations[0]=weaver' --set level=1
agree in_a "$dos"
to_b "$dos" Dos
for edition in 2 2147483647; do
	expect_status 0 in_b --yes edit "$dos" --set "imported.edition=$edition"
	from_b Dos
	expect_status 0 in_a import 2.csv --map map.json --policy update --preview
	expect_out "2${tab}3${tab}names${tab}Dos Neu${tab}taken from the file"
	expect_out "2${tab}3${tab}occupations${tab}farmer${tab}changed in the file, and here: kept"
	expect_no_out "level"
done
expect_status 0 in_b --yes edit "$dos" --set imported.edition=7
from_b Dos
expect_status 0 in_a import 2.csv --map map.json --policy update --yes
expect_status 0 in_a --json show "$dos"
expect_json 'd["body"]["occupations"] == ["weaver"] and d["body"]["level"] == 1'
expect_json 'd["body"]["names"][0]["text"] == "Dos Neu" and d["body"]["imported"]["edition"] == 2'
# What that import wrote is known again as such.
sed -i 's/Dos Neu/Dos Drei/' 2.csv
expect_status 0 in_a import 2.csv --map map.json --policy update --yes
expect_out "2${tab}3${tab}names${tab}Dos Drei${tab}taken from the file"
expect_out "updated: 1; unchanged: 1"
expect_status 0 in_a --json show "$dos"
expect_json 'd["body"]["occupations"] == ["weaver"]'

# ---- A record of ours that another office says to be of a row ----
printf '{"names":[{"text":"Vier"}],"level":1}' > vier.json
expect_status 0 in_a add person vier.json
vier=$(the_id)
agree in_a "$vier"
to_b "$vier" Vier
expect_status 0 in_b --yes edit "$vier" --set imported.map=invented \
    --set imported.file=3.csv --set 'imported.key[0]=no' \
    --set 'imported.fields[0].name=no' --set 'imported.fields[0].text=P-3'
from_b Vier
# A record of another row of the list, and one of a person who is in none.
cat > acts.json <<'END_OF_MAP'
{"amparo_map": 1, "name": "invented", "key": ["no"], "records": [
 {"as": "who", "type": "person", "columns": [{"column": "name", "field": "names[0].text"}]},
 {"as": "deed", "type": "act", "constants": [["act", "torture"]],
  "columns": [{"link": "victims", "to": "who"}, {"column": "trade", "field": "description"}]}]}
END_OF_MAP
for policy in add update; do
	expect_status 0 in_a import 3.csv --map acts.json --policy $policy --yes
	[ $policy = update ] || expect_out "added: 1 (records: 2)"
	[ $policy = add ] || expect_out "added: 0 (records: 0); updated: 0; unchanged: 1"
done
expect_status 0 in_a --json show "$vier"
expect_json 'd["body"]["names"][0]["text"] == "Vier" and "occupations" not in d["body"]'
expect_status 0 in_a list type:act
expect_out "Tres"
expect_no_out "Vier"

# ---- Consents of a list count as ours: that is said ----
printf '{"amparo_map":1,"name":"c","key":["id"],"type":"consent","paths":true}' > map.json
printf 'id,person,scopes[0],naming,date.edtf\n1,%s,partner,full,2020\n' "$vier" > 4.csv
expect_status 0 in_a import 4.csv --map map.json --preview
expect_err "1 of the records is a consent"
expect_status 0 in_a --json import 4.csv --map map.json --yes
expect_json 'd["consents"] == 1'
