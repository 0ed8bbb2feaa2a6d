# The maps for published lists, against the lists themselves: figures that
# others have counted, and every cell in a field or kept word for word.
DATA=${AMPARO_DATA:-$TESTS/../../../shared/data}
MAPS=$TESTS/../../maps
if [ ! -e "$DATA/pinochet.csv" ]; then
	skip "no lists at $DATA"
fi
# sample NAME LIST MAP: import it twice, and look at what there is.
sample()
{
	V=$PWD/$1
	vault
	expect_status 0 opened --json import "$2" --map "$3" --preview
	sed 's/"preview":true/"preview":false/; s/"preview": true/"preview": false/' "$OUT" > preview
	expect_status 0 opened --json import "$2" --map "$3" --yes
	expect_same preview "$OUT"
	cp "$OUT" report
	expect_status 0 opened --yes export --plain json --unfiltered -o records.json
	/usr/bin/python3 "$TESTS/samples.py" "$1" "$2" records.json || fail "$1"
	rm records.json
	expect_status 0 opened --json import "$2" --map "$3" --yes
	expect_json 'd["added"] == 0 and d["changed"] == 0 and d["refused"] == 0 and d["unchanged"] == d["rows"]'
	expect_status 0 opened check --records
	expect_out "nothing is wrong"
	cp report "$OUT"
}

sample pinochet "$DATA/pinochet.csv" "$MAPS/pinochet.json"
expect_json 'd["rows"] == 2398 and d["columns"] == 59 and d["added"] == 2398 and d["refused"] == 0'
# One person is stated by three records that are reversed, and told of both.
expect_json 'sum(n["why"] == "backwards" for n in d["notes"]) == 10'
expect_json 'sorted({n["row"] for n in d["notes"] if n["why"] == "backwards"}) == [228, 651, 1541]'
expect_json '[n["row"] for n in d["notes"] if n["why"] == "destroyed"] == [187]'
# A family name with an accent, found without it; it is in no output of ours.
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

sample palestine "$DATA/palestine_press_killed.json" "$MAPS/palestine-press.json"
expect_json 'd["rows"] == 262 and d["records"] == 3 * 262 + 1 and d["notes"] == []'

# The list is YAML: converted first, its tags in one text.
if /usr/bin/python3 -c 'import yaml' 2> /dev/null; then
	/usr/bin/python3 - "$DATA/iran_timeline.yaml" > iran.json <<'END'
import json, sys, yaml
list_ = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
for event in list_:
    event["tags"] = "; ".join(event["tags"])
    for end in ("date_start", "date_end"):
        event[end] = event[end] and event[end].isoformat()
json.dump(list_, sys.stdout, ensure_ascii=False, indent=1)
END
	sample iran iran.json "$MAPS/iran-timeline.json"
	expect_json 'd["rows"] == 20 and d["not_understood"] == 0'
	# 1 January and 31 December, one by one.
	/usr/bin/python3 -c '
import json
print(sum(e[k] is not None and e[k][5:] in ("01-01", "12-31") for e in json.load(open("iran.json"))
          for k in ("date_start", "date_end")))' > wanted
	expect_json 'sum(n["why"] == "doubtful" for n in d["notes"]) == int(open("wanted").read()) > 0'
else
	skip_part "no yaml to convert iran_timeline.yaml with"
fi
