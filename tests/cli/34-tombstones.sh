# SPDX-License-Identifier: ISC
# What one office forgets, others forget: after a question, and only what that
# office wrote.
offices A B C
for o in A B C; do
	eval v=\$$o
	expect_status 0 "$AMPARO" -v "$v" --passphrase-file "$PASS" office --card $o.card
done
for o in A B C; do
	for other in A B C; do
		eval v=\$$o
		[ $o = $other ] || expect_status 0 "$AMPARO" -v "$v" \
		    --passphrase-file "$PASS" contact add $other.card
	done
done
# A vault read by the second implementation, if it can run here.
reader()
{
	if [ "$(/usr/bin/python3 "$TESTS/../readers/vault_reader.py" 2>&1 | grep -c import)" = 0 ]; then
		expect_status 0 /usr/bin/python3 "$TESTS/../readers/vault_reader.py" \
		    --test-floor "$1" --passphrase-file "$PASS"
	else
		skip_part "no second reader"
	fi
}

printf '{"title":"Alone","summary":"zebrawords"}' > one.json
expect_status 0 in_a add case one.json
alone=$(the_id)
head -c 200000 /dev/urandom > photo.bin
expect_status 0 in_a attach "$alone" photo.bin
printf '{"title":"Shared","summary":"quaggawords"}' > two.json
expect_status 0 in_a add case two.json
shared=$(the_id)
expect_status 0 in_a --yes export --to "Office B" -o 1.age
expect_status 0 in_b import 1.age
expect_status 0 in_b edit "$shared" --set "summary=wombatwords" --yes
expect_status 0 in_b --yes export --to "Office C" -o b-c.age
expect_status 0 in_c import b-c.age
expect_status 0 in_b forget --asked
expect_out "nobody asks"

# ---- What leaves ----
expect_status 0 in_a --yes forget "$alone"
expect_out "with the next export to them"
expect_status 0 in_a --yes forget "$shared"
expect_status 1 in_a export --to "Office B" -o 2.age
expect_out "2 records they are asked to forget"
expect_out "$alone"
expect_status 15 in_a --yes export --to "Office C" -o none.age
expect_status 15 in_a --yes export --to "Office B" --to "Office C" -o none.age
expect_out "2 requests to forget stay here"
expect_status 0 in_a --json --yes export --to "Office B" -o 2.age
expect_json 'd["tombstones"] == 2 and d["records"] == 0 and [r["tombstone"] for r in d["list"]] == [True, True]'
expect_status 0 in_a log
expect_out '"tombstones":["'

# ---- What comes: said, asked, done ----
expect_status 0 in_b inspect 2.age
expect_out "destroys the record"
expect_out "destroys what that office wrote"
expect_status 0 in_b --json inspect 2.age
expect_json 'd["tombstones"] == 2 and d["count"]["forgets-record"] == 1 and d["count"]["forgets-texts"] == 1'
cp "$B/cells.db" before
expect_status 1 in_b import 2.age
expect_err "Office A has forgotten 'Alone': the record would be destroyed here"
expect_err "Office A has forgotten 'Shared': what that office wrote in it would be destroyed here"
expect_err "--keep"
expect_same before "$B/cells.db"
expect_status 0 in_b show "$alone"
expect_out "zebrawords"

# One who doubts it takes the rest only.
cp -r "$B" kept
expect_status 0 "$AMPARO" -v "$PWD/kept" --passphrase-file "$PASS" import --keep 2.age
expect_err "2 requests to forget were left aside"
expect_status 0 "$AMPARO" -v "$PWD/kept" --passphrase-file "$PASS" show "$alone"
expect_out "zebrawords"

expect_status 0 in_b --yes import 2.age
expect_err "destroyed: 1 record; and what an office had written in 1 record"
expect_status 0 in_b show "$alone"
expect_out "forgotten"
expect_no_out "zebrawords"
expect_no_out "not in this vault"
expect_status 15 in_b extract "$alone" photo.bin -o got.bin
expect_status 0 in_b find zebrawords
expect_no_out "Alone"
expect_status 0 in_b show "$shared"
expect_out "wombatwords"
expect_out "Office A has forgotten it at"
expect_no_out "quaggawords"
expect_status 0 in_b history "$shared"
expect_out "forgotten"
expect_status 0 in_b find quaggawords
expect_no_out "Shared"
expect_status 0 in_b forget --asked
expect_out "Shared"
expect_out "Office A"
expect_status 0 in_b --json forget --asked
expect_json "len(d) == 1 and d[0]['id'] == '$shared' and d[0]['office'] == 'Office A'"
expect_status 0 in_b --json show "$shared"
expect_json 'd["forget_requests"][0]["office"] == "Office A"'
expect_status 0 in_b info
expect_out "1 record: 'amparo -v $B forget --asked'"
expect_status 0 in_b log
expect_out '"did":"record"'
expect_out '"did":"texts"'
expect_status 0 in_b check --records
reader "$B"
reader "$A"

# ---- Nothing brings it back ----
expect_status 0 in_b --yes import 1.age
expect_out "already imported"
expect_status 0 in_c --yes export --to "Office B" -o c-b.age
expect_status 0 in_b --yes import c-b.age
expect_err "no text was taken"
expect_status 0 in_b find zebrawords
expect_no_out "Alone"

# ---- Passed on to C, which got it from B ----
expect_status 0 in_b --yes export --to "Office C" -o 3.age
expect_status 1 in_c import 3.age
expect_err "Office A has forgotten 'Alone'"
expect_status 0 in_c --yes import 3.age
expect_status 0 in_c show "$alone"
expect_no_out "zebrawords"
expect_status 0 in_c show "$shared"
expect_out "wombatwords"
expect_status 0 in_c check --records
reader "$C"

# ---- A person obeys; then B's own tombstone travels ----
expect_status 0 in_b --yes forget "$shared"
expect_status 0 in_b forget --asked
expect_out "nobody asks"
expect_status 0 in_b --yes export --to "Office C" -o 4.age
expect_status 0 in_c --yes import 4.age
expect_status 0 in_c show "$shared"
expect_no_out "wombatwords"
expect_status 0 in_c find wombatwords
expect_no_out "Shared"
expect_status 2 in_b forget
expect_status 2 in_b forget --asked "$shared"
for v in "$A" "$B" "$C"; do
	V=$v
	expect_clean
done
