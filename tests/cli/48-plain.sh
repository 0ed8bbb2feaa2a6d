# Records in plain text for an audience: what leaves, how people are called,
# and what refuses it.
vault
plain() { # STATUS AUDIENCE FILE [WORD ...]
	want=$1 audience=$2 file=$3
	shift 3
	expect_status "$want" opened --yes export --plain json --audience "$audience" -o "$file" "$@"
}
add() { # TYPE JSON: its id in $id
	printf '%s' "$2" >"$1.json"
	expect_status 0 opened add "$1" "$1.json"
	id=$(the_id)
}
add person '{"level":0,"names":[{"text":"甲河树"},{"text":"Jia Heshu"}],"pseudonym":"Lawyer H.","contacts":[{"kind":"phone","value":"+86 138 0013 8000"}],"recorded_by":"AB","health":"zzprivate","private_fields":["health"]}'
jia=$id
add case '{"level":0,"title":"Crackdown","summary":"what happened to a lawyer"}'
kase=$id
add testimony "{\"level\":0,\"text\":\"he was taken\",\"source\":{\"ref\":\"$jia\"},\"about\":[\"$kase\"],\"recontact\":\"zzrecontact\"}"
told=$id
add status "{\"level\":2,\"person\":\"$jia\",\"status\":\"missing\",\"case\":\"$kase\"}"

# Nobody has consented: the case leaves, and nobody with it.
plain 0 media 1.json
expect_out "1 record leaves, unsealed"
expect_out "no: nobody whom it is about has consented to that"
expect_out "no: its level is too high for them"
expect_mode 600 1.json
for word in 甲 Jia '138 0' zzprivate zzrecontact taken; do
	grep -q "$word" 1.json && fail "it left: $word"
done
grep -q '"title":"Crackdown"' 1.json || fail "the case is missing"
plain 1 media 1.json
plain 2 everybody 2.json
expect_status 2 opened --yes export --plain xml --audience media -o 2.json
expect_status 2 opened --yes export --plain json -o 2.json
expect_status 2 opened --yes export --plain json --unfiltered --audience un -o 2.json
plain 15 media 2.json zzzz
plain 17 media 2.json type:person
plain 17 research 2.json
[ ! -e 2.json ] || fail "a file although nothing leaves"

# By pseudonym, then by name; the levels are of the audience.
add consent "{\"person\":\"$jia\",\"scopes\":[\"media\",\"un\"],\"naming\":\"pseudonym\",\"date\":{\"edtf\":\"2011\"}}"
plain 0 media 3.json
grep -q '"pseudonym":"Lawyer H."' 3.json || fail "no pseudonym"
grep -q 'he was taken' 3.json || fail "no testimony"
for word in 甲 Jia '138 0' zzprivate zzrecontact '"missing"' source recorded_by; do
	grep -q "$word" 3.json && fail "it left: $word"
done
plain 0 un 4.json
grep -q '"missing"' 4.json || fail "no status"
grep -q 'Jia\|138 0' 4.json && fail "the name left"
python3 -c 'import json,sys; d=json.load(open("4.json")); assert d["amparo_plain"] == 1 and d["audience"] == "un" and len(d["records"]) == 5, d' || fail "not what FORMAT says"
add consent "{\"person\":\"$jia\",\"scopes\":[\"un\"],\"naming\":\"full\",\"date\":{\"edtf\":\"2012\"}}"
allows=$id
plain 0 un 5.json type:person
grep -q 'Jia Heshu' 5.json || fail "no name"
grep -q 'zzprivate' 5.json && fail "a private field left"

# A text that names somebody, broken over a line and in another script.
add person '{"names":[{"text":"Yi Yuanshan"},{"text":"乙远山"}]}'
for text in 'with Yi
Yuanshan' '与乙远山' 'Yuanshan Yi'; do
	expect_status 0 opened edit "$kase" --set "summary=$text" --yes
	plain 17 un 6.json
	expect_err "must not be named; nothing was written"
	[ ! -e 6.json ] || fail "it left"
done
expect_status 0 opened edit "$kase" --set "summary=with Yuanshan" --yes
plain 17 un 6.json
expect_err "--parts-checked"
plain 0 un 6.json --parts-checked

# The passphrase again, also while unlocked; and all of it, for ourselves.
expect_status 12 "$AMPARO" -v "$V" --yes --passphrase-file case.json export --plain json --unfiltered -o 7.json
expect_status 0 opened --yes export --plain json --unfiltered -o 7.json
expect_err "private fields, names without consent, level 3"
for word in 甲河树 zzprivate zzrecontact '"missing"'; do
	grep -q "$word" 7.json || fail "lost: $word"
done
expect_status 0 opened log
expect_out "{\"audience\":\"un\",\"consents\":[\"$allows\"],\"records\":["
expect_status 17 opened may "$told" --audience media
expect_out "export-plain"
expect_status 17 opened may "$jia" --audience media
expect_out "export-plain"

# What is written for ourselves can be taken in again, byte for byte.
python3 - <<'PY' || fail "no bodies"
import json
for i, r in enumerate(json.load(open("7.json"))["records"]):
    json.dump(r["body"], open("again-%d-%s.json" % (i, r["type"]), "w"), ensure_ascii=False)
