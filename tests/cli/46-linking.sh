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
