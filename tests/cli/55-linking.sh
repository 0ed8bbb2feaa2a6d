# What a record hangs together with: show --with, link, link --not.
vault
expect_status 0 opened unlock
say() { "$AMPARO" -v "$V" "$@"; }
json() { # TYPE: keep standard input, print the id
	say add "$1" 2>/dev/null || fail "not kept: $1"
}
C=$(echo '{"title":"Crackdown"}' | json case)
P=$(echo '{"names":[{"text":"Teng Biao"}]}' | json person)
W=$(echo '{"names":[{"text":"Wang Yi"}]}' | json person)
T=$(printf '{"medium":"interview","source":{"ref":"%s"},"about":["%s"],"date":{"edtf":"2011-05"}}' \
    "$W" "$P" | json testimony)
A=$(printf '{"act":"torture","victims":["%s"],"witnesses":["%s"],"cases":["%s"],"perpetrators":[{"who":{"ref":"%s"}}],"date":{"edtf":"2011-03"}}' \
    "$P" "$P" "$C" "$P" | json act)
B=$(printf '{"act":"killing","victims":["%s"],"date":{"edtf":"2010-03"}}' "$P" | json act)
GONE=7zzzzzzzzzzzzzzzzzzzzzzzzz
D=$(printf '{"title":"Later","parent":"%s","follows":["%s"]}' "$C" "$GONE" | json case)

# By type, then by date; a line for each field that links.
expect_status 0 say show "$P" --with
expect_out "linked to it, by field"
grep '^  [a-z.]*	' "$OUT" | cut -f 1-4 > rows
printf '  victims\t%.8s\tact\t2010-03\n  perpetrators.who\t%.8s\tact\t2011-03\n  victims\t%.8s\tact\t2011-03\n  witnesses\t%.8s\tact\t2011-03\n  about\t%.8s\ttestimony\t2011-05\n' \
    "$B" "$A" "$A" "$A" "$T" > expected
expect_same expected rows 2>/dev/null || { cat rows; fail "other rows"; }
! grep -q "it links to" "$OUT" || fail "a person without links has some"
expect_status 0 say show "$P"
! grep -q "linked to it" "$OUT" || fail "links without being asked for"

# What is not here is told, and is no error.
expect_status 0 say show "$D" --with
expect_out "it links to, by field"
expect_out "  parent	$(printf %.8s "$C")	case		Crackdown"
expect_out "  follows	7zzzzzzz			withheld or unknown"
expect_status 0 say --json show "$D" --with
expect_json 'd["linked_by"] == [] and [(l["field"], l["here"]) for l in d["links_to"]] == [("parent", True), ("follows", False)] and "title" not in d["links_to"][1]'
expect_status 0 say --json show "$C" --with
expect_json 'sorted((l["field"], l["type"]) for l in d["linked_by"]) == [("cases", "act"), ("parent", "case")]'
expect_status 0 say --json show "$C"
expect_json '"linked_by" not in d'
# What was forgotten is unknown to whatever links to it.
expect_status 0 say forget "$B" --yes
expect_status 0 say forget "$C" --yes
expect_status 0 say show "$A" --with
expect_out "  cases	$(printf %.8s "$C")	case		withheld or unknown"

expect_status 0 say --json show "$A" --with
expect_json '[l["here"] for l in d["links_to"] if l["field"] == "cases"] == [False]'
# What has no title is here all the same.
I=$(printf '{"persons":["%s"],"form":"appeal"}' "$P" | json intervention)
expect_status 0 say show "$P" --with
grep "$(printf %.8s "$I")" "$OUT" | grep -q "withheld" && fail "it is here"
expect_status 0 say --json show "$P" --with
expect_json 'all(l["here"] for l in d["linked_by"])'

