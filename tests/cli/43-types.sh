# What the program says of its types and vocabularies; and records of all of
# them, added as JSON, found, shown, with what is refused.  No vault is needed
# for the first half.
expect_status 0 "$AMPARO" types
[ "$(wc -l < "$OUT")" = 9 ] || fail "not nine types"
expect_status 0 "$AMPARO" types act
expect_out "victims	[id person]	should"
expect_status 0 "$AMPARO" types act.detention.remedies
expect_out "authority	text"
expect_status 0 "$AMPARO" types count
expect_out "must if op!=approx"
expect_status 0 "$AMPARO" --json types
expect_json 'sorted(t["type"] for t in d)[:3] == ["act", "case", "consent"] and all(t["fields"] for t in d)'
expect_status 0 "$AMPARO" --json types act.torture.doctor
expect_json '[m["name"] for m in d["members"]][-1] == "consistency"'
expect_status 2 "$AMPARO" types acts
expect_err "did you mean 'act'?"
expect_status 2 "$AMPARO" types act.detension
expect_err "did you mean 'detention'?"
expect_status 2 "$AMPARO" types act.victims.name
expect_status 2 "$AMPARO" types act.

expect_status 0 "$AMPARO" vocab
expect_out "status	MT25	24 codes"
expect_status 0 "$AMPARO" vocab status
expect_out "missing	0103	missing: whereabouts unknown"
expect_no_err
expect_status 0 "$AMPARO" vocab status --lang zh
expect_out "missing	0103	失踪"
expect_err "unreviewed"
expect_status 0 "$AMPARO" vocab act --lang es
expect_out "torture	02011111	tortura"
# In the language of whoever asks, also where its locale is not installed.
expect_status 0 env LC_ALL=zh_CN.UTF-8 "$AMPARO" vocab purpose
expect_out "extortion	07	勒索"
expect_status 0 env LC_ALL=C "$AMPARO" vocab purpose
expect_out "extortion	07	to extort"
expect_status 0 "$AMPARO" --json vocab country
expect_json 'len(d["codes"]) == 249 and [c["labels"]["zh"] for c in d["codes"] if c["code"] == "CN"] == ["中国"]'
expect_status 0 "$AMPARO" --json vocab
expect_json 'all(set(c["labels"]) == {"en", "es", "zh"} and all(c["labels"].values()) for v in d for c in v["codes"])'
expect_status 2 "$AMPARO" vocab statu
expect_err "did you mean 'status'?"
expect_status 2 "$AMPARO" vocab status --lang fr

# All nine types, in a practice vault.
echo practice > pass
expect_status 0 "$AMPARO" init --practice
expect_out "its passphrase is 'practice'"
expect_out "$HOME/.local/share/amparo-practice"
[ ! -e "$HOME/.local/share/amparo" ] || fail "a vault where the real one would be"
AMPARO_VAULT=$HOME/.local/share/amparo-practice
export AMPARO_VAULT
expect_status 0 "$AMPARO" --passphrase-file pass unlock
opened() { "$AMPARO" "$@"; }
opened_ids() { # QUERY: the id of its one record
	opened --json list "$1" | sed -n 's/.*"id": "\(.*\)".*/\1/p'
}
for type in case person act status testimony document intervention consent count; do
	expect_status 0 opened list "type:$type"
	[ -s "$OUT" ] || fail "no $type"
done
expect_status 0 opened list act:torture
[ "$(wc -l < "$OUT")" = 1 ] || fail "not one act"
expect_out "torture, 林小雨"
expect_status 0 opened find "\"grey van\""
expect_out "enforced disappearance, 林小雨"
expect_status 0 opened list "case:$(opened_ids 'title:Arrests type:case') type:count"
expect_out "remain missing, min 1"
expect_status 0 opened list type:consent
expect_out "林小雨, a UN body +1"
expect_status 0 opened show "$(opened_ids act:enforced-disappearance)"
expect_out "Perpetrators"
expect_out "  Places of detention "
expect_out "    Authority "
LAST=$(($(date -u +%Y) - 1))
expect_out "Guesthouse on the hill (from: $LAST-03-14~, to: $LAST-03-24~)"
expect_status 0 opened reindex
expect_status 0 opened check --records
N1=$(opened_ids '"remain missing" type:count')
# All can be tried: something is counted and due, may leave, or may not.
expect_status 0 opened count missing
expect_out "At least 1 person"
expect_status 0 opened due
expect_out "overdue"
expect_status 0 opened may "林小雨" --audience un
expect_status 17 opened may "林小雨" --audience media
expect_status 0 "$AMPARO" --passphrase-file pass --yes dossier "Arrests in Blue River" --audience un -o dossier.txt
grep -q ' $' dossier.txt && fail "blanks at the end of a line: $(grep ' $' dossier.txt)"
expect_status 0 opened show "$(opened_ids '"grey van" type:testimony')"
expect_out "Connection of the source     relative"
expect_out "Level                        2"
expect_status 17 "$AMPARO" --passphrase-file pass --yes dossier "Closing of the House of Letters" --audience un -o second.txt
expect_err "1 place names somebody"
expect_status 0 "$AMPARO" --passphrase-file pass --yes submission wgeid "Tenzin Pe" -o draft.txt
expect_status 1 "$AMPARO" init --practice
expect_err "not empty"

# Numbers are asked for on a terminal only.
expect_status 2 "$AMPARO" menu
expect_err "no terminal"

# Fields of an office's own are kept, shown and found.
echo '{"names":[{"text":"A B"}],"x_ward":"ward seven","x_list":[{"x_deep":"elderberry"}]}' > own.json
expect_status 0 opened add person own.json
expect_status 0 opened find "ward seven"
expect_out "A B"
expect_status 0 opened find elderberry
expect_out "A B"
expect_status 0 opened show "A B"
expect_out "ward seven"

# What a link leads to need not be here.
echo '{"act":"raid","victims":["57v3hh43jx5fkyg9r9k55x6mdw"]}' > dangling.json
expect_status 0 opened add act dangling.json
RAID=$(cat "$OUT")
expect_status 0 opened list act:raid
expect_out "raid, withheld or unknown"
expect_status 0 opened show "$RAID"
expect_out "withheld or unknown [57v3hh43jx5fkyg9r9k55x6mdw]"

# A note alone will do for an act and an intervention.
for type in act intervention; do
	echo '{"notes":["heard today"]}' > note.json
	expect_status 0 opened add $type note.json
done
# What a figure or a consent must have; a fact stays.
echo '{"what":"w","as_of":{"text":"not stated"},"op":"eq"}' > bad.json
expect_status 2 opened add count bad.json
expect_err "n is missing, and must be there"
echo '{"what":"w","as_of":{"text":"not stated"},"op":"eq","n":1,"n2":2}' > bad.json
expect_status 2 opened add count bad.json
expect_err "n2 can only be there with op=range"
echo '{"act":"tortura"}' > bad.json
expect_status 2 opened add act bad.json
expect_err "did you mean 'torture'?"
expect_status 2 opened edit "$N1" --set n=3 --yes
expect_err "written once"
expect_status 0 opened edit "$N1" --set "notes=asked again" --yes

# Everything can be tried: forgetting, and wiping too.
expect_status 0 opened forget "A B" --yes
expect_status 0 opened wipe --yes
[ ! -e "$AMPARO_VAULT/keys" ] || fail "keys are there"