PY
V=$PWD/again
vault "$V"
for file in again-*.json; do
	type=${file#again-*-}
	expect_status 0 opened add "${type%.json}" "$file"
	expect_status 0 opened show "$(the_id)" --raw
	python3 -c 'import json,sys; assert json.load(open(sys.argv[1])) == json.load(open(sys.argv[2]))' "$file" "$OUT" || fail "changed: $file"
done

# A name may stand in the name of a member, in a number, in an address.
V=$PWD/odd
vault "$V"
add person '{"names":[{"text":"Yi Yuanshan"}],"contacts":[{"kind":"phone","value":"+86 138 0013 8000"}]}'
for odd in '"x_seen":{"Yi Yuanshan":"twice"}' '"x_seen":{"x_deep":[13800138000]}' \
    '"x_page":"https://example.org/?q=Yi%20Yuanshan"'; do
	add case "{\"level\":0,\"title\":\"Odd\",$odd}"
	plain 17 un odd.json Odd
	expect_err "must not be named; nothing was written"
	[ ! -e odd.json ] || fail "it left"
	expect_status 0 opened edit "$id" --set title=Closed --set level=3 --set readers=mj --yes
done

# ---- As a table: one type at a time, which a map reads back ----
V=$PWD/table
vault "$V"
add person '{"level":1,"names":[{"text":"=Uno Testfall","script":"Latn","primary":true},{"text":"甲乙"}],"occupations":["poet, \"free\"","-"],"born":{"edtf":"1970","text":"about then"},"notes":["two\nlines","\u0027quoted"],"age":"0.22","protected":false,"dependants":2}'
add person '{"names":[{"text":"Dos Testfall"}],"addresses":[{"text":"Lima","lat":"-12.05","exact":true}],"x_own":"+1"}'
add case '{"title":"A case"}'
expect_status 0 opened --yes export --plain csv type:person --unfiltered -o people.csv
expect_mode 600 people.csv
expect_status 2 opened --yes export --plain csv --unfiltered -o all.csv
expect_err "records of 2 types"
[ ! -e all.csv ] || fail "a table of two types"
# No cell is a formula.
/usr/bin/python3 - <<'PY' || fail "not what was promised"
import csv
rows = list(csv.reader(open("people.csv", encoding="utf-8", newline="")))
assert len(rows) == 3 and rows[0][0] == "id" and "names[0].text" in rows[0], rows
assert not any(cell[:1] in set("=+-@\t\r\n") for row in rows for cell in row if cell), rows
assert any("\'=Uno Testfall" in row for row in rows), rows
PY
expect_status 0 opened --yes export --plain json type:person --unfiltered -o people.json
cat > people-map.json <<'END'
{"amparo_map": 1, "name": "people", "type": "person", "key": ["id"], "paths": true}
END
V=$PWD/table-again
vault "$V"
expect_status 0 opened import people.csv --map people-map.json --yes
expect_out "added: 2 (records: 2)"
expect_out "cells not understood: 0"
expect_status 0 opened --yes export --plain json type:person --unfiltered -o again.json
/usr/bin/python3 - <<'PY' || fail "the table did not bring it back"
import json
def bodies(name):
    list_ = [r["body"] for r in json.load(open(name, encoding="utf-8"))["records"]]
    for b in list_:
        if b.pop("imported", None):
            b["private_fields"].remove("imported")
            b["private_fields"] or b.pop("private_fields")
    return sorted(json.dumps(b, sort_keys=True) for b in list_)
assert bodies("people.json") == bodies("again.json"), (bodies("people.json"), bodies("again.json"))
PY
# Once more from there: its own imported cells are kept, and nothing is new.
expect_status 0 opened import people.csv --map people-map.json --policy update --yes
expect_out "added: 0 (records: 0); updated: 0; unchanged: 2"
# For an audience it has what the JSON has.
V=$PWD/vault
plain_csv() {
	expect_status "$1" opened --yes export --plain csv type:person --audience un -o "$2" --parts-checked
}
plain_csv 0 un.csv
grep -q 'Jia Heshu' un.csv || fail "no name"
grep -q zzprivate un.csv && fail "a private field left"
grep -q health un.csv && fail "a private field is named"

# Two people of one name: the record of the one who agreed leaves with it; a
# text that may mean the other one does not, and says what can be done.
V=$PWD/namesakes
vault "$V"
add person '{"level":0,"names":[{"text":"陈同名"},{"text":"Chen Tongming"}]}'
agreed=$id
add person '{"level":0,"names":[{"text":"陈同名"},{"text":"Chen Tongming"}]}'
silent=$id
add consent "{\"person\":\"$agreed\",\"scopes\":[\"media\"],\"naming\":\"full\",\"date\":{\"edtf\":\"2011\"}}"
plain 0 media same.json type:person
grep -q '陈同名' same.json || fail "a name that may leave does not"
grep -q "$silent" same.json && fail "who has not agreed left"
add case "{\"level\":0,\"title\":\"The arrest of Chen Tongming\",\"summary\":\"x\"}"
kase=$id
plain 17 media leaves.json type:case
expect_err "$(printf %.8s "$silent")"
expect_err "or $(printf %.8s "$agreed"), of the same name"
[ ! -e leaves.json ] || fail "it left"
expect_status 0 opened --yes edit "$kase" --set "title=An arrest"
plain 0 media leaves.json type:case
true
