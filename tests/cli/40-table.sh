# Lists: import --map, its preview, its report, and what is refused.
LIST=$TESTS/../fixtures/list.csv
MAP=$TESTS/../fixtures/list-map.json
vault
before=$(sha256sum "$V/cells.db")

# ---- A preview writes nothing and tells everything ----
expect_status 0 opened import "$LIST" --map "$MAP" --preview
expect_out "would add 4; unchanged: 0; changed in the file, kept here: 0; refused: 0; cells not understood: 5"
expect_no_out "not named by the map"
cp "$OUT" preview
[ "$(sha256sum "$V/cells.db")" = "$before" ] || fail "a preview wrote"

# Without a terminal nobody can say yes.
expect_status 1 opened import "$LIST" --map "$MAP"
expect_err "nothing was imported"
[ "$(sha256sum "$V/cells.db")" = "$before" ] || fail "it wrote unasked"

# ---- The import does what the preview said ----
expect_status 0 opened import "$LIST" --map "$MAP" --yes
expect_out "added: 4; unchanged: 0"
sed '$d' preview > a
sed '$d' "$OUT" > b
expect_same a b
# Row, line (a cell above has a line end), column, value, and what became of it.
tab=$(printf '\t')
expect_out "3${tab}5${tab}years${tab}2½${tab}not a value of its field"
expect_out "3${tab}5${tab}born_day${tab}spring of that year${tab}not a date: kept as words"
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
expect_out "added: 0; unchanged: 4"
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
expect_err "iconv -f ENCODING -t UTF-8"
{ cat head.csv; printf 'M-1,x\nM-2,y,z\n'; } > bad.csv
refused
expect_err "row 1, line 2: 2 cells in 12 columns"
expect_err "row 2, line 3: 3 cells"
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
expect_status 0 amparo lock
expect_clean

# ---- A real list, if it is here ----
DATA=${AMPARO_DATA:-$TESTS/../../../shared/data}
if [ ! -e "$DATA/pinochet.csv" ]; then
	skip "no $DATA/pinochet.csv"
fi
V=$PWD/real
vault
expect_status 0 opened --json import "$DATA/pinochet.csv" \
    --map "$TESTS/../../maps/pinochet.json" --yes
expect_json 'd["rows"] == 2398 and d["columns"] == 59 and d["added"] == 2398'
expect_json 'd["refused"] == 0 and d["not_understood"] == 1'
expect_status 0 opened --json import "$DATA/pinochet.csv" \
    --map "$TESTS/../../maps/pinochet.json" --yes
expect_json 'd["added"] == 0 and d["unchanged"] == 2398 and d["changed"] == 0'
# A family name with an accent, found without it; it is in no output of ours.
expect_status 0 opened --json list type:person
/usr/bin/python3 - "$DATA/pinochet.csv" > words <<'END'
import csv, sys, unicodedata
plain = lambda t: unicodedata.normalize("NFD", t).encode("ascii", "ignore").decode()
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
    name = row["last_name"]
    if plain(name) != name and plain(name).replace(" ", "").isalpha():
        print(plain(name).lower())
        print(name)
        break
END
expect_status 0 opened find "$(sed -n 1p words)"
grep -qF -e "$(sed -n 2p words)" "$OUT" || fail "a name is not found without its accents"
expect_status 0 opened check --records
expect_out "nothing is wrong"
