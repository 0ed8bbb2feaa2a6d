# A copy for an audience with names and passages taken out; the record stays.
vault
add() { # TYPE JSON: its id in $id
	printf '%s' "$2" >"$1.json"
	expect_status 0 opened add "$1" "$1.json"
	id=$(the_id)
}
add person '{"names":[{"text":"甲河树"},{"text":"Jia Heshu"}],"pseudonym":"Lawyer H.","contacts":[{"kind":"phone","value":"138 0013 8000"}]}'
jia=$id
add person '{"names":[{"text":"Officer Example"}]}'
officer=$id
add act "{\"act\":\"torture\",\"victims\":[\"$jia\"],\"perpetrators\":[{\"who\":{\"ref\":\"$officer\"}}]}"
add testimony "{\"level\":2,\"title\":\"Of Jia Heshu\",\"text\":\"甲河树 and Jia He-\\nshu were hit by Officer Example in the red house at noon. Call 13800138000, ask for Heshu.\",\"source\":{\"ref\":\"$jia\"},\"notes\":[\"zznote\"],\"recontact\":\"zzrecontact\",\"evaluation\":\"zzhidden\",\"translations\":[{\"field\":\"text\",\"lang\":\"zh\",\"text\":\"甲·河树被打\"}]}"
told=$id

expect_status 1 opened redact "$told" --audience media
expect_status 2 opened --yes redact "$told" --audience nobody
expect_status 2 opened --yes redact "$told" --audience research
expect_status 2 opened --yes redact "$jia" --audience media
expect_err "no copy of them can leave unnamed"
expect_status 2 opened --yes redact "$told" --audience media --at text:1-9999
expect_err "no text of the record has that place"
expect_status 2 opened --yes redact "$told" --audience media --at text
# What is misspelt is not believed to be gone; nor is it shown.
expect_status 2 opened --yes redact "$told" --audience media --take-out "red house" --take-out "rad house"
expect_err "what --take-out number 2 names stands in no text of the copy"
expect_no_out "rad house"
expect_status 2 opened --yes redact "$told"
expect_status 15 opened --yes redact 0000 --audience media
expect_status 0 opened list
[ "$(grep -c testimony "$OUT")" = 1 ] || fail "a copy was kept although nobody said yes"

expect_status 0 opened --yes redact "$told" --audience media --take-out "RED-house"
for word in 甲 Jia Heshu 138 zznote zzrecontact zzhidden "red house"; do
	grep -q "$word" "$OUT" && { cat "$OUT"; fail "shown: $word"; }
done
expect_out "7 passages were taken out"
expect_out "Officer Example"
copy=$(the_id)
expect_status 0 opened show "$copy" --raw
expect_json 'd["text"] == "[…] and […] were hit by Officer Example in the […] at noon. Call […], ask for […]." and d["title"] == "Of […]" and d["level"] == 0 and d["audiences"] == ["media"] and d["private_fields"] == ["redacted_from"] and d["translations"][0]["text"] == "[…]被打" and "source" not in d'
expect_status 0 opened show "$told" --raw
expect_json '"Jia" in d["text"] and d["level"] == 2'
expect_status 0 opened may "$copy" --audience media
expect_status 17 opened may "$copy" --audience un
expect_status 17 opened may "$told" --audience media
expect_status 0 opened log
expect_out "{\"audience\":\"media\",\"from\":\"$told\",\"passages\":7,\"record\":\"$copy\"}"

# It leaves, and does not say what it is a copy of.
expect_status 0 opened --yes export --plain json --audience media -o m.json
grep -q "were hit" m.json || fail "the copy did not leave"
grep -q "$told\|redacted_from" m.json && fail "it says of what it is a copy"

# By place, in any field; in JSON.
expect_status 0 opened --yes --json redact "$told" --audience un --at "text:1-3" --at "text:18-24" --at "notes[0]:3-6"
expect_json 'd["from"] and d["passages"] >= 5 and {"field": "notes[0]", "passages": 1} in d["fields"]'

# What is closed asks twice; --yes is one of the two.
add testimony '{"level":3,"readers":["mj"],"text":"zzclosed"}'
expect_status 17 opened --yes redact "$id" --audience media
expect_err "of level 3, or for named readers"
expect_status 0 opened list
[ "$(grep -c zzclosed "$OUT")" = 1 ] || fail "a copy of what is closed was kept"
expect_status 0 opened --yes redact "$id" --audience media --from-closed
expect_status 0 opened log
expect_out '{"audience":"media","closed":true,'

# A field of the office's own may name somebody by its name, or be a number.
add testimony '{"level":2,"text":"zzsaid","x_seen":{"Jia Heshu":"zztwice","x_by":"zzkept"},"x_call":[13800138000,5]}'
expect_status 0 opened --yes redact "$id" --audience un
expect_out "2 passages were taken out"
grep -q 'Jia\|Heshu' "$OUT" && fail "shown: the name of a field"
copy=$(the_id)
expect_status 0 opened show "$copy" --raw
expect_json 'd["x_seen"] == {"x_by": "zzkept"} and d["x_call"] == ["[…]", 5]'
