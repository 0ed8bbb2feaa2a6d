# The figures of a press release, counted from records: 39 criminally detained,
# 6 of them arrested, 17 missing.  Three persons are named there; all others
# are made up, among them those who must not count.
vault
expect_status 0 opened unlock
say() { "$AMPARO" -v "$V" "$@"; }
json() { # TYPE: keep standard input, print the id
	say add "$1" 2>/dev/null || fail "not kept: $1"
}
C=$(echo '{"title":"Crackdown"}' | json case)
O=$(echo '{"title":"Another case"}' | json case)
person() { # NAME [MEMBERS]
	printf '{"names":[{"text":"%s"}]%s}' "$1" "${2:-}" | json person
}
status() { # PERSON CODE DATE [MEMBERS]
	printf '{"person":"%s","status":"%s","case":"%s","certainty":"likely","date":{"edtf":"%s"}%s}' \
	    "$1" "$2" "$C" "$3" "${4:-}" | json status >/dev/null
}

# 39 criminally detained since mid-February; 6 of them arrested later.
i=0
while [ $i -lt 39 ]; do
	p=$(person "Detained $i")
	status "$p" held-crim "2011-03-$(printf %02d $((i % 28 + 1)))"
	[ $i -ge 6 ] || status "$p" arrested "2011-04-1$i"
	# Twice detained is one person.
	[ $i -ge 4 ] || status "$p" held-crim 2011-02-20
	i=$((i + 1))
done
# 17 missing: two by name, 15 others.
TENG=$(person 腾彪)
LI=$(person 李天天)
for p in "$TENG" "$LI"; do
	status "$p" missing 2011-04-26 ',"last_contact":{"edtf":"[..2011-02-26]"}'
done
i=0
while [ $i -lt 15 ]; do
	status "$(person "Missing $i")" missing "[..2011-04-01]"
	i=$((i + 1))
done
# Those who must not count: who came back, ...
JIN=$(person 金光鸿)
status "$JIN" missing '[..2011-04-26]' ',"until":{"edtf":"[..2011-04-26]"}'
status "$JIN" reappeared '[..2011-04-26]'
# ... was held before mid-February, or after the day; ...
status "$(person 'Held in January')" held-crim 2011-01-20
status "$(person 'Held in May')" held-crim 2011-05-02
# ... of whom it is only possible; whose day nobody knows; who are many; ...
status "$(person 'Perhaps held')" held-crim 2011-03 ',"notes":["rumour"]'
P=$(person 'Rumoured')
printf '{"person":"%s","status":"missing","case":"%s","certainty":"possible","date":{"edtf":"2011-03"}}' \
    "$P" "$C" | json status >/dev/null
P=$(person 'No date')
printf '{"person":"%s","status":"missing","case":"%s","certainty":"confirmed","date":{"text":"some time ago"}}' \
    "$P" "$C" | json status >/dev/null
status "$(person 'Four students' ',"kind":"group"')" missing 2011-03-03
# ... or of whom that was corrected.
P=$(person 'Corrected')
S=$(printf '{"person":"%s","status":"missing","case":"%s","certainty":"likely","date":{"edtf":"2011-03"}}' \
    "$P" "$C" | json status)
status "$P" travelled 2011-03 ',"supersedes":"'"$S"'"'

