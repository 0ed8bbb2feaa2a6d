# Bundles between offices: cards, export, inspect, import, and what is refused.
offices A B C

# ---- Cards ----
expect_status 0 in_a office
expect_out "Office A"
expect_status 0 in_a office --card a.card
expect_status 0 in_b office --card b.card
expect_status 0 in_c office --card c.card
expect_mode 600 a.card
expect_status 1 in_a office --card a.card
expect_err "is there already"
expect_status 0 in_a office --card -
expect_same a.card "$OUT"
expect_status 0 in_b contact add a.card
expect_out "Office A"
expect_status 0 in_a contact add b.card
expect_status 2 in_a contact add a.card
sed 's/Office B/Office X/' b.card > forged.card
expect_status 13 in_a contact add forged.card
expect_status 0 in_a contact list
expect_out "not compared"
expect_status 1 in_a contact verify "Office B"
expect_out "ours:"
expect_status 0 in_a contact verify "Office B" --yes
expect_status 15 in_a contact verify "Office Q" --yes
expect_status 0 in_a --json contact list
expect_json 'len(d) == 1 and d[0]["verified"] and len(d[0]["digits"]) == 71'
expect_status 0 in_a --json office
expect_json 'd["name"] == "Office A" and d["minisign"].startswith("RW")'
expect_status 0 in_b contact verify "Office A" --yes

# ---- What leaves ----
printf '{"title":"Case X","summary":"what happened"}' > case.json
expect_status 0 in_a add case case.json
case=$(the_id)
printf '{"names":[{"text":"Teng Biao"}],"level":1,"description":"sekret-hidden","private_fields":["description"]}' > teng.json
expect_status 0 in_a add person teng.json
teng=$(the_id)
agree in_a
printf '{"names":[{"text":"Source S"}],"level":1}' > source.json
expect_status 0 in_a add person source.json
source=$(the_id)
agree in_a
printf '{"person":"%s","status":"held","case":"%s","level":1}' "$teng" "$case" > status.json
expect_status 0 in_a add status status.json
printf '{"text":"the words","level":1,"source":{"ref":"%s"},"about":["%s","%s"]}' "$source" "$case" "$teng" > testimony.json
expect_status 0 in_a add testimony testimony.json
printf '{"title":"office only","case":"%s","person":"%s","status":"held"}' "$case" "$teng" > two.json
expect_status 0 in_a add status two.json
two=$(the_id)
printf '{"title":"readers only","case":"%s","person":"%s","status":"held","level":3,"readers":["mj"]}' "$case" "$teng" > three.json
expect_status 0 in_a add status three.json
head -c 200000 /dev/urandom > photo.bin
: > empty.bin
expect_status 0 in_a attach "$teng" photo.bin --name 'photo 腾.jpg'
expect_status 0 in_a attach "$teng" empty.bin

expect_status 1 in_a export type:case --to "Office B" -o 1.age
expect_out "4 records leave"
expect_out "level 3: never leaves"
expect_out "level 2: this office only"
[ ! -e 1.age ] && [ ! -e 1.age.part ] || fail "a file although nobody said yes"
expect_status 15 in_a --yes export type:case --to "Office Q" -o 1.age
expect_status 15 in_a --yes export zzzz --to "Office B" -o 1.age
expect_status 17 in_a --yes export readers --to "Office B" -o 1.age
expect_status 2 in_a export type:case -o 1.age
expect_status 0 in_a --yes export type:case --to "Office B" -o 1.age
expect_no_out "${source%??????????????????}"
expect_mode 600 1.age
size=$(stat -c %s 1.age)
expect_status 0 in_a log
expect_out "$case"

# ---- It opens with the tools of everybody ----
expect_status 12 "$AMPARO" -v "$B" --passphrase-file case.json \
    office secret-key -o key.txt
[ ! -e key.txt ] || fail "keys although the passphrase was wrong"
for way in "" "-o -" "-o /dev/stdout"; do
	got=0
	in_b office secret-key $way > "$OUT" 2> "$ERR" || got=$?
	[ "$got" != 0 ] || fail "secret keys on standard output: $way"
	expect_no_out "AGE-SECRET-KEY"
	got=0
	in_b --json office secret-key $way > "$OUT" 2> "$ERR" || got=$?
	[ "$got" != 0 ] || fail "secret keys as JSON: $way"
	expect_no_out "AGE-SECRET-KEY"
