# A list that is imported again: what each policy does, row by row, and that
# the preview tells it.
tab=$(printf '\t')
cat > map.json <<'END'
{
  "amparo_map": 1, "name": "invented", "missing": ["n/a"], "key": ["no"],
  "records": [
    {"as": "person", "type": "person", "columns": [
      {"column": "name", "field": "names[0].text"},
      {"column": "sex", "field": "sex", "parts": ["/"], "codes": [["女", "f"], ["F", "f"], ["男", "m"], ["M", "m"]]},
      {"column": "trade", "field": "occupations"}]},
    {"as": "list", "type": "document", "once": true, "constants": [["title", "An invented list"]]},
    {"as": "arrest", "type": "act", "when": {"column": "arrested", "is": "present"},
     "constants": [["act", "arbitrary-arrest"]],
     "columns": [{"link": "victims", "to": "person"}, {"link": "basis[0].ref", "to": "list"},
                 {"column": "arrested", "field": "date"}]}
  ]
}
END
cat > 1.csv <<'END'
no,name,sex,trade,arrested
P-1,Uno Testfall,n/a,smith,1980
P-2,Dos Testfall,女 / F,baker,n/a
P-3,Tres Testfall,男 / F,n/a,1981
P-4,Cuatro Testfall,M,poet,n/a
END
cat > 2.csv <<'END'
no,name,sex,trade,arrested
P-1,Uno Testfall,M,smith,1980
P-2,Dos Testfall-Neu,女 / F,farmer,1982
P-4,Cuatro Testfall,M,poet,n/a
P-5,Cinco Testfall,F,n/a,1983
P-5,Otra Testfall,F,n/a,n/a
END
fresh()
{
	rm -rf "$V"
	vault
	expect_status 0 opened import 1.csv --map map.json --yes
	expect_out "added: 4 (records: 7); updated: 0; unchanged: 0"
	expect_out "new rows: 1-4"
	expect_out "3${tab}4${tab}person: sex${tab}男 / F${tab}in no code table"
	# A person changes a trade.
	expect_status 0 opened --yes edit "Dos Testfall" --set 'occupations[0]=weaver'
}
# both WORDS...: what the preview tells is what the import tells, byte for byte.
both()
{
	expect_status 0 opened --json import 2.csv --map map.json "$@" --preview
	cp "$OUT" preview.json
	expect_status 0 opened import 2.csv --map map.json "$@" --preview
	sed '$d' "$OUT" > preview.txt
	cp -r "$V" before
	expect_status 0 opened --json import 2.csv --map map.json "$@" --yes
	sed 's/"preview": *false/"preview": true/' "$OUT" > run.json
	sed -i 's/"preview": *true/"preview": true/' preview.json
	expect_same preview.json run.json
	rm -rf "$V"
	mv before "$V"
	expect_status 0 opened import 2.csv --map map.json "$@" --yes
	sed '$d' "$OUT" > run.txt
	expect_same preview.txt run.txt
}
name()
{
	expect_status 0 opened --json show "$1"
}

fresh
both
expect_out "added: 1 (records: 2); updated: 0; unchanged: 1; changed in the file, kept here: 2; refused: 1; cells not understood: 0"
expect_out "new rows: 4"
expect_out "unchanged rows: 3"
expect_out "changed in the file, kept here: 1-2"
expect_out "refused rows: 5"
expect_out "5${tab}6${tab}person${tab}${tab}refused: the key of row 4"
expect_out "1${tab}2${tab}person: sex${tab}m${tab}changed in the file, kept here"
expect_out "2${tab}3${tab}arrest${tab}${tab}the row has this record now: not made"
name "Dos Testfall"
expect_json 'd["body"]["names"][0]["text"] == "Dos Testfall" and d["body"]["occupations"] == ["weaver"]'

fresh
both --policy add
expect_out "added: 1 (records: 3); updated: 2; unchanged: 1; changed in the file, kept here: 0; refused: 1"
expect_out "updated rows: 1-2"
expect_out "1${tab}2${tab}person: sex${tab}m${tab}taken from the file"
expect_out "2${tab}3${tab}person: names${tab}Dos Testfall-Neu${tab}changed in the file, kept here"
expect_out "2${tab}3${tab}person: occupations${tab}farmer${tab}changed in the file, and here: kept"
expect_out "2${tab}3${tab}arrest${tab}${tab}the row has this record now: made"
name "Dos Testfall"
expect_json 'd["body"]["names"][0]["text"] == "Dos Testfall" and d["body"]["occupations"] == ["weaver"]'
name "Uno Testfall"
expect_json 'd["body"]["sex"] == "m"'

fresh
both --policy update
expect_out "added: 1 (records: 3); updated: 2; unchanged: 1"
expect_out "2${tab}3${tab}person: names${tab}Dos Testfall-Neu${tab}taken from the file"
expect_out "2${tab}3${tab}person: occupations${tab}farmer${tab}changed in the file, and here: kept"
name "Dos Testfall-Neu"
expect_json 'd["body"]["occupations"] == ["weaver"] and d["body"]["imported"]["edition"] == 2'
expect_status 0 opened history "Dos Testfall-Neu"
expect_status 0 opened --json list type:act
expect_json 'len(d) == 4'
expect_status 0 opened --json list type:document
expect_json 'len(d) == 1'
# Once more: nothing is left to do, and nothing is asked.
expect_status 0 opened import 2.csv --map map.json --policy update
expect_out "added: 0 (records: 0); updated: 0; unchanged: 4"
expect_status 0 opened check --records
expect_out "nothing is wrong"
expect_status 0 opened log
expect_clean

