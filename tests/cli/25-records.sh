# Records in three scripts: added, listed, found, shown; and what is refused.
vault
cat > teng.json <<'X'
{"names":[{"text":"腾彪","script":"Hans","primary":true},
{"text":"Teng Biao","script":"Latn"}],"occupations":["lawyer"]}
X
cat > salam.json <<'X'
{"names":[{"text":"سلام العلي","script":"Arab","primary":true}]}
X
echo '{"names":[{"text":"José Núñez Peña","primary":true}]}' > jose.json
expect_status 0 opened add person teng.json
TENG=$(cat "$OUT")
expect_status 0 opened add person - < salam.json
expect_status 0 opened add person < jose.json
expect_status 0 opened --json add person jose.json
expect_json 'len(d["id"]) == 26 and isinstance(d["issues"], list)'
JOSE2=$(sed -n 's/.*"id": "\(.*\)".*/\1/p' "$OUT")

# Found in any of its scripts, by the beginning of a word, without accents.
for query in 腾彪 "teng biao" "teng*" tengbiao '"teng biao"' name:biao; do
	expect_status 0 opened find "$query"
	expect_out "腾彪"
	[ "$(wc -l < "$OUT")" = 1 ] || fail "not one: $query"
done
expect_status 0 opened find teng biao
expect_out "*Teng* *Biao*"
expect_status 0 opened find "jose nunez"
expect_out "*José* *Núñez* Peña"
expect_status 0 opened find --like "Teng Bao"
expect_out "腾彪"
# What is near is marked, in either order, and by one part of it.
for like in "Teng Bao" "Baio Teng" "tengbao"; do
	expect_status 0 opened find --like "$like"
	expect_out "*Teng* *Biao*"
done
expect_status 0 opened find --like "Nuñes"
expect_out "*José* *Núñez* *Peña*"
expect_status 0 opened find السلام
expect_status 0 opened --json find teng
expect_json 'd[0]["snippet"].encode()[d[0]["hits"][0][0]:d[0]["hits"][0][1]] == b"Teng"'
expect_status 0 opened find "O'Brien (or"
expect_err "nothing found"
expect_no_out
# Its whole id, alone, finds it; the beginning of one is a word like others.
expect_status 0 opened find "$TENG"
expect_out "腾彪"
[ "$(wc -l < "$OUT")" = 1 ] || fail "not one: $TENG"
expect_status 0 opened find "${TENG%??}"
expect_err "nothing found"
expect_status 0 opened list "NOT $TENG"
[ "$(wc -l < "$OUT")" = 4 ] || fail "an id among words is a word"

# Newest first, and how many there are.
expect_status 0 opened list --limit 1
expect_out "José"
expect_err "1 of 4"
expect_status 0 opened list --limit 0
[ "$(wc -l < "$OUT")" = 4 ] || fail "not four"
expect_status 0 opened --json list type:person
expect_json 'len(d) == 4 and d[3]["id"] == "'"$TENG"'"'
expect_status 2 opened list --limit x

# By id, its beginning, a name; several are listed.
for name in "$TENG" "${TENG%????????????????}" "teng biao" 腾彪; do
	expect_status 0 opened show "$name"
	expect_out "$TENG"
	expect_out "Teng Biao"
	expect_out "Scenario"
done
expect_status 0 opened show "سلام العلي"
# Right to left: on a line of its own.
grep -qx "    سلام العلي (.*)" "$OUT" || fail "not on a line of its own"
expect_status 15 opened show "jose nunez pena"
expect_err "may mean several"
expect_err "$(echo "$JOSE2" | cut -c1-8)"
expect_status 15 opened show nobody
expect_status 0 opened --json show 腾彪
expect_json 'd["body"]["names"][1]["text"] == "Teng Biao" and d["conflicts"] == [] and d["versions_now"] == 1'
expect_status 0 opened show 腾彪 --raw
expect_json 'd["type"] == "person"'
# --json has the same body among other things: one of the two.
expect_status 2 opened --json show 腾彪 --raw
expect_json_error usage 2
expect_no_out
# Nobody is there to be asked.
expect_status 2 opened show
expect_status 2 opened find

# What a terminal would obey never reaches it.
printf '{"title":"\\u001b]0;x\\u0007 \\u202eabc"}' > evil.json
opened add case evil.json > "$OUT" 2> "$ERR" || true
printf '{"title":"evil","summary":"\\u202eabc\\u009b2J"}' > evil.json
opened add case evil.json > "$OUT" 2> "$ERR" || true
expect_status 0 opened list
$CRAFT unsafe "$OUT" || fail "list"
expect_status 0 opened find abc
$CRAFT unsafe "$OUT" || fail "find"

