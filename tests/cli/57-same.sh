# Records that may be of one person: suggested, said by a person, never merged.
vault
expect_status 0 opened unlock
say() { "$AMPARO" -v "$V" "$@"; }
json() { # TYPE: keep standard input, print the id
	say add "$1" 2>/dev/null || fail "not kept: $1"
}
person() { # NAME [MEMBERS]
	printf '{"names":[{"text":"%s"}]%s}' "$1" "${2:-}" | json person
}
pair() { # A B WHY: suggested for this reason, at first or second
	expect_json 'any(set((p["a"], p["b"])) == set(("'"$1"'", "'"$2"'")) and p["why"] == "'"$3"'".split() for p in d["pairs"])'
}
no_pair() {
	expect_json 'not any(set((p["a"], p["b"])) == set(("'"$1"'", "'"$2"'")) for p in d["pairs"])'
}
expect_status 0 say same
expect_out "no two persons here are alike"
T1=$(person 'Teng Biao' ',"born":{"edtf":"1973-08-02"}')
T2=$(person 'TENGBIAO' ',"born":{"edtf":"1973-08-02"}')
L1=$(person 'Liu Shihui' ',"id_papers":[{"kind":"passport","number":"G 123-456"}]')
L2=$(person 'Somebody' ',"id_papers":[{"number":"g123456"}]')
M1=$(person 'Mahmoud Abbasi')
M2=$(person 'Mahmud Abasi')
B1=$(person 'Ahmad Karimi' ',"born":{"edtf":"1980-01-05"}')
B2=$(person 'Karimi Reza' ',"born":{"edtf":"1980-01-05"}')
Y=$(person 'Reza Other' ',"born":{"edtf":"1980-01"}')
G=$(person 'Teng Biao' ',"kind":"group"')
expect_status 0 say --json same
pair "$T1" "$T2" "name born"
pair "$L1" "$L2" paper
pair "$M1" "$M2" name-alike
pair "$B1" "$B2" born
no_pair "$B2" "$Y"
no_pair "$T1" "$G"
expect_json 'd["pairs"][0]["why"] == ["paper"] and d["more"] is False and len(d["pairs"]) == 4'
expect_status 0 say same --limit 1
expect_out "the same number of an identity paper"
expect_out "  $(printf %.8s "$L2")  Somebody"
expect_err "and others"
[ "$(wc -l < "$OUT")" = 3 ] || fail "more than one pair"

# Nobody says yes for a person who is not there.
status() { # PERSON CODE DATE
	printf '{"person":"%s","status":"%s","certainty":"likely","date":{"edtf":"%s"}}' \
	    "$1" "$2" "$3" | json status
}
S1=$(status "$T1" missing 2011-02-19)
S2=$(status "$T2" missing 2011-03-01)
status "$M1" missing 2011-03-02 >/dev/null
expect_status 0 say count missing --on 2011-04-26
expect_out "At least 3 persons"
! grep -q "of one person" "$OUT" || fail "nobody said so"
expect_status 1 say same "$T1" "$T2"
expect_out "  both      1973-08-02"
expect_out "  $(printf %.8s "$T2")  TENGBIAO"
expect_status 0 say count missing --on 2011-04-26
expect_out "At least 3 persons on"
# Until then they may be counted twice, and that is said.
expect_err "1 pair of records in it may be of one person, who counts twice then"
expect_status 0 say report type:status --by status --count persons
expect_out "Counted: 3 persons,"
expect_err "1 pair of records in it may be of one person, who counts twice then"

# Said: a version of the one record; both stay.
expect_status 0 say --yes same "$T1" "$T2"
expect_out "the same person from now on"
expect_status 0 say --json show "$T1"
expect_json 'd["body"]["same_as"] == ["'"$T2"'"] and d["body"]["private_fields"] == ["same_as"] and d["same_person"][0]["id"] == "'"$T2"'"'
expect_status 0 say show "$T2"
expect_out "same person  Teng Biao, $(printf %.8s "$T1")"
expect_status 0 say history "$T2"
[ "$(wc -l < "$OUT")" = 1 ] || fail "the other has a new version"
expect_status 0 say count missing --on 2011-04-26
expect_out "At least 2 persons (3 records) on"
expect_out "1 of these has several records, which this office has said to be of one person."
expect_no_err "counts twice"
expect_status 0 say report type:status --by status --count persons
expect_out "Counted: 2 persons (3 records), each once"
expect_out "1 of these has several records, which this office has said to be of one person."
expect_no_err "counts twice"
expect_status 0 say --json report type:status --by status --count persons
expect_json 'd["total"] == 2 and d["person_records"] == 3 and d["several_records"] == 1 and d["may_be_one"] == 0'
expect_status 0 say --json count missing --on 2011-04-26
expect_status 0 say --json count missing --on 2011-04-26
expect_json 'd["certain"] == 2 and d["person_records"] == 3 and d["may_be_one"] == 0 and d["several_records"] == 1 and sum("several_records" in m for m in d["members"]) == 1'
for p in "$T1" "$T2"; do
	expect_status 0 say timeline "$p"
	expect_out "$(printf %.8s "$S1")"
	expect_out "$(printf %.8s "$S2")"
	expect_out "the same person"
	expect_out "by the record $(printf %.8s "$T1")"
	expect_out "by the record $(printf %.8s "$T2")"
