# Figures by field, over time, of persons; hidden ones; CSV and a page that are
# harmless whatever the records say.  Everybody is made up.
vault
expect_status 0 opened unlock
say() { "$AMPARO" -v "$V" "$@"; }
json() { # TYPE: keep standard input, print the id
	say add "$1" 2>/dev/null || fail "not kept: $1"
}
page() { $CRAFT page "$@" || fail "$*"; }
csv() { $CRAFT csv "$@" || fail "$*"; }

A=$(echo '{"names":[{"text":"Ann"}],"sex":"f","occupations":["lawyer","=1+1"]}' | json person)
B=$(echo '{"names":[{"text":"Bob"}],"sex":"m","occupations":["<script>alert(1)</script>","\" onload=\"x","شاعر","-5","a,\"b\""]}' | json person)
G=$(echo '{"names":[{"text":"Four students"}],"kind":"group"}' | json person)
act() { # CODE DATE VICTIMS [MEMBERS]
	printf '{"act":"%s","date":%s,"victims":[%s]%s}' "$1" "$2" "$3" \
	    "${4:-,\"level\":1}" | json act > /dev/null
}
act torture '{"edtf":"2011-02-15"}' "\"$A\",\"$B\"" ',"level":1,"methods":["beating","drugged"]'
act torture '{"edtf":"2011-02"}' "\"$A\"" ',"level":2,"methods":["beating"]'
act torture '{"edtf":"2011-02-20~"}' "\"$A\",\"$G\""
act threat '{"edtf":"2011-04-03"}' "\"$B\""
act threat '{"edtf":"2011"}' "\"$B\""
act threat '{"text":"in spring"}' "\"$G\""
printf '{"title":"Unseen","x_region":"North","level":1}' | json case > /dev/null
printf '{"title":"Unseen too","x_region":"South","level":1}' | json case > /dev/null
printf '{"act":"killing","level":1}' | json act > /dev/null

# One field, its total, what is counted.
expect_status 0 say report type:act --by act
expect_out "Counted: 7 records (act), on "
expect_out "source: records of Scenario"
expect_out "Query: type:act"
printf '3\ttorture\n3\tthreat\n1\tkilling, not further judged\n7\ttotal\n' > want
sed -n '/^[0-9]*	/p' "$OUT" > got
printf '3\tthreat\n3\ttorture\n' > order
head -n 2 got | cmp - order || fail "the same figure: by code"
sort got > got.sorted
sort want | cmp - got.sorted || fail "figures"
expect_out "'at least'"
expect_out "1 of the records counted is of level 2 or 3"

# A record in two rows is said, and counts once in the total.
expect_status 0 say report type:act --by methods
expect_out "2	beating"
expect_out "1	drugging"
expect_out "5	(not stated)"
expect_out "7	total, each once"
expect_out "1 record stands in more than one place"
expect_status 0 say --json report type:act --by methods
expect_json 'd["total"] == 7 and d["in_several_places"] == 1 and [(v["is"], v.get("value"), v["n"]) for v in d["rows"]["values"]] == [("value", "beating", 2), ("value", "drugged", 1), ("not-stated", None, 5)] and d["rows"]["vocab"] == "method"'

# Over time: what may be in several periods is in none, and gaps are shown.
expect_status 0 say --json report type:act --by act --over month
expect_json '[(v["is"], v.get("value"), v["n"]) for v in d["rows"]["values"]] == [("value", "2011-02", 3), ("value", "2011-03", 0), ("value", "2011-04", 1), ("not-exactly-dated", None, 2), ("no-date", None, 1)]'
expect_json '[v["value"] for v in d["columns"]["values"]] == ["threat", "torture", "killing"] and d["rows"]["values"][0]["cells"][1]["n"] == 3 and d["roughly_dated"] == 1'
expect_status 0 say report type:act --over day
expect_out "1	2011-02-15"
expect_out "3	(not exactly dated)"
expect_out "1 date is marked as approximate or uncertain"
expect_status 0 say report type:act --over year
expect_out "5	2011"

# Persons: each once, with what is their own; a group is not one.
expect_status 0 say report type:act --by act --count persons
expect_out "Counted: 2 persons, each once in a row, of 6 records (act)"
expect_out "2	torture"
expect_out "1	threat"
expect_out "2	total, each once"
expect_out "1 person stands in more than one place"
expect_out "Not counted: 1 record that names no person."
expect_out "Not counted: 1 record of a family, a group or an organisation"
expect_status 0 say report type:act --by victims.sex --count persons
expect_out "1	female"
expect_out "1	male"
expect_out "2	total"
expect_no_out "more than one place"
expect_status 0 say report type:act --by victims.sex
expect_out "3	female"
expect_status 0 say report type:person --by sex --count persons
expect_out "2	total"

# Fields of our own; those of a type that cannot have the field; links.
expect_status 0 say report --by x_region type:case
expect_out "1	North"
expect_status 0 say report --by sex
expect_out "Not counted: 9 records of types that cannot have what is asked for."
expect_status 0 say report type:act --by victims
expect_out "3	Ann"
expect_status 0 say report type:act --by victims.occupations,act
expect_out "شاعر"
# Right-to-left is never in the middle of a line.
! grep -q 'شاعر.' "$OUT" || fail "right-to-left in the middle of a line"

