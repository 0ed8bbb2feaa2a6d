# A dossier: all that may leave of a case, in the order of reading.
vault
add() { # TYPE JSON: its id in $id
	printf '%s' "$2" >"$1.json"
	expect_status 0 opened add "$1" "$1.json"
	id=$(the_id)
}
add case '{"level":0,"title":"Crackdown","summary":"what happened"}'
kase=$id
add person '{"level":0,"names":[{"text":"甲河树"},{"text":"Jia Heshu"}],"pseudonym":"Lawyer H.","health":"zzprivate","private_fields":["health"]}'
jia=$id
add person '{"level":0,"names":[{"text":"Yi Yuanshan"}]}'
yi=$id
add status "{\"level\":2,\"person\":\"$jia\",\"status\":\"missing\",\"case\":\"$kase\",\"date\":{\"edtf\":\"2011-03\"},\"certainty\":\"likely\"}"
add act "{\"level\":2,\"act\":\"torture\",\"victims\":[\"$jia\",\"$yi\"],\"cases\":[\"$kase\"],\"date\":{\"edtf\":\"2011-02-20\"},\"perpetrators\":[{\"who\":{\"text\":\"police\"}}]}"
add testimony "{\"level\":3,\"readers\":[\"mj\"],\"text\":\"zzreaders\",\"about\":[\"$kase\"]}"
add person '{"level":0,"names":[{"text":"Not Ofthiscase"}]}'
add consent "{\"person\":\"$jia\",\"scopes\":[\"un\",\"media\"],\"naming\":\"pseudonym\",\"date\":{\"edtf\":\"2011\"}}"
consent=$id

expect_status 2 opened --yes dossier "$kase" -o d.txt
expect_status 2 opened --yes dossier "$kase" --audience nobody -o d.txt
expect_err "no audience 'nobody'"
expect_status 2 opened --yes dossier "$jia" --audience un -o d.txt
expect_err "that is no case"
expect_status 15 opened --yes dossier 0000 --audience un -o d.txt
expect_status 12 "$AMPARO" -v "$V" --yes --passphrase-file case.json dossier "$kase" --audience un -o d.txt

expect_status 0 opened --yes dossier "$kase" --audience un -o d.txt
expect_out "no: nobody whom it is about has consented to that"
expect_mode 600 d.txt
for word in Lawyer 2011-02-20 2011-03 torture missing police "withheld or unknown"; do
	grep -q "$word" d.txt || fail "it lacks: $word"
done
for word in Jia 甲 Yuanshan zzprivate zzreaders Ofthiscase; do
	grep -q "$word" d.txt && fail "it left: $word"
done
grep -n '^[0-9]*\. ' d.txt | cut -d: -f2 >order
printf '1. case\n2. person\n3. act\n4. status\n' >want
cmp order want || { cat order; fail "another order"; }
expect_status 1 opened --yes dossier "$kase" --audience un -o d.txt

# To the press only what is public.
expect_status 0 opened --yes dossier "$kase" --audience media -o m.txt
grep -q 'torture\|missing' m.txt && fail "level 2 left"

# A text that names her refuses it; a text of another case does not.
expect_status 0 opened edit "$kase" --set "summary=Yi
 Yuanshan saw it" --yes
expect_status 17 opened --yes dossier "$kase" --audience un -o e.txt
expect_err "summary, character 1"
[ ! -e e.txt ] || fail "it left"

# All of it, for ourselves.
expect_status 0 opened --yes dossier "$kase" --unfiltered -o u.txt
for word in "Jia Heshu" "Yi Yuanshan" zzprivate zzreaders; do
	grep -q "$word" u.txt || fail "it lacks: $word"
done
expect_status 0 opened log
expect_out "{\"audience\":\"un\",\"consents\":[\"$consent\"],\"records\":["

# What somebody is called stands in a record of level 2, and names nobody.
V=$PWD/called
vault "$V"
add case '{"level":0,"title":"Crackdown"}'
kase=$id
add person '{"level":2,"names":[{"text":"Yi Yuanshan"}],"pseudonym":"wife of Jia Heshu"}'
yi=$id
add person '{"level":2,"names":[{"text":"Jia Heshu"}]}'
add consent "{\"person\":\"$yi\",\"scopes\":[\"media\"],\"naming\":\"pseudonym\",\"date\":{\"edtf\":\"2011\"}}"
add act "{\"level\":0,\"act\":\"torture\",\"victims\":[\"$yi\"],\"cases\":[\"$kase\"]}"
expect_status 0 opened --yes dossier "$kase" --audience media -o c.txt
grep -q torture c.txt || fail "it lacks the act"
grep -q 'Heshu' c.txt && fail "a name left as what somebody is called"
expect_status 17 opened report type:act --by victims --audience media
expect_err "victims, character 9"

# By a consent for one testimony its speaker is named there, and nowhere else.
V=$PWD/speaker
vault "$V"
add case '{"level":0,"title":"Crackdown"}'
kase=$id
add person '{"level":2,"names":[{"text":"Yi Yuanshan"}],"contacts":[{"kind":"phone","value":"+86 138 0013 8000"}]}'
yi=$id
add act "{\"level\":0,\"act\":\"torture\",\"victims\":[\"$yi\"],\"cases\":[\"$kase\"]}"
add testimony "{\"level\":0,\"source\":{\"ref\":\"$yi\"},\"text\":\"I am Yi Yuanshan\",\"about\":[\"$kase\"]}"
add consent "{\"person\":\"$yi\",\"scopes\":[\"un\"],\"naming\":\"full\",\"records\":[\"$id\"],\"date\":{\"edtf\":\"2011\"}}"
expect_status 0 opened --yes dossier "$kase" --audience un -o s.txt
grep -q 'Source  *Yi Yuanshan' s.txt || fail "the speaker is not named in the testimony"
grep -q 'torture\|13800138000' s.txt && fail "more of the speaker left"
expect_status 0 opened edit "$kase" --set "summary=of Yi Yuanshan" --yes
expect_status 17 opened --yes dossier "$kase" --audience un -o t.txt