# ---- Row by row, at a terminal ----
fresh
expect_status 1 opened import 2.csv --map map.json --policy ask
expect_err "--policy keep, add or update"
expect_err "nothing was imported"
expect_status 2 opened import 2.csv --map map.json --policy ask --yes
expect_status 2 opened import 2.csv --map map.json --policy all --yes
expect_status 2 opened import 2.csv --policy add
cat > typing.py <<'END'
import os, pty, sys
answers = sys.argv[1].split(",")
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
seen = b""
while True:
    try:
        got = os.read(fd, 4096)
    except OSError:
        break
    if not got:
        break
    seen += got
    # Each question begins with it; it may be drawn more than once.
    while answers and seen.count(b"\x1b[?2004h") > len(sys.argv[1].split(",")) - len(answers):
        os.write(fd, answers.pop(0).encode() + b"\r")
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
asked()
{
	expect_status "$1" /usr/bin/python3 typing.py "$2" "$AMPARO" -v "$V" --passphrase-file "$PASS" \
	    import 2.csv --map map.json --policy ask
}
asked 1 k,u,n
# Who it is, and what is there: nobody could choose without.
tr -d '\r' < "$OUT" | grep -q "^.\{0,12\}Dos Testfall$" || fail "not said who it is"
expect_out "here it is: Dos Testfall"
expect_out "here it is not stated"
name "Dos Testfall"
asked 0 k,u,y
expect_out "Dos Testfall-Neu"
expect_out "Add records: 3; change records: 1. Do it?"
name "Dos Testfall-Neu"
expect_json 'd["body"]["occupations"] == ["weaver"]'
name "Uno Testfall"
expect_json '"sex" not in d["body"]'

# ---- What was forgotten stays so, until a person wants it back ----
rm -rf "$V"
vault
expect_status 0 opened import 1.csv --map map.json --yes
expect_status 0 opened --yes forget "Cuatro Testfall"
expect_status 0 opened import 1.csv --map map.json --policy update --preview
day=$(date -u +%Y-%m-%d)
expect_out "4${tab}5${tab}person${tab}${tab}forgotten on $day: not imported; with --forgotten it is"
expect_out "forgotten rows: 4"
expect_status 0 opened import 1.csv --map map.json --policy update --yes
expect_out "added: 0 (records: 0); updated: 0; unchanged: 3"
expect_status 0 opened reindex
expect_status 0 opened --json import 1.csv --map map.json --yes
expect_json 'd["forgotten"] == 1 and d["row_ends"]["forgotten"] == "4" and d["added"] == 0'
expect_json '[(n["row"], n["why"], n["day"]) for n in d["notes"] if n["why"] == "forgotten"] == [(4, "forgotten", "'"$day"'")]'
# Without a terminal nobody can say yes to either question.
expect_status 1 opened import 1.csv --map map.json --forgotten
expect_err "nothing was imported"
expect_status 2 opened import 1.csv --forgotten
expect_status 0 opened import 1.csv --map map.json --forgotten --yes
expect_out "4${tab}5${tab}person${tab}${tab}forgotten on $day: imported again"
expect_out "added: 1 (records: 1); updated: 0; unchanged: 3"
expect_status 0 opened import 1.csv --map map.json --yes
expect_out "added: 0 (records: 0); updated: 0; unchanged: 4"
expect_no_out "forgotten"
expect_status 0 opened check --records
expect_out "nothing is wrong"

# ---- Nor the record that is there once for the whole list ----
expect_status 0 opened --yes forget "An invented list"
expect_status 0 opened import 2.csv --map map.json --policy update --yes
expect_out "1${tab}2${tab}list${tab}${tab}forgotten on $day: not imported"
expect_out "added: 1 (records: 3)"
expect_no_out "basis"
expect_status 0 opened import 2.csv --map map.json --policy update --yes
expect_out "added: 0 (records: 0); updated: 0"
expect_status 0 opened --json list type:document
expect_json 'd == []'
# It is made with the first row that comes in, and nothing is said before.
expect_status 0 opened import 2.csv --map map.json --forgotten --yes
expect_no_out "imported again"
sed 's/^P-4/P-6/' 2.csv > 3.csv
expect_status 0 opened --json import 3.csv --map map.json --forgotten --yes
expect_json 'd["again"] == 1 and [n["record"] for n in d["notes"] if n["why"] == "again"] == ["list"]'
expect_status 0 opened --json list type:document
expect_json 'len(d) == 1'

# ---- And the marks can be taken away ----
expect_status 0 opened forget --rows
expect_out "no row of a list is kept as forgotten"
expect_status 0 opened --yes forget "Tres Testfall"
expect_status 1 opened forget --rows
expect_status 0 opened --json --yes forget --rows
expect_json 'd["rows"] == 1'
expect_status 2 opened forget --rows --asked
expect_status 0 opened log
expect_out "forget-rows"
expect_status 0 opened import 1.csv --map map.json --policy add --yes
expect_no_out "forgotten"
expect_status 0 opened find "Tres Testfall"
expect_out "Tres Testfall"
expect_clean
