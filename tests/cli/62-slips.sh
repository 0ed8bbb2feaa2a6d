# Slips of the pen: what is no type, no code, no field and no day is said, with
# what may have been meant, and is not taken for "there is none".
echo "copper lantern orchard mitten" > pass
expect_status 0 "$AMPARO" --passphrase-file pass init --office "Slips"
expect_status 0 "$AMPARO" --passphrase-file pass unlock
opened() { "$AMPARO" "$@"; }

# A type that there is not: nothing is read, and no other fault is found.
expect_status 2 opened add persn
expect_err "there is no type 'persn'"
expect_err "did you mean 'person'?"
expect_status 2 opened add '{"type":"person"}'
expect_err "the types are case, person,"

# Codes: the near ones.
expect_status 2 opened new status --set status=misssing --yes
expect_err "did you mean 'missing'?"
expect_status 2 opened new case --set countries=UK --yes
expect_err "did you mean 'UA' or 'VG'?"
expect_status 2 opened count misssing
expect_err "'misssing' is no status"
expect_err "did you mean 'missing'?"
expect_status 2 opened count ever missing heldd
expect_err "'heldd' is no status"
expect_status 2 opened count missing --certainty likly
expect_err "did you mean 'likely'?"
expect_status 15 opened count zzzz
expect_err "'amparo find' asks for a part of a name"

# A query that can find nothing, beside one that has found nothing.
expect_status 0 opened add person <<-END
	{"names": [{"text": "Ana Ejemplo"}], "x_ref": "AB-12"}
END
slip() { # QUERY SENTENCE [HINT]
	expect_status 0 opened list "$1"
	expect_err "nothing found"
	expect_err "$2"
	[ $# = 2 ] || expect_err "$3"
}
slip type:persn "no record can have 'type:persn'" "did you mean 'person'?"
slip type:zzzzzzzz "no record can have" "the types are case, person,"
slip status:misssing "no record can have 'status:misssing'" "did you mean 'missing'?"
slip "zzz OR act:tortue" "no record can have 'act:tortue'" "'torture'"
slip country:zzzzzz "no record can have" "'amparo vocab country'"
slip level:9 "no record can have 'level:9'"
slip date:2011-02-30 "'2011-02-30' is not understood as a date" "2011-04-26"
slip case:Arrests "'case:' takes the id of a case"
slip nmae:Ana "'nmae:' is no field of a query" "did you mean 'name'?"
slip x_ref:AB-12 "'x_ref:' is no field of a query" "type: title: name:"
slip 'notes:"a b"' "'notes:' is no field of a query"
for query in zzz status:missing status:in-custody 'status:mis*' 'act:torture' \
    "case:5031hqst45wb18ntqz0y2b7v9q" place:nowhere http://zzz '"notes: x"' \
    date:2011-02 'date:' country:cn; do
	expect_status 0 opened list "$query"
	[ "$(cat "$ERR")" = "amparo: nothing found" ] || fail "$query: $(cat "$ERR")"
done
# A name may be written otherwise.
expect_status 0 opened find Anna Exemplo
expect_err "nothing found"
expect_err "find --like NAME"
expect_status 0 opened find --like "Anna Exemplo"
expect_out "Ana Ejemplo"
expect_status 0 opened find --like zzzzzzzz
[ "$(cat "$ERR")" = "amparo: nothing found" ] || fail "$(cat "$ERR")"
# What is found is not doubted.
expect_status 0 opened find "Ana OR type:persn"
[ ! -s "$ERR" ] || fail "doubted: $(cat "$ERR")"
expect_status 0 opened find AB-12
expect_out "Ana Ejemplo"

# Whatever else takes a query says it, too.
expect_status 0 opened report status:misssing --by status
expect_err "did you mean 'missing'?"
expect_status 15 "$AMPARO" --passphrase-file pass --yes export --plain json type:persn --audience un -o x.json
expect_err "did you mean 'person'?"

# A list without a map is no bundle that somebody should send again.
printf 'no,name\n1,Ana\n' > list.csv
expect_status 13 opened import list.csv
expect_err "a list is imported with --map"

# A record with a note only can be kept, and has a line in lists.
echo '{"notes": ["only this"]}' > note.json
expect_status 0 opened add case note.json
NOTE=$(cat "$OUT")
expect_status 0 opened list only
expect_out "(without a title)"
expect_status 0 opened edit "$NOTE" --set "tags=a" --yes
expect_err "kept: (without a title)"
expect_status 0 opened --json list only
expect_json 'd[0]["title"] == ""'

# One that was forgotten stayed with nobody: it never left.
expect_status 0 opened forget "$NOTE" --yes
expect_status 0 opened show "$NOTE"
expect_out "forgotten: its contents were destroyed"
expect_no_out "stayed with another office"

# A row that is too short, and an output that is full, in words.
printf 'no,name\n1\n' > short.csv
echo '{"amparo_map":1,"name":"a","type":"person","key":["no"],"columns":[{"column":"name","field":"names[0].text"}]}' > map.json
expect_status 2 opened import short.csv --map map.json
expect_err "short.csv, row 1, line 2: cells: 1, columns: 2"
got=0
opened vocab > /dev/full 2> "$ERR" || got=$?
[ $got = 1 ] || fail "status $got"
expect_err "cannot read or write standard output: "

# What has no date stands last in a timeline, and it is said why.
expect_status 0 opened new status --set "person=Ana Ejemplo" --set status=held --yes
expect_status 0 opened new status --set "person=Ana Ejemplo" --set status=missing --set date=2011-02-16 --yes
expect_status 0 opened timeline "Ana Ejemplo"
tail -n 1 "$OUT" | grep -q "^(no date)  *[0-9a-z]*  held" || fail "$(cat "$OUT")"