done
expect_status 2 in_b office secret-key
expect_err "-o FILE"
expect_status 0 in_b office secret-key -o key.txt
expect_err "whoever has these keys"
expect_no_out "AGE-SECRET-KEY"
expect_mode 600 key.txt
grep -q "^AGE-SECRET-KEY-1" key.txt || fail "no keys in the file"
expect_status 1 in_b office secret-key -o key.txt
expect_status 0 in_b --json office secret-key -o key2.txt
expect_json 'd == {"file": "key2.txt"}'
expect_same key.txt key2.txt
expect_status 2 in_b office -o key3.txt
expect_status 0 in_b log
expect_out "secret-key"
if command -v age > /dev/null && command -v minisign > /dev/null; then
	(
		umask 077 && mkdir in
		age -d -i key.txt -o in/bundle.tar 1.age
		cd in && tar -xf bundle.tar --no-same-owner
		minisign -Vm MANIFEST -x MANIFEST.minisig \
		    -P "$(sed -n 's/^# key //p' ../a.card)"
		sha256sum -c --strict MANIFEST
		cmp attachments/000001 ../photo.bin ||
		    cmp attachments/000002 ../photo.bin
	) > tools.log 2>&1 || { cat tools.log; fail "stock tools"; }
	grep -q sekret-hidden in/records/* && fail "a private field left"
	grep -q "office only\|readers only" in/records/* && fail "a held record left"
	tar -tvf in/bundle.tar > list
	if grep -v '^-rw------- 0/0 .* 1970-01-01' list; then
		fail "tar names somebody"
	fi
	# Our own line, found as README.txt says.
	b=$(sed -n 's/^# bundle //p' in/MANIFEST)
	r=$(sed -n 's/^# receive [^ ]* [^ ]* //p' b.card)
	h=$(printf '%s' "$b $r" | sha256sum | cut -d' ' -f1)
	grep -q "^# to $h " in/MANIFEST || fail "no line for us"
else
	skip_part "no age or minisign"
fi

# ---- inspect, import ----
expect_status 0 in_b inspect 1.age
expect_out "new record"
expect_out "Case X"
expect_out "partly withheld"
expect_status 0 in_b list
expect_no_out "Case X"
expect_status 0 in_b --json inspect 1.age
expect_json 'd["seen"] == "next" and d["number"] == 1 and d["sender"] == "Office A" and d["sender_known"] and d["attachments"] == 2'
expect_json 'd["records"] == d["new_records"] == len(d["list"]) == 4 and d["new_attachments"] == 2 and d["new_bytes"] == 200000'
expect_json 'all(x["versions"] >= 1 and x["new_versions"] == x["versions"] and not x["changes_ours"] for x in d["list"])'
expect_status 0 in_b import 1.age
expect_out "4 new records"
expect_out "new record"
expect_out "attachments: 2, new: 2"
expect_status 0 in_b show "$teng"
expect_out "Teng Biao"
expect_no_out "sekret-hidden"
expect_status 0 in_b extract "$teng" 'photo 腾.jpg' -o got.bin
expect_same photo.bin got.bin
expect_status 0 in_b extract "$teng" empty.bin -o got-empty.bin
expect_same empty.bin got-empty.bin
expect_status 0 in_b find "words"
expect_out "the *words*"
expect_status 0 in_b history "$teng"
expect_out "Office A"
cp "$B/cells.db" before
expect_status 0 in_b import 1.age
expect_out "already imported"
expect_same before "$B/cells.db"
expect_status 0 in_b --json import 1.age
expect_json 'd["already"]'
expect_status 0 in_b log
expect_out '"from"'

# ---- By whom it was written ----
for query in 'office:"Office A"' 'office:office' 'office:OFF*' 'office:"office a" teng NOT words OR office:"office a"'; do
	expect_status 0 in_b --json list "$query"
	expect_json 'len(d) == 4'
done
for query in 'office:"office b"' office:a office:nobody 'office:"office a" NOT office:office'; do
	expect_status 0 in_b --json list "$query"
	expect_json 'len(d) == 0'
done
# A name that is given today, of a key that was there before.
expect_status 0 in_c add case case.json
expect_status 0 in_c office --name "Casa C"
expect_status 0 in_c --json list office:casa
expect_json 'len(d) == 1'
expect_status 0 in_c --json list 'office:"office c"'
expect_json 'len(d) == 0'
expect_status 0 in_c office --name "Office C"

# ---- A conflict, kept and resolved ----
expect_status 0 in_b edit "$case" --set "title=Case of B" --yes
expect_status 0 in_b --json list 'office:"office b"'
expect_json '[r["id"] for r in d] == ["'"$case"'"]'
expect_status 0 in_b --json list 'office:"office a"'
expect_json 'len(d) == 3'
expect_status 0 in_a edit "$case" --set "title=Case of A" --yes
expect_status 0 in_a --yes export type:case --to "Office B" -o 2.age
expect_status 0 in_b inspect 2.age
expect_out "changed by Office A"
expect_out "records: 4, new: 0"
expect_status 0 in_b --json import 2.age
expect_json '[x["id"] for x in d["list"] if x["changes_ours"]] == ["'"$case"'"]'
expect_status 0 in_b show "$case"
expect_out "Case of A"
expect_out "Case of B"
expect_out "Office A"
expect_status 0 in_b history "$case"
version=$(awk '/Office B/ { print $1; exit }' "$OUT")
expect_status 0 in_b resolve "$case" --take "$version"
expect_status 0 in_b show "$case"
expect_no_out "Case of A"

# ---- Two of one name, from two offices ----
printf 'of A' > a.txt
printf 'of B, longer' > b.txt
expect_status 0 in_b attach "$case" b.txt --name same.txt
expect_status 0 in_a attach "$case" a.txt --name same.txt
expect_status 0 in_a --yes export type:case --to "Office B" -o same.age
expect_status 0 in_b import same.age
expect_status 0 in_b show "$case"
expect_out "(number 1 of that name, Office "
expect_out "(number 2 of that name, Office "
expect_status 15 in_b extract "$case" same.txt
expect_err "several attachments"
expect_err "Office A"
expect_err "Office B"
expect_err "4 B"
expect_err "12 B"
expect_err "--number N"
[ ! -e same.txt ] && [ ! -e same.txt.part ] || fail "one was taken"
expect_status 0 in_b extract "$case" same.txt --number 1 -o one.txt
expect_status 0 in_b extract "$case" same.txt --number 2 -o two.txt
[ "$(cat one.txt two.txt | wc -c)" = 16 ] || fail "not the two of them"
expect_status 15 in_b extract "$case" same.txt --number 3 -o three.txt
expect_status 2 in_b extract "$case" same.txt --number 0
expect_status 0 in_b --json show "$case"
expect_json 'sorted((a["number"], a["office"]) for a in d["attachments"] if a["name"] == "same.txt")[0][0] == 1 and {a["office"] for a in d["attachments"] if a["name"] == "same.txt"} == {"Office A", "Office B"}'

# ---- Older, a gap, a new chain ----
for i in 3 4 5; do
	expect_status 0 in_a edit "$case" --set "summary=state $i" --yes
	expect_status 0 in_a --yes export type:case --to "Office B" -o $i.age
done
expect_status 1 in_b import 5.age
expect_err "others before it have not come"
expect_status 0 in_b --yes import 5.age
expect_status 1 in_b import 4.age
expect_err "later ones have come"
expect_status 0 in_b --yes import 4.age
expect_status 0 in_b --yes import 3.age
expect_status 0 in_b show "$case"
expect_status 0 in_b import 3.age
expect_out "already imported"
expect_status 0 in_a backup copy
expect_status 0 "$AMPARO" -v "$PWD/a2" --passphrase-file "$PASS" restore copy
expect_status 0 "$AMPARO" -v "$PWD/a2" --passphrase-file "$PASS" --yes \
    export type:case --to "Office B" -o 6.age
expect_status 1 in_b import 6.age
expect_err "restored a backup"
expect_status 0 in_b --yes import 6.age

# ---- For somebody else, from nobody known ----
expect_status 20 in_c inspect 1.age
expect_status 20 in_c import 1.age
expect_status 0 in_c contact add b.card
expect_status 0 in_b contact add c.card
expect_status 0 in_b --yes export type:case --to "Office C" -o b-c.age
expect_status 0 in_c contact remove "Office B"
expect_status 17 in_c import b-c.age
expect_err "no contact has signed"
expect_status 17 in_c --yes import b-c.age
expect_status 0 in_c --yes import b-c.age --anyway
expect_status 0 in_c show "$case"
expect_status 0 in_c check

# ---- Level 2: our office, or one by one ----
expect_status 0 in_a --yes export zzzz --to "Office B" --include "$two" -o 7.age
expect_out "1 record leaves"
expect_status 0 in_a contact verify "Office B" --our-office --yes
expect_status 0 in_a --yes export type:case --to "Office B" -o 8.age
expect_out "5 records leave"
expect_status 0 in_b --yes import 8.age
expect_status 0 in_b show "$teng"
expect_out "sekret-hidden"
expect_status 0 in_b import 7.age --yes
expect_status 0 in_a --yes export type:case --to "Office B" --with-sources -o 9.age
expect_out "${source%??????????????????}"

# ---- Somebody without a name has a line all the same ----
printf '{"level":1}' > nobody.json
expect_status 0 in_a add person nobody.json
nobody=$(the_id)
expect_status 0 in_a --yes export zzzz --to "Office B" --include "$nobody" -o nobody.age
expect_status 0 in_b --yes inspect nobody.age
expect_out "(no title)"
expect_status 0 in_b --yes import nobody.age
expect_out "(no title)"

# ---- Cut, changed, none at all ----
head -c 10000 1.age > cut.age
expect_status 13 in_b import cut.age
expect_err "cut.age is damaged: chunk 1 of its payload, at byte "
expect_no_err "not an age file"
head -c 100 1.age > cut.age
expect_status 13 in_b inspect cut.age
expect_err "its header was cut or changed"
head -c 10000 1.age > cut.age
expect_status 13 in_b inspect case.json
expect_err "case.json is not an age file"
expect_status 2 in_b import /dev/null
expect_status 1 in_b import nothing.age
cp "$B/cells.db" before
expect_status 13 in_b --json import cut.age
expect_json_error damaged 13
expect_same before "$B/cells.db"
expect_status 0 in_a --yes export type:case --to "Office B" -o -
cp "$OUT" stream.age
expect_status 0 in_b --yes import stream.age
for v in "$A" "$B" "$C"; do
	V=$v
	expect_clean
done

# ---- The log: who the keys of an export are ----
expect_status 0 in_b --json office
key=$(sed -n 's/.*"key": "\([0-9a-f]\{16\}\)".*/\1/p' "$OUT")
expect_status 0 in_a --json contact list
expect_json 'any(c["key"] == "'"$key"'" and c["name"] == "Office B" for c in d)'
expect_status 0 in_a log
grep -q "\"to\":\[\"$key\"\].*	to Office B\$" "$OUT" || fail "no name beside the key"
expect_no_out "removed contact"
expect_status 0 in_a --yes contact remove "Office B"
expect_status 0 in_a log
expect_out "to a removed contact"

# ---- Digits break between groups only ----
expect_status 0 in_b contact list
[ "$(grep -cE '^[0-9]{5}( [0-9]{5}){5}(	|$)' "$OUT")" -ge 2 ] || fail "digits are not in two lines"
expect_status 0 in_a info
[ "$(grep -cE '	[0-9]{5}( [0-9]{5}){5}$' "$OUT")" = 2 ] || fail "digits are not in two lines"

# ---- A contact's name as it is easily typed ----
expect_status 0 in_a --json contact list
expect_status 0 in_b contact mark "  office a" --our-office
expect_status 0 in_b office --card b-again.card
expect_status 0 in_a --yes contact add b-again.card --as "Oficina Ñandú"
expect_status 0 in_a contact list
expect_status 0 in_a --yes contact verify "oficina nandu"
expect_out "Oficina Ñandú"
expect_status 15 in_a --yes contact verify "oficina"