# Refused, and nothing kept.
echo '{"nmaes":[]}' > bad.json
expect_status 2 opened add person bad.json
expect_err "nothing was kept"
expect_no_out
expect_status 2 opened --json add person bad.json
expect_json_error usage 2
expect_status 1 opened add person absent.json
expect_status 1 opened add person .
expect_status 2 opened add persn jose.json
# 100 MiB are refused without being read into memory.
# (A sanitizer reserves more memory than any limit would leave it.)
limit=300000
grep -q __asan_init "$AMPARO" && limit=unlimited
got=0
(ulimit -v $limit; head -c 104857600 /dev/zero |
    opened add case) > "$OUT" 2> "$ERR" || got=$?
[ "$got" = 2 ] || fail "100 MiB: $got"
expect_err "4.0 MiB"

# Versions.
expect_status 0 opened history 腾彪
expect_out "now"
VERSION=$(cut -f1 "$OUT")
expect_status 0 opened --yes edit "$TENG" --set "names[1].text=Biao Teng"
expect_status 0 opened show "$TENG"
expect_out "Biao Teng"
expect_status 0 opened show "$TENG" --version "$VERSION"
expect_out "Teng Biao"
expect_status 15 opened show "$TENG" --version ffffffffffff
expect_err "no version ffffffffffff"
expect_status 0 opened revert "$TENG" "$VERSION"
expect_status 0 opened show "$TENG"
expect_out "Teng Biao"
expect_status 0 opened --json history "$TENG"
expect_json 'len(d) == 3 and sum(v["now"] for v in d) == 1'
expect_status 0 opened resolve "$TENG"
expect_out "nothing disagrees"
expect_status 0 opened --json resolve "$TENG"
expect_json 'd["decided"] == 0'

# What was missing before is not told at each change; what becomes missing is.
expect_status 0 opened --yes new case --set "title=Noon"
expect_err "recorded_by is missing"
NOON=$(cat "$OUT")
expect_status 0 opened --yes edit "$NOON" --set "summary=noon"
expect_no_err "missing"
expect_status 0 opened --yes edit "$NOON" --set "title="
expect_err "title is missing"
expect_no_err "recorded_by"
expect_status 0 opened --json --yes edit "$NOON" --set "summary=noise"
expect_json '"recorded_by" in [i["path"] for i in d["issues"]]'
# A path that leads nowhere: what may be meant.
for try in "titel=x title" "sumary=x summary"; do
	expect_status 2 opened --yes new case --set "${try% *}"
	expect_err "there is no field ${try%%=*}"
	expect_err "hint: did you mean '${try#* }'?"
done
expect_status 2 opened --yes edit "$JOSE2" --set "names[0].txet=x"
expect_err "did you mean 'names[0].text'?"
expect_status 2 opened --yes edit "$JOSE2" --set "nmaes[0].text=x"
expect_err "'names[0].text'"
expect_status 2 opened --yes new person --set "title.x=y"
expect_no_err "did you mean '"
expect_status 2 opened --yes new person --set "sex=zebra"
expect_err "sex: 'zebra' cannot stand here"
# Of seventeen versions two begin with the same digit: neither is taken.
JOSE=$JOSE2
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	expect_status 0 opened --yes edit "$JOSE" --set "names[0].text=Jose $i"
done
expect_status 0 opened history "$JOSE"
digit=$(cut -c1 "$OUT" | sort | uniq -d | head -n 1)
cp "$OUT" history
expect_status 15 opened revert "$JOSE" "$digit"
expect_err "more than one version begins with '$digit':"
expect_err "hint: name it by more of its digits"
for version in $(cut -f1 history); do
	case $version in
	"$digit"*) expect_err "  $version  20" ;;
	*) expect_no_err "$version" ;;
	esac
done
expect_status 15 opened show "$JOSE" --version "$digit"
expect_err "more than one version begins with"
expect_status 0 opened show "$JOSE"
expect_out "Jose 16"

# Each field of the query language finds something of its own.
expect_status 0 opened --yes new case --set "title=Spring of owls" --set "date=2011-02" \
    --set "countries=PE" --set "tags=owl" --set "level=0" --set "places[0].text=Puerto Claro"