done
expect_status 0 say --json timeline "$T2"
expect_json 'len(d) == 2 and {e["person"] for e in d} == {"'"$T1"'", "'"$T2"'"}'
expect_status 0 say --json timeline "$M1"
expect_json 'all("person" not in e for e in d)'
# A redacted copy is no second person.
X=$(echo '{"names":[{"text":"Copied Onceonly"}]}' | json person)
printf '{"names":[{"text":"Copied Onceonly"}],"redacted_from":"%s"}' "$X" | json person >/dev/null
expect_status 0 say same
expect_no_out Onceonly
# Not suggested again, nor said twice.
expect_status 0 say --json same
no_pair "$T1" "$T2"
expect_status 0 say --yes same "$T2" "$T1"
expect_out "it is said here already"
expect_status 0 say history "$T1"
[ "$(wc -l < "$OUT")" = 2 ] || fail "said twice"

# A draft of either gathers both, by the consent of each; what they contradict
# each other in is settled by a person.
agreed() { # PERSON
	printf '{"person":"%s","scopes":["un"],"naming":"full","given_by":"self","date":{"edtf":"2011"}}' "$1" | json consent
}
agreed "$T1" >/dev/null
printf '{"act":"torture","victims":["%s"],"date":{"edtf":"2011-03-04"}}' "$T2" | json act >/dev/null
expect_status 0 opened edit "$T2" --set born=1974 --yes
expect_status 0 opened --yes submission wgad "$T1" -o one.txt
expect_err "1 other record of this person has no consent of its own"
! grep -q "4 March 2011" one.txt || fail "it left without a consent"
by=$(agreed "$T2")
for p in "$T1" "$T2"; do
	expect_status 0 opened --yes submission wgad "$p" -o "two-$p.txt"
	expect_err "the same person, by the consent"
	expect_err "the records of this person differ in 1 thing"
	expect_err "edit $(printf %.8s "$T2") --set born"
	for line in "4 March 2011" "Gathered from: 2 records" "in 1974" "2 August 1973"; do
		grep -q "$line" "two-$p.txt" || { cat "two-$p.txt"; fail "not in the draft: $line"; }
	done
done
expect_status 0 opened --json --yes submission wgad "$T1" -o -
expect_json 'd["same_person"] == [{"id": "'"$T2"'", "consent": "'"$by"'", "conditions": False}]'
expect_json '[(c["field"], set(c["records"])) for c in d["contradictions"]] == [("born", {"'"$T1"'", "'"$T2"'"})]'
# A dossier follows no private link, and says that there is more.
K=$(echo '{"title":"A raid"}' | json case)
printf '{"act":"assault","victims":["%s"],"cases":["%s"]}' "$T1" "$K" | json act >/dev/null
expect_status 0 opened --yes dossier "$K" --unfiltered -o d.txt
expect_err "1 record in it is of a person who has others"
! grep -q "1974" d.txt || fail "a dossier took the other along"

# Denied: not suggested again.  A third record joins two.
expect_status 0 say same --not "$B1" "$B2"
expect_status 0 say --json same
no_pair "$B1" "$B2"
expect_status 0 say --yes same "$T2" "$M1"
expect_status 0 say count missing --on 2011-04-26
expect_out "At least 1 person "
expect_status 0 say --json show "$M1"
expect_json 'len(d["same_person"]) == 2'
expect_status 0 say same --not "$T1" "$M1"
expect_err "both are still the same as a third record"
expect_status 0 say same --not "$M1" "$T2"
expect_no_err
expect_status 0 say count missing --on 2011-04-26
expect_out "At least 2 persons"
# Taken back: as before, and said so in the one record alone.
expect_status 0 say same --not "$T2" "$T1"
expect_status 0 say --json show "$T1"
expect_json '"same_as" not in d["body"] and d["same_person"] == []'
expect_status 0 say count missing --on 2011-04-26
expect_out "At least 3 persons"
expect_status 0 say --json timeline "$T2"
expect_json 'sum(e["type"] == "status" for e in d) == 1'
# A yes after all counts, on whichever side the no was.
expect_status 0 say --yes same "$T1" "$T2"
expect_err "it was said here that they are not the same person"
expect_status 0 say count missing --on 2011-04-26
expect_out "At least 2 persons"

# Only persons; not one record with itself; and the arguments.
C=$(echo '{"title":"Crackdown"}' | json case)
expect_status 2 say --yes same "$T1" "$C"
expect_status 2 say --yes same "$T1" "$T1"
expect_status 2 say same "$T1"
expect_status 2 say same --not
# Who is forgotten is nobody's other record.
expect_status 0 say forget "$T2" --yes
expect_status 0 say --json timeline "$T1"
expect_status 0 say --json same
expect_status 0 opened reindex
expect_clean