# Hidden: what is small, and what would tell it.
expect_status 0 say report type:act --by act --hide-below 3
expect_out "<3	killing"
expect_out "withheld	threat"
expect_out "3	torture"
expect_out "Figures under 3 are hidden"
expect_status 0 say --json report type:act --by act,methods --hide-below 3
expect_json '"n" not in d["rows"]["values"][0] and d["rows"]["values"][0]["n_hidden"] == "withheld" and all(c.get("n", 0) == 0 or c["n"] >= 3 for v in d["rows"]["values"] for c in v["cells"])'
expect_status 2 say report --by act --hide-below 2
expect_err "--hide-below wants a number"
expect_status 2 say report --by act --hide-below 5x

# CSV: lossless, and no formula.
expect_status 0 say report type:act --by victims.occupations --csv
expect_err "Counted: 7 records (act)"
csv "$OUT" 'rows[0] == ["victims.occupations", "victims.occupations is", "count", "hidden"]'
csv "$OUT" '["\x27=1+1", "value", "3", ""] in rows and ["\x27-5", "value", "3", ""] in rows and ["a,\"b\"", "value", "3", ""] in rows and ["", "all", "7", ""] in rows and ["", "not-stated", "2", ""] in rows'
expect_status 0 say report type:act --by act,methods --csv -o figures.csv
expect_mode 600 figures.csv
csv figures.csv '["torture", "value", "beating", "value", "2", ""] in rows and ["torture", "value", "", "all", "3", ""] in rows and ["", "all", "", "all", "7", ""] in rows and ["killing", "value", "beating", "value", "0", ""] in rows'
expect_err "figures in it are under 5"
expect_err "--hide-below 5"
expect_status 1 say report type:act --by act,methods --csv -o figures.csv
expect_status 0 say report type:act --by act,methods --csv --hide-below 3 -o hidden.csv
csv hidden.csv '["torture", "value", "beating", "value", "", "below 3"] in rows and ["torture", "value", "", "all", "", "withheld"] in rows'

# A page: nothing in it runs, nothing is fetched, everything is said.
expect_status 0 say report '"type:act" OR type:act <b>' --by act --html -o odd.html
page odd.html '"<b>" in texts'
expect_status 0 say report type:act --by victims.occupations --html -o page.html
expect_mode 600 page.html
expect_out "written: page.html"
expect_err "it lies there in clear"
page page.html '["<script>alert(1)</script>", "3"] in cells and ["\" onload=\"x", "3"] in cells and "<script>alert(1)</script>" in chart and "Counted: 7 records (act)" in texts and "Query: type:act" in texts and "more than one place" in texts'
! grep -q '<script' page.html || fail "a script"
expect_status 0 say report type:act --by act --over month --html -o series.html
page series.html '["2011-02", "0", "3", "0", "3"] in cells and "2011-02" in chart'
expect_status 0 say report type:act --over month --html -o columns.html
page columns.html 'len(bars) == 3 and bars[0] == bars[2]'
expect_status 0 say report type:act --by act --hide-below 3 --html -o small.html
page small.html 'bars.count(0) == 2 and max(bars) > 0 and "<3" in chart'
expect_status 0 say report type:nothing --by act --html -o none.html
page none.html 'bars == []'

(export LC_ALL=C.UTF-8 LANGUAGE=zh LANG=zh_CN.UTF-8; say report type:act --by act --html -o zh.html 2>/dev/null) || fail "zh"
page zh.html '["酷刑", "3"] in cells'
grep -q '<th scope="row" lang="zh" dir="auto">' zh.html || fail "no language"
# No direction is forced on what follows, and no control character comes out.
printf '{"x_odd":"ab\\u202ecd","x_odder":"e\\u001b[31m&amp;","title":"Odd"}' | json case > /dev/null
expect_status 0 say report type:case --by x_odd,x_odder --csv -o odd.csv
expect_status 0 say report type:case --by x_odd,x_odder --html -o odder.html
page odder.html 'all(c not in texts for c in "\u202e\x1b") and "&amp;" in texts and "\ufffd" in texts'
expect_status 0 say report type:case --by x_odd,x_odder
$CRAFT unsafe "$OUT" || fail "a terminal would obey"
expect_status 0 say --json report type:case --by x_odd
expect_json '"ab\u202ecd" in [v.get("value") for v in d["rows"]["values"]]'
expect_status 2 say --json report type:act --by act --csv
expect_status 0 say --json report type:act --by act --csv -o json.csv
expect_json 'd == {"file": "json.csv"}'

# Logged without the query; what goes to the screen is not.
expect_status 0 say log
expect_out 'report	{"by":["act","methods"],"count":"records","form":"csv"}'
expect_out 'report	{"by":["act"],"count":"records","form":"html","over":"month"}'
[ "$(grep -c '	report	' "$OUT")" = 13 ] || { cat "$OUT"; fail "entries"; }

