# The day of a press release: its facts as records, its figures, a list for the
# press without a protected name, and a draft for the United Nations.
vault
expect_status 0 opened unlock
keep() { # NAME TYPE JSON
	id=$(printf '%s' "$3" | "$AMPARO" -v "$V" add "$2" 2>/dev/null) || fail "not kept: $1"
	eval "$1=\$id"
}
. "$TESTS/../fixtures/press-release.sh"
# Plainly invented: somebody at risk, whose words are in the vault, too.
keep W person '{"protected": true, "names": [{"text": "Witness Exampleson"}, {"text": "丁示例"}]}'
keep TW testimony '{"level": 0, "title": "What a neighbour saw", "text": "They came at six.", "source": {"ref": "'$W'"}, "about": ["'$C1'"]}'
say() { "$AMPARO" -v "$V" "$@"; }

# The figures, as they were published, beside what the records have.
expect_status 0 say count missing --on 2011-04-26
expect_out "At least 2 persons on 2011-04-26: missing"
expect_status 0 say count "remain missing"
expect_out "17"
expect_status 0 say --json report type:act --by act
expect_json 'd["total"] == 5 and {"torture", "enforced-disappearance", "threat"} == {r["value"] for r in d["rows"]["values"] if r["is"] == "value"}'
expect_status 0 say timeline 金光鸿
expect_out "reappeared"

# For the press: what is public, and nobody who must not be named.
for person in $P1 $P2 $P3; do
	expect_status 0 say edit "$person" --set level=0 --yes
done
plain() { "$AMPARO" -v "$V" --passphrase-file "$PASS" --yes export --plain json "$@"; }
expect_status 0 plain --audience media -o list.json
for word in 腾彪 'Li Tiantian' 金光鸿 'Statement of 26 April 2011'; do
	grep -q "$word" list.json || fail "not in the list: $word"
done
for word in Exampleson 丁示例 "came at six" enforced-disappearance recorded_by; do
	grep -q "$word" list.json && fail "in the list: $word"
done
expect_status 0 say edit "$C1" --set "context=Seen by Exampleson, Witness, and 丁·示例." --yes
expect_status 0 say edit "$C1" --set level=0 --yes
expect_status 17 plain --audience media -o again.json
expect_err "context, character 9"
[ ! -e again.json ] || fail "a protected name left"
expect_status 0 say --yes redact "$C1" --audience media
copy=$(the_id)
expect_status 0 say edit "$C1" --set level=1 --yes
expect_status 0 plain --audience media -o again.json
grep -q 'Seen by \[…\], and \[…\]\.' again.json || fail "no redacted copy"
grep -q "Exampleson\|丁示例\|$C1\",\"type\":\"case" again.json && fail "the case itself left"

# For a lawyer: all of the case that may leave, once no text names the witness.
dossier() { "$AMPARO" -v "$V" --passphrase-file "$PASS" --yes dossier "$C1" --audience un -o d.txt; }
expect_status 17 dossier
expect_status 0 say edit "$C1" --set context= --yes
expect_status 0 dossier
grep -q '金光鸿' d.txt || fail "not in the dossier"
grep -q 'Exampleson\|came at six' d.txt && fail "the witness is in the dossier"
expect_status 0 say lock