OWLS=$(cat "$OUT")
expect_status 0 opened --yes new person --set "names[0].text=Owl Keeper"
KEEPER=$(cat "$OUT")
expect_status 0 opened --yes new status --set "person=$KEEPER" --set "status=held" --set "case=$OWLS"
HELD=$(cat "$OUT")
for query in "type:case spring=$OWLS" "title:owls=$OWLS" "name:keeper=$KEEPER" "status:held=$HELD" \
    'place:"puerto claro"'"=$OWLS" "country:pe=$OWLS" "date:2011-02-28=$OWLS" "date:~2011-03-01=$OWLS" "case:$OWLS=$HELD" \
    "tag:owl=$OWLS" "level:0=$OWLS" "office:scenario spring=$OWLS"; do
	expect_status 0 opened --json list "${query%=*}"
	expect_json '[r["id"] for r in d] == ["'"${query##*=}"'"]'
done
# The index made again answers the same.
expect_status 0 opened --json list --limit 0
cp "$OUT" before
expect_status 0 opened reindex
expect_status 0 opened --json list --limit 0
expect_same before "$OUT"
expect_clean

# What is no date is kept as words, and that is said, by its field.
for date in 2011-13-01 31/12/1970; do
	expect_status 0 opened new person --set "names[0].text=Words $date" \
	    --set "born=$date" --yes
	expect_err "born: '$date' is kept as words, without a date"
done
expect_status 0 opened new person --set "names[0].text=Dated" \
    --set "born=1970-12-31" --yes
expect_no_err "as words"
expect_status 0 opened edit Dated --set born=1980-13 --yes
expect_err "born: '1980-13' is kept as words, without a date"


# Bad dates: no such day, five digits, the end before the beginning.
for date in 1980-02-30 1980-13 12345 1981/1980; do
	printf '{"names":[{"text":"A"}],"born":{"edtf":"%s"}}' "$date" > body
	expect_status 2 opened add person body
	expect_err "born.edtf: '$date' is not a date as it is written here"
	expect_err "nothing was kept"
done
# What the source says is kept, and doubted.
printf '%s' '{"names":[{"text":"Backwards"}],"addresses":[{"text":"x","from":{"edtf":"1981"},"to":{"edtf":"1980"}}]}' > body
expect_status 0 opened add person body
expect_err "addresses[0].to ends before it begins"
printf '%s' '{"act":"arbitrary-detention","duration":{"min":"P2W","max":"P10D"}}' > body
expect_status 0 opened add act body
expect_err "duration: the most is less than the least"
# A search is as strict as the date, or a unit wider.
printf '%s' '{"act":"arbitrary-detention","description":"vague","date":{"edtf":"[1980-05-21..1980-05-31]","text":"end of May 1980"},"duration":{"iso":"~P10D"}}' > body
expect_status 0 opened add act body
vague=$(sed -n 1p "$OUT")
for query in date:1980-05 date:1980 date:1980-05-21 date:~1980-05-20 date:~1980-06; do
	expect_status 0 opened --json list "$query"
	expect_json '[r["title"] for r in d] == ["arbitrary detention, vague, end of May 1980"]'
done
for query in date:1980-06 date:1980-05-20 date:~1980-05-19; do
	expect_status 0 opened --json list "$query"
	expect_json 'd == []'
done
expect_status 0 opened show "$vague"
expect_out "[1980-05-21..1980-05-31] (text: end of May 1980)"
expect_out "~P10D"

# Whoever pipes a long text is told what was too long.
head -c 5000000 /dev/zero | tr '\0' ' ' > long
expect_status 2 sh -c '"$1" -v "$2" --passphrase-file "$3" add case < long' - "$AMPARO" "$V" "$PASS"
expect_err "standard input is longer than a record may be"

# What is wanted is said, with an example; and the range of a number.
printf '%s' '{"names":[{"text":"A"}],"born":"1970~/1971"}' > body
expect_status 2 opened add person body
expect_err 'born is not of the kind that this field wants, as in {"edtf": "2011-04-26"}'
printf '%s' '{"names":[{"text":"A"}],"level":9}' > body
expect_status 2 opened add person body
expect_err "level: '9' is not a number from 0 to 3"

# What was done, and what became of somebody, is found by its code as a word.
printf '{"act":"torture"}' > act.json
expect_status 0 opened add act act.json
act=$(the_id)
expect_status 0 opened find torture
expect_out "$(printf %.8s "$act")"

# Nothing belongs to itself, by whatever way round.
printf '{"title":"Large"}' > large.json
expect_status 0 opened add case large.json
large=$(the_id)
printf '{"title":"Small","parent":"%s"}' "$large" > small.json
expect_status 0 opened add case small.json
small=$(the_id)
expect_status 2 opened edit "$large" --set "parent=$small" --yes
expect_err "parent leads back to this record: nothing can belong to itself"
expect_status 2 opened edit "$large" --set "parent=$large" --yes
