# Lists: import --map, its preview, its report, and what is refused.
LIST=$TESTS/../fixtures/list.csv
MAP=$TESTS/../fixtures/list-map.json
vault
before=$(sha256sum "$V/cells.db")

# ---- A preview writes nothing and tells everything ----
expect_status 0 opened import "$LIST" --map "$MAP" --preview
expect_out "would add 4 (records: 4); would update: 0; unchanged: 0; changed in the file, kept here: 0; refused: 0; cells not understood: 5"
expect_no_out "not named by the map"
cp "$OUT" preview
[ "$(sha256sum "$V/cells.db")" = "$before" ] || fail "a preview wrote"

# Without a terminal nobody can say yes.
expect_status 1 opened import "$LIST" --map "$MAP"
expect_err "nothing was imported"
[ "$(sha256sum "$V/cells.db")" = "$before" ] || fail "it wrote unasked"

# ---- The import does what the preview said ----
expect_status 0 opened import "$LIST" --map "$MAP" --yes
expect_out "added: 4 (records: 4); updated: 0; unchanged: 0"
sed '$d' preview > a
sed '$d' "$OUT" > b
expect_same a b
# Row, line (a cell above has a line end), column, value, and what became of it.
tab=$(printf '\t')
expect_out "3${tab}5${tab}years${tab}2½${tab}not a value of its field"
expect_out "3${tab}5${tab}born_day${tab}spring of that year${tab}not understood as a date: kept as words"
expect_out "3${tab}5${tab}seen as${tab}Z${tab}in no code table"
expect_out "3${tab}5${tab}remark${tab}?${tab}lost before it came here"
expect_out "4${tab}6${tab}born_day${tab}1999-13-40${tab}not a value"

expect_status 0 opened find nunez callejon
expect_out "María José Núñez Callejón"
expect_status 0 opened --json find 'tag:seen-alone'
expect_json 'len(d["records"] if isinstance(d, dict) else d) == 2'
expect_status 0 opened --json show "Ann Testmann"
expect_out '1965-11'
expect_clean

# ---- Known again ----
expect_status 0 opened import "$LIST" --map "$MAP" --yes
expect_out "added: 0 (records: 0); updated: 0; unchanged: 4"
expect_status 0 opened reindex
cp "$LIST" elsewhere.csv
echo 'L-5,Neu,Nina,,F,1,n/a,n/a,n/a,n/a,A,n/a' >> elsewhere.csv
sed -i 's/Testmann,Ann/Testmann,Anna/' elsewhere.csv
expect_status 0 opened --json import elsewhere.csv --map "$MAP" --yes
expect_json 'd["added"] == 1 and d["unchanged"] == 3 and d["changed"] == 1'
expect_json '[n["row"] for n in d["notes"] if n["why"] == "changed"] == [2]'
expect_status 0 opened --json list type:person
expect_status 0 opened show "Ann Testmann"
expect_status 0 opened log
expect_out "import-list"
expect_status 0 opened check --records
expect_out "nothing is wrong"

# ---- What is refused changes nothing ----
before=$(sha256sum "$V/cells.db")
refused()
{
	expect_status 2 opened import bad.csv --map "$MAP" --yes
	[ "$(sha256sum "$V/cells.db")" = "$before" ] || fail "a refused file wrote"
}
head -n 1 "$LIST" > head.csv
{ cat head.csv; printf 'M-1,L\351on,X,,F,1,n/a,n/a,n/a,n/a,A,n/a\n'; } > bad.csv
refused
expect_err "bad.csv, row 1, line 2: not UTF-8 at byte $(($(wc -c < head.csv) + 5))"
expect_err "--encoding NAME says what it is"
{ cat head.csv; printf 'M-1,L\303\251on,X,,F,1,n/a,n/a,n/a,n/a,A,n/a\nM-2,L\351on,X,,F,1,n/a,n/a,n/a,n/a,A,n/a\n'; } > bad.csv
refused
expect_err "bad.csv, row 2, line 3: not UTF-8 at byte"
expect_err "two encodings in one file"
{ cat head.csv; printf 'M-1,x\nM-2,y,z\n'; } > bad.csv
refused
expect_err "row 1, line 2: cells: 2, columns: 12"
expect_err "row 2, line 3: cells: 3"
{ cat head.csv; printf 'M-1,"cut\n'; } > bad.csv
refused
expect_err "ends inside quotes"
{ cat head.csv; printf 'M-1,\000\n'; } > bad.csv
refused
expect_err "zero byte"
sed 's/^no,/nr,/' "$LIST" > bad.csv
refused
expect_err "no column 'no'"
: > bad.csv
refused
cp head.csv bad.csv
expect_status 0 opened import bad.csv --map "$MAP" --yes
expect_out "0 rows, "