# What cannot be counted is said.
expect_status 2 say report --by actt
expect_err "no type of record has a field 'actt'"
expect_err "did you mean 'act'"
expect_status 2 say report --by places
expect_err "has parts"
expect_status 2 say report --by description
expect_err "any length"
expect_status 2 say report --by victims.relations.to.sex
expect_err "more than one link"
expect_status 2 say report --by sex,methods
expect_err "no type of record has all that is asked for"
for wrong in "" "--by act,sex,act" "--by ,act" "--by act --over week" "--by act,sex --over year" \
    "--by act --count acts" "--by act --html" "--by act -o x" "--by act --csv --html -o x"; do
	# shellcheck disable=SC2086
	expect_status 2 say report $wrong
	expect_err "usage: amparo report"
done
[ ! -e x ] || fail "written although it was refused"
# A date of another age makes too many months.
act torture '{"edtf":"0001-01-01"}' "\"$A\""
expect_status 2 say report type:act --over month
expect_err "a table of more than 10,000 figures is not made"
expect_status 0 say lock

# ---- For an audience: what may leave, and nobody is named ----
V=$PWD/audience
vault "$V"
add() { # TYPE JSON: its id in $id
	printf '%s' "$2" >one.json
	expect_status 0 opened add "$1" one.json
	id=$(the_id)
}
add person '{"level":0,"names":[{"text":"Jia Heshu"}],"sex":"f","occupations":["lawyer"]}'
jia=$id
add person '{"level":0,"names":[{"text":"Yi Yuanshan"}],"sex":"m","occupations":["teacher of Jia Heshu"]}'
yi=$id
add person '{"level":2,"names":[{"text":"Bing Level"}],"sex":"m"}'
for person in $jia $yi; do
	add consent "{\"person\":\"$person\",\"scopes\":[\"media\",\"research\"],\"naming\":\"none\",\"date\":{\"edtf\":\"2011\"}}"
done
expect_status 0 opened --json report type:person --by sex
expect_json 'd["total"] == 3'
expect_status 0 opened --json report type:person --by sex --audience media
expect_json 'd["total"] == 2 and d["held"] == 1 and d["audience"] == "media"'
expect_status 0 opened --json report type:person --by sex --audience research
expect_json 'd["total"] == 2'
expect_status 0 opened report type:person --by sex --audience media
expect_out "Only what may leave to this audience is counted: media."
expect_err "1 record may not leave to them, and is not counted"
expect_status 17 opened report type:person --by occupations --audience media
expect_err "occupations, character 12"
expect_status 2 opened report type:person --by sex --audience nobody
expect_err "no audience 'nobody'"
add act "{\"level\":0,\"act\":\"torture\",\"victims\":[\"$jia\"]}"
expect_status 0 opened report type:act --by victims
expect_out "Jia Heshu"
expect_status 0 opened --json report type:act --by victims --audience media
grep -q Heshu "$OUT" && fail "a name left in a title"
expect_status 0 opened --json report --by sex --audience media
expect_json 'd["total"] == 2 and d["not_counted"]["other_types"] == 1'
expect_status 0 opened --json report --by sex
expect_json 'd["not_counted"]["other_types"] == 3'
expect_status 0 opened report type:person --by sex --audience media --csv -o a.csv
# The query is printed, too.
expect_status 17 opened report 'name:"Jia Heshu"' --by sex --audience media --html -o q.html
expect_err "query, character 7"
[ ! -e q.html ] || fail "a name left in the query"
expect_status 0 opened log
expect_out '{"audience":"media","by":["sex"]'
# Whatever its form, it was shown to them; what is for us alone was not.
n=$(grep -c '	report	' "$OUT")
expect_status 0 opened report type:person --by sex --audience media
expect_status 0 opened --json report type:person --by sex --audience media
expect_status 0 opened report type:person --by sex
expect_status 0 opened log
expect_out '"count":"records","form":"table"}'
expect_out '"count":"records","form":"json"}'
[ "$(grep -c '	report	' "$OUT")" = $((n + 2)) ] || { cat "$OUT"; fail "entries"; }

# ---- A figure beside a table that gives back what is hidden in it ----
V=$PWD/levels
vault "$V"
printf '{"amparo_map":1,"name":"n","key":["no"],"type":"case","constants":[["readers","x"]],"columns":[{"column":"l","field":"level"}]}' > level-map.json
n=0
echo no,l > levels.csv
for level in 0 0 0 0 0 0 0 0 1 1 1 1 1 2 2 2 3 3 3 3 3 3; do
	n=$((n + 1))
	echo "$n,$level" >> levels.csv
done
expect_status 0 opened import levels.csv --map level-map.json --yes
expect_status 0 opened --json report --by level
expect_json 'd["level_2_or_3"] == 9'
expect_status 0 opened --json report --by level --hide-below 5
expect_json 'd["total"] == 22 and d["level_2_or_3_hidden"] == "withheld"'
expect_status 0 opened report --by level --hide-below 5
expect_no_out "of level 2 or 3"