# link: a new version of the one that links, by a field that fits.
A=$(printf '{"act":"torture","victims":["%s"]}' "$P" | json act)
C=$(echo '{"title":"Another"}' | json case)
expect_status 0 say link "$A" cases "$C"
expect_out "$A"
expect_status 0 say --json show "$A"
expect_json 'd["body"]["cases"] == ["'"$C"'"] and d["versions_now"] == 1'
expect_status 0 say history "$A"
[ "$(wc -l < "$OUT")" = 2 ] || fail "not one version more"
# There already: nothing is written.
expect_status 0 say link "$A" cases "$C"
expect_out "it is there already, in 'cases'"
expect_status 0 say --json link "$A" "$C"
expect_json 'd["changed"] is False'
expect_status 0 say history "$A"
[ "$(wc -l < "$OUT")" = 2 ] || fail "a version for nothing"
# What the model does not allow: the fields that fit are named.
expect_status 2 say link "$A" cases "$W"
expect_err "of type act: no field 'cases' that can link to a record of type person"
expect_err "hint: a field that can: victims, witnesses, stated_by"
expect_status 2 say link "$A" colour "$W"
expect_err "hint: a field that can: victims"
expect_status 2 say link "$C" "$T"
expect_err "of type case: no field links to a record of type testimony"
expect_err "link $T about $C"
expect_status 2 say link "$W" same_as "$P"
expect_status 2 say link "$A" redacted_from "$C"
expect_status 2 say link "$A" "$A"
expect_err "does not link to itself"
# Several fit, and nobody can be asked here.
expect_status 2 say link "$A" "$W"
expect_err "several fields can hold this link"
expect_err "victims, witnesses, stated_by"
expect_status 0 say link "$A" witnesses "$W"
# A citation, a party, a field for one record that is taken.
expect_status 0 say link "$A" basis "$T"
expect_status 0 say link "$A" stated_by "$W"
expect_status 2 say link "$A" stated_by "$P"
expect_err "'stated_by' holds something else already"
expect_status 0 say --json show "$A"
expect_json 'd["body"]["basis"] == [{"ref": "'"$T"'"}] and d["body"]["stated_by"] == {"ref": "'"$W"'"}'
# Taken away again: by field, or by whichever holds it.
expect_status 0 say link --not "$A" stated_by "$W"
expect_status 0 say link --not "$A" "$T"
expect_status 0 say link --not "$A" "$T"
expect_out "there is no such link; nothing was changed"
expect_status 0 say --json show "$A"
expect_json '"basis" not in d["body"] and "stated_by" not in d["body"] and d["body"]["witnesses"] == ["'"$W"'"]'
# Also one that leads nowhere, by the beginning of its id.
expect_status 0 say link --not "$D" follows 7zzz
expect_status 0 say --json show "$D"
expect_json '"follows" not in d["body"]'
# A field that lies in others: a new one of what there may be many of, or the
# one that is named; there already; taken; taken away.
expect_status 0 say link "$A" perpetrators.who "$W"
expect_status 0 say link "$A" perpetrators.who "$P"
expect_status 0 say --json show "$A"
expect_json '[p["who"] for p in d["body"]["perpetrators"]] == [{"ref": "'"$W"'"}, {"ref": "'"$P"'"}]'
expect_status 0 say link "$A" perpetrators.who "$W"
expect_out "it is there already, in 'perpetrators.who'"
expect_status 2 say link "$A" 'perpetrators[0].who' "$P"
expect_err "'perpetrators[0].who' holds something else already"
expect_status 0 opened edit "$A" --set 'perpetrators[2].unit=the third' --yes
expect_status 0 say link "$A" 'perpetrators[2].who' "$P"
expect_status 0 say --json show "$A"
expect_json '[p["who"]["ref"] for p in d["body"]["perpetrators"]] == ["'"$W"'", "'"$P"'", "'"$P"'"] and d["body"]["perpetrators"][2]["unit"] == "the third"'
expect_status 2 say link "$A" 'perpetrators[9].who' "$P"
expect_err "no field 'perpetrators[9].who'"
expect_status 2 say link "$A" 'perpetrators[0.who' "$P"
expect_status 2 say link "$A" perpetrators "$P"
expect_err "perpetrators.who"
expect_status 2 say link "$A" perpetrators.who "$C"
expect_status 2 say link "$A" perpetrators.unit "$P"
expect_status 0 say link --not "$A" 'perpetrators[2].who' "$P"
expect_status 0 say link --not "$A" perpetrators.who "$P"
expect_status 0 say link --not "$A" perpetrators.who "$W"
expect_status 0 say --json show "$A"
expect_json 'd["body"]["perpetrators"] == [{"unit": "the third"}]'
# Facts are written once.
S=$(printf '{"person":"%s","status":"missing","case":"%s"}' "$P" "$C" | json status)
expect_status 2 say link "$S" act "$A"
expect_err "act"
expect_status 0 say --json show "$S"
expect_json '"act" not in d["body"]'
F=$(echo '{"title":"A page"}' | json document)
expect_status 0 say link "$S" documents "$F"
# What disagrees is decided first; what is not here is said.
expect_status 15 say link "$A" victims Nobody
expect_status 2 say link "$A"