# ---- Another encoding: named, never guessed; JSON ----
{ cat head.csv; printf 'N-1,L\351on,Noel,,F,1,n/a,n/a,n/a,n/a,A,n/a\n'; } > latin.csv
expect_status 2 opened import latin.csv --map "$MAP" --yes
expect_status 2 opened import latin.csv --map "$MAP" --yes --encoding no-such
expect_err "there is no encoding no-such here"
expect_status 2 opened import latin.csv --map "$MAP" --yes --encoding ASCII//IGNORE
expect_status 2 opened import latin.csv --map "$MAP" --yes --encoding EUC-JP
expect_err "latin.csv, row 1, line 2: byte $(($(wc -c < head.csv) + 5)) is not of the encoding EUC-JP"
expect_status 0 opened import latin.csv --map "$MAP" --encoding ISO-8859-1 --yes
expect_out "added: 1 (records: 1)"
expect_status 0 opened find leon noel
expect_out "Noel Léon"
expect_status 2 opened import x --encoding ISO-8859-1
printf '[{"no": "J-1", "name": "Ida Json", "years": 33},\n {"no": "J-2", "name": "Ian Json", "note": null}]\n' > list.json
cat > json-map.json <<'END'
{"amparo_map": 1, "name": "invented-json", "type": "person", "format": "json", "key": ["no"],
 "columns": [{"column": "name", "field": "names[0].text"}, {"column": "years", "field": "age"}]}
END
expect_status 2 opened import list.json --map json-map.json --encoding UTF-16 --yes
expect_status 0 opened import list.json --map json-map.json --yes
expect_out "list.json: 2 rows, 4 columns"
expect_status 0 opened --json show "Ida Json"
expect_json 'd["body"]["age"] == "33"'
printf '[{"no": "J-1", "name": ["Ida"], "years": 33}]' > nested.json
expect_status 2 opened import nested.json --map json-map.json --yes
expect_err "nested.json, row 1, line 1: 'name' is not one value"
printf '[{"no": "J-1",\n "years": 3.5}]' > real.json
expect_status 2 opened import real.json --map json-map.json --yes
expect_err "real.json, line 2: a fraction: write it as text"

# ---- Maps, usage ----
sed 's/"sex"/"sexx"/' "$MAP" > bad.json
expect_status 2 opened import "$LIST" --map bad.json --yes
expect_err "columns[4]"
expect_err "sexx"
sed 's/"amparo_map": 1/"amparo_map": 9/' "$MAP" > bad.json
expect_status 21 opened import "$LIST" --map bad.json --yes
echo '{' > bad.json
expect_status 2 opened import "$LIST" --map bad.json --yes
expect_err "line 2, column 1"
expect_status 2 opened import "$LIST" --preview
expect_status 2 opened import "$LIST" --map "$MAP" --anyway
expect_status 1 opened import "$LIST" --map none.json
expect_status 1 opened import none.csv --map "$MAP"