expect_status 0 say count ever held-crim --since 2011-02-15 --on 2011-04-26
expect_out "At least 40 persons from 2011-02-15 to 2011-04-26: ever held-crim"
# Nothing is confirmed here.
expect_status 0 say count ever held-crim --since 2011-02-15 --on 2011-04-26 --certainty confirmed
expect_out "At least 0 persons"
P=$(say --json list 'type:status rumour' | sed -n 's/.*"id": "\(.*\)".*/\1/p')
expect_status 0 say forget "$P" --yes
expect_status 0 say count ever held-crim --since 2011-02-15 --on 2011-04-26
expect_out "At least 39 persons from 2011-02-15 to 2011-04-26: ever held-crim"
expect_status 0 say count ever arrested --since 2011-02-15 --on 2011-04-26
expect_out "At least 6 persons"
expect_status 0 say count missing --on 2011-04-26
expect_out "At least 17 persons on 2011-04-26: missing"
expect_out "腾彪"
expect_out "李天天"
! grep -q 金光鸿 "$OUT" || fail "who came back is missing"
expect_out "no date	No date"
expect_out "not certain enough	Rumoured"
expect_out "not one person	Four students"
! grep -q Corrected "$OUT" || fail "what was corrected counts"
expect_status 0 say count reappeared --on 2011-04-26
expect_out "At least 1 person "
expect_status 0 say --json count missing --on 2011-04-26
expect_json 'd["certain"] == 17 and d["possible"] == 17 and len(d["members"]) == 17 and sorted(p["why"] for p in d["left_out"]) == ["certainty", "date", "not-one-person"]'
# A vague day: possibly.
expect_status 0 say count missing --on 2011-03-31 --certainty possible
expect_out ", possibly "
# Of a case; as it was known before anything was written down.
expect_status 0 say count missing --on 2011-04-26 --case "Another case"
expect_out "At least 0 persons"
expect_status 0 say count missing --on 2011-04-26 --case Crackdown --known-at 2011-04-26
expect_out "At least 0 persons"
expect_out "As it was known on 2011-04-26."

# Figures that were published: counted again, and kept as they are.
figure() { # WHAT OP N REST
	printf '{"what":"%s","case":"%s","as_of":{"edtf":"2011-04-26"},"op":"%s","n":%s,%s}' \
	    "$1" "$C" "$2" "$3" "$4" | json count >/dev/null
}
figure "criminally detained" eq 39 '"mode":"ever","statuses":["held-crim"],"since":{"edtf":"2011-02-15~"}'
figure "remain missing" min 17 '"mode":"now","statuses":["missing"]'
figure "too many" eq 20 '"mode":"now","statuses":["missing"]'
figure "of nothing" eq 20 '"definition":"as they say"'
expect_status 0 say count "criminally detained"
expect_out "Published: 39: criminally detained."
expect_out "At least 39 persons"
! grep -q "do not give" "$OUT" || fail "39 are 39"
expect_status 0 say count "remain missing"
expect_out "Published: at least 17: remain missing."
expect_status 0 say count "too many"
expect_out "Our own records do not give that figure; both stand."
expect_status 0 say --json count "too many"
expect_json 'd["differs"] is True and d["certain"] == 17'
expect_status 2 say count "of nothing"

# What cannot be counted is said.
expect_status 2 say count misssing
expect_status 2 say count missing gone
expect_err "'gone' is no status"
expect_err "amparo vocab status"
expect_status 2 say count missing --on tomorrow
expect_err "--on wants a date"
expect_status 2 say count missing --on "2011-04/.."
expect_status 2 say count missing --certainty sure
expect_status 2 say count

# A timeline: the order, gaps, what is not known, what looks wrong.
status "$TENG" held-crim 2011-12-01
status "$TENG" dead 2012-06
status "$TENG" released 2013-01-02
expect_status 0 say timeline 腾彪
sed -n 's/^\([0-9-]*\) .*  \([a-z-]*\),.*/\1 \2/p' "$OUT" > order
printf '%s\n' "2011-04-26 missing" "2011-12-01 held-crim" "2012-06 dead" "2013-01-02 released" > want
expect_same want order
expect_out "... 7 months"
expect_out "it comes after the death of this person"
expect_status 0 say timeline 李天天
expect_out "missing, end not known"
expect_status 0 say --json timeline 金光鸿
expect_json '[e["what"] for e in d] == ["missing", "reappeared"] and d[0]["until"] == "[..2011-04-26]"'
expect_status 2 say timeline Crackdown
expect_err "only a person has a timeline"
expect_status 0 say lock