# The maps that come along are maps, also where their lists are not at hand.
: > none.csv
echo '[]' > none.json
for map in "$TESTS"/../../maps/*.json; do
	format=csv
	grep -q '"format": "json"' "$map" && format=json
	expect_status 2 opened import none.$format --map "$map" --preview
	expect_err "no line with the names of the columns"
done
rm none.csv none.json

# A name of the map that is wrong by a letter is found again.
sed 's/"amparo_map"/"amparo_mapp"/; s/"type": "person"/&, "amparo_map": 1/' "$MAP" > bad.json
expect_status 2 opened import "$LIST" --map bad.json --yes
expect_err "'amparo_mapp' is not known"
expect_err "did you mean 'amparo_map'?"

# ---- Dates by the rules of a map: read, or kept in their words with a reason ----
cat > dates.json <<'END'
{
  "amparo_map": 1, "name": "invented-dates", "type": "person", "missing": ["n/a"], "key": ["no"],
  "columns": [
    {"column": "name", "field": "names[0].text"},
    {"column": "born", "field": "born", "dates": {
      "order": ["dmy", "mdy", "my"], "pivot": 30, "roman": true, "unknown": ["00", "dd"],
      "months": ["en", "es", "zh"], "words": ["en", "es", "zh"], "several": [" / ", ";"]}},
    {"columns": ["d", "m", "y"], "join": "/", "field": "addresses[0].from", "with": [["country", "PE"]],
     "dates": {"order": "dmy", "unknown": "00"}}
  ]
}
END
cat > dates.csv <<'END'
no,name,born,d,m,y
D-1,Uno Testfall,25/3/80,n/a,5,1980
D-2,Dos Testfall,a mediados de mayo de 1980,n/a,n/a,n/a
D-3,Tres Testfall,probably 5 May 1980,n/a,n/a,n/a
D-4,Cuatro Testfall,between 3 and 5 May 1980,n/a,n/a,n/a
D-5,Cinco Testfall,1980年5月以前,n/a,n/a,n/a
D-6,Seis Testfall,dd.V.1980,n/a,n/a,n/a
D-7,Siete Testfall,3/5/1980,n/a,n/a,n/a
D-8,Ocho Testfall,3/5/1980 / 9/6/1980,n/a,n/a,n/a
D-9,Nueve Testfall,30 February 1980,n/a,n/a,n/a
D-10,Diez Testfall,from 1981 to 1980,n/a,n/a,n/a
D-11,Once Testfall,when the rains came,n/a,n/a,n/a
D-12,Doce Testfall,12345/5/1980,n/a,n/a,n/a
END
expect_status 0 opened import dates.csv --map dates.json --preview
cp "$OUT" preview
expect_status 0 opened import dates.csv --map dates.json --yes
expect_out "added: 12 (records: 12); updated: 0; unchanged: 0; changed in the file, kept here: 0; refused: 0; cells not understood: 6"
sed '$d' preview > a
sed '$d' "$OUT" > b
expect_same a b
expect_out "7${tab}8${tab}born${tab}3/5/1980${tab}more than one date by the rules of the map: kept as words"
expect_out "8${tab}9${tab}born${tab}3/5/1980 / 9/6/1980${tab}several dates, make a record of each: kept as words"
expect_out "9${tab}10${tab}born${tab}30 February 1980${tab}no such day: kept as words"
expect_out "10${tab}11${tab}born${tab}from 1981 to 1980${tab}its end is before its beginning: kept as it is"
expect_out "11${tab}12${tab}born${tab}when the rains came${tab}not understood as a date: kept as words"
expect_out "12${tab}13${tab}born${tab}12345/5/1980${tab}not understood as a date"
born()
{
	expect_status 0 opened --json show "$1 Testfall"
	expect_json "d[\"body\"][\"born\"] == $2"
}
born Uno '{"edtf": "1980-03-25", "text": "25/3/80"}'
expect_json 'd["body"]["addresses"] == [{"country": "PE", "from": {"edtf": "1980-05-XX", "text": "5/1980"}}]'
born Dos '{"edtf": "[1980-05-11..1980-05-20]", "text": "a mediados de mayo de 1980"}'
born Tres '{"edtf": "1980-05-05?", "text": "probably 5 May 1980"}'
born Cuatro '{"edtf": "[1980-05-03..1980-05-05]", "text": "between 3 and 5 May 1980"}'
born Cinco '{"edtf": "[..1980-05]", "text": "1980年5月以前"}'
born Seis '{"edtf": "1980-05-XX", "text": "dd.V.1980"}'
born Siete '{"text": "3/5/1980"}'
born Nueve '{"text": "30 February 1980"}'
# The words are seen beside what was made of them.
expect_status 0 opened show "Dos Testfall"
expect_out "a mediados de mayo de 1980"
expect_status 0 opened import dates.csv --map dates.json --yes
expect_out "added: 0 (records: 0); updated: 0; unchanged: 12"
expect_status 0 opened --json import dates.csv --map dates.json --preview
expect_json '[n["why"] for n in d["notes"]] == ["meanings", "several", "no-day", "backwards", "date", "date"]'
sed 's/"order"/"orders"/' dates.json > bad.json
expect_status 2 opened import dates.csv --map bad.json --yes
expect_err "columns[1]"
expect_err "did you mean 'order'?"
sed 's/"dmy"/"dmz"/' dates.json > bad.json
expect_status 2 opened import dates.csv --map bad.json --yes
expect_err "columns[1].dates.order"
expect_err "dmz"

# Durations.
cat > acts.json <<'END'
{
  "amparo_map": 1, "name": "invented-acts", "type": "act", "key": ["no"],
  "constants": [["act", "arbitrary-detention"]],
  "columns": [
    {"column": "what", "field": "description"},
    {"column": "days", "field": "duration", "unit": "days"}
  ]
}
END
printf 'no,what,days\nE-1,Invented one,12\nE-2,Invented two,two weeks\n' > acts.csv
expect_status 0 opened import acts.csv --map acts.json --yes
expect_out "2${tab}3${tab}days${tab}two weeks${tab}not understood as a duration: kept as words"
expect_out "added: 2"

# By their words, and asked for by how long they were.
sed 's/"unit": "days"/"unit": "days", "words": ["en", "es", "zh"]/; s/"invented-acts"/"more-acts"/' acts.json > words.json
printf 'no,what,days\nF-1,Invented A,two weeks\nF-2,Invented B,más de dos meses\nF-3,Invented C,三天\nF-4,Invented D,some days\n' > words.csv
expect_status 0 opened import words.csv --map words.json --yes
expect_out "4${tab}5${tab}days${tab}some days${tab}not understood as a duration: kept as words"
expect_out "cells not understood: 1"
expect_status 0 opened --json list type:act duration:14d..
expect_json 'len(d) == 2'
expect_status 0 opened --json list type:act duration:..1w
expect_json 'len(d) == 1'
expect_status 0 opened --json list type:act NOT duration:..
expect_json 'len(d) == 2'

# ---- Stopped in the middle: nothing of it is seen, and it can be done again ----
{ cat head.csv; awk 'BEGIN { for (i = 0; i < 30000; i++) printf "K-%d,Fam%d,Giv%d,,F,1,n/a,n/a,trade%d,n/a,A,remark %d\n", i, i, i, i % 97, i }'; } > long.csv
expect_status 0 opened unlock
for signal in INT KILL; do
	# A shell gives SIGINT to what it starts in the background as ignored.
	# It is stopped once its journal shows that it has begun to write.
	/usr/bin/python3 -c 'import os, signal, subprocess, sys, time
p = subprocess.Popen(sys.argv[3:], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
while p.poll() is None and not os.path.exists(sys.argv[2] + "/cells.db-journal"):
    time.sleep(0.005)
p.send_signal(getattr(signal, "SIG" + sys.argv[1]))
sys.exit(0 if p.wait() not in (0, 2) else 1)' \
	    "$signal" "$V" "$AMPARO" -v "$V" import long.csv --map "$MAP" --yes > "$OUT" 2> "$ERR" ||
		fail "SIG$signal: the import was over before it came"
	expect_status 0 amparo --json list type:person tag:invented
	expect_status 0 amparo list Fam17
	expect_no_out "Fam17"
done
expect_status 0 amparo import long.csv --map "$MAP" --yes
expect_out "added: 30,000"
# So is an update of what is here, though no page of it is kept in memory.
sed 's/remark/comment/' long.csv > longer.csv
sed -i '1s/comment/remark/' longer.csv
/usr/bin/python3 -c 'import os, signal, subprocess, sys, time
p = subprocess.Popen(sys.argv[2:])
while p.poll() is None and not os.path.exists(sys.argv[1] + "/cells.db-journal"):
    time.sleep(0.005)
time.sleep(0.5)
p.kill()
sys.exit(0 if p.wait() != 0 else 1)' \
    "$V" "$AMPARO" -v "$V" import longer.csv --map "$MAP" --policy update --yes > "$OUT" 2> "$ERR" ||
	fail "the update was over before it was stopped"
expect_status 0 amparo --json import long.csv --map "$MAP" --preview
expect_json 'd["unchanged"] == 30000 and d["changed"] == 0'
expect_status 0 amparo new person --set 'names[0]=After It' --yes
expect_status 0 amparo lock
expect_clean

# ---- A code in doubt is a record in doubt ----
cat > doubt.json <<'EOF'
{"amparo_map": 1, "name": "doubt", "key": ["no"], "doubt": ["probablemente"],
 "records": [
  {"as": "who", "type": "person", "columns": [
   {"column": "name", "field": "names[0].text"},
   {"column": "sex", "field": "sex", "codes": [["F", "f"]]}]},
  {"as": "end", "type": "status", "when": {"column": "fate", "in": ["muerta"]},
   "constants": [["status", "dead"], ["certainty", "confirmed"]],
   "columns": [{"link": "person", "to": "who"}]}]}
EOF
cat > doubt.csv <<'EOF'
no,name,sex,fate
1,Elena Prueba,F,muerta
2,Ada Prueba,F?,probablemente muerta
3,Inés Prueba,F,?
EOF
expect_status 0 opened import doubt.csv --map doubt.json --yes
expect_out "2${tab}3${tab}who: sex${tab}F?${tab}in doubt, and its record has no certainty: kept as it is"
expect_out "2${tab}3${tab}end: fate${tab}probablemente muerta${tab}in doubt: certainty 'possible', and kept as it is"
expect_out "3${tab}4${tab}who: fate${tab}?${tab}lost before it came here"
expect_status 0 opened export --plain csv type:status --unfiltered -o doubt-out.csv --yes
[ "$(grep -c possible doubt-out.csv),$(grep -c confirmed doubt-out.csv)" = 1,1 ] || fail "a status in doubt is not possible"
expect_status 0 opened --json import doubt.csv --map doubt.json --preview
expect_json 'd["unchanged"] == 3 and {n["why"] for n in d["notes"]} == {"in-doubt", "doubt-kept", "destroyed"}'
