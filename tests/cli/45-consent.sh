# What leaves only with the consent of whom it is about, and whom no text may
# name on its way out.
offices A B
for o in A B; do
	eval v=\$$o
	expect_status 0 "$AMPARO" -v "$v" --passphrase-file "$PASS" \
	    office --card "$o.card"
done
expect_status 0 in_a contact add B.card
expect_status 0 in_b contact add A.card

# ---- may: yes or no, and why ----
add() { # TYPE JSON: its id in $id
	printf '%s' "$2" >"$1.json"
	expect_status 0 in_a add "$1" "$1.json"
	id=$(the_id)
}
may() { # STATUS ID AUDIENCE
	expect_status "$1" in_a may "$2" --audience "$3"
}
add case '{"title":"Crackdown in Exampletown"}'
kase=$id
add person '{"level":1,"names":[{"text":"甲河树","family":"甲","given":"河树"},{"text":"Jia Heshu","family":"Jia","given":"Heshu"}],"pseudonym":"Lawyer H."}'
jia=$id
may 0 "$kase" partner
expect_out "yes"
may 17 "$kase" media
expect_out "no: its level is too high for them; its level is 1, and they get records up to level 0"
may 17 "$kase" research
expect_out "no: they get no records"
may 17 "$jia" partner
expect_out "no: nobody whom it is about has consented to that"
expect_out "no consent is recorded for this record"
expect_status 2 in_a may "$jia" --audience everybody
expect_err "no audience 'everybody'"
expect_err "store, partner, un, gov, un-public, media, court, research"
expect_status 2 in_a may "$jia"

add testimony '{"level":0,"medium":"press-release","title":"A statement","text":"Lawyer H. was taken."}'
statement=$id
add consent "{\"person\":\"$jia\",\"scopes\":[\"partner\",\"un\"],\"naming\":\"full\",\"date\":{\"edtf\":\"2011-04-01\"}}"
first=$id
may 0 "$jia" partner
expect_out "consent $(printf %.8s "$first"), to be named: full"
expect_status 17 in_a --json may "$jia" --audience gov
expect_json 'd["may"] is False and d["why"] == "consent" and d["people"][0]["consent"] == "no-scope" and d["people"][0]["person"] and d["left"] == []'

# ---- A bundle takes along who agreed, and nobody else ----
add person '{"level":1,"names":[{"text":"乙远山"},{"text":"Yi Yuanshan"}]}'
yi=$id
add act "{\"level\":1,\"act\":\"arbitrary-arrest\",\"victims\":[\"$jia\",\"$yi\"],\"cases\":[\"$kase\"]}"
act=$id
may 0 "$act" partner
expect_status 0 in_a --yes export Crackdown --to "Office B" -o 1.age
expect_out "no consent of whom it is about"
expect_status 0 in_b --yes import 1.age
expect_status 0 in_b show "$act"
expect_out "withheld or unknown"
expect_status 15 in_b show "$yi"
expect_status 0 in_b show "$jia"
may 0 "$jia" partner
expect_out "what left already, or was used:"

# ---- A text that names somebody: refused, with the place ----
refused() { # FIELD TEXT [PLACE]: the act with this more in it
	expect_status 0 in_a edit "$act" --set "$1=$2" --yes
	expect_status 17 in_a --yes export Crackdown --to "Office B" -o no.age
	expect_err "must not be named; nothing was written"
	expect_err "$(printf %.8s "$act")  $1"
	expect_err "${3-}: $(printf %.8s "$yi")"
	[ ! -e no.age ] || fail "it left: $2"
	expect_status 0 in_a edit "$act" --set "$1=" --yes
}
refused description "He was beaten beside Yi Yuanshan that night." "character 22"
refused notes "YUANSHAN, Yi"
refused notes "乙远山被带走"
refused notes "ＹＩ　ＹＵＡＮＳＨＡＮ"
refused physical "Yì Yuǎnshān’s arm"
refused title "乙·远山"
refused tags "yi-yuanshan"
expect_status 0 in_a edit "$act" --set "description=He saw Yuanshan there." --yes
expect_status 17 in_a --yes export Crackdown --to "Office B" -o no.age
expect_err "may name somebody"
expect_err "--parts-checked says that nobody is named there"
[ ! -e no.age ] || fail "a part of a name left unseen"
expect_status 17 in_a --json --yes export Crackdown --to "Office B" -o no.age
expect_json 'd["parts"] == 1 and d["names"] == 0 and d["named"][0]["field"] == "description" and d["named"][0]["at"] == 7 and d["named"][0]["by"] == "part"'
expect_status 0 in_a --yes export Crackdown --parts-checked --to "Office B" -o 2.age
expect_status 0 in_a edit "$act" --set description= --yes

# A name of one character.
add person '{"names":[{"text":"丙"}]}'
expect_status 0 in_a --yes export Crackdown --to "Office B" -o 3.age
expect_err "a name so short that it is found only where it stands alone"
# The name of a file, and a file that belongs to somebody who is hidden.
printf x >"Yi Yuanshan.txt"
printf y >page.txt
add document "{\"level\":1,\"title\":\"A page\"}"
page=$id
expect_status 0 in_a attach "$page" "Yi Yuanshan.txt"
expect_status 17 in_a --yes export "A page" --to "Office B" -o no.age
expect_err "$(printf %.8s "$page")  attachment, character 1:"
add document "{\"level\":1,\"title\":\"A sheet\"}"
sheet=$id
expect_status 0 in_a attach "$sheet" page.txt
expect_status 0 in_a --json --yes export "A sheet" --to "Office B" -o 4.age
expect_json 'd["attachments"] == 1'
expect_status 0 in_a edit "$yi" --set "documents=$sheet" --yes
expect_status 0 in_a --yes export "A sheet" --to "Office B" -o 5.age
expect_out "without its files: they belong to somebody who may not be named"
expect_status 0 in_a --json --yes export zzzz --include "$sheet" --to "Office B" -o 6.age
expect_json 'd["attachments"] == 1'

# ---- Withdrawn: later exports refuse, and what left is listed ----
add consent "{\"person\":\"$jia\",\"scopes\":[\"store\"],\"naming\":\"none\",\"date\":{\"edtf\":\"2011-06-01\"},\"withdraws\":\"$first\"}"
expect_err "what left before cannot be called back:"
expect_err "  export  "
expect_status 0 in_a edit "$kase" --set level=2 --yes
expect_err "what left before cannot be called back:"
expect_status 0 in_a edit "$kase" --set level=1 --yes
expect_no_err "called back"
may 17 "$jia" partner
expect_out "what left already, or was used:"
expect_out "export"
expect_status 17 in_a --yes export "$jia" --to "Office B" -o no.age
add intervention "{\"kind\":\"request\",\"persons\":[\"$jia\"],\"consents_used\":[\"$first\"],\"title\":\"Letter of May\"}"
may 17 "$jia" partner
expect_out "Letter of May"

# Named by pseudonym only: what is signed cannot be changed, so it stays.
add consent "{\"person\":\"$jia\",\"scopes\":[\"partner\"],\"naming\":\"pseudonym\",\"date\":{\"edtf\":\"2012\"}}"
may 0 "$jia" partner
expect_status 17 in_a --yes export "$jia" --to "Office B" -o no.age
expect_out "consent, but not to the whole name"

# Published facts need the publication.
add person '{"level":0,"names":[{"text":"Ding Publicwho"}]}'
ding=$id
add consent "{\"person\":\"$ding\",\"scopes\":[\"media\",\"partner\"],\"naming\":\"full\",\"how\":\"inferred-public\",\"given_by\":\"none-possible\",\"basis\":[{\"ref\":\"$statement\"}],\"date\":{\"edtf\":\"2011\"}}"
may 0 "$ding" media

# An agency, and whom our records accuse, need not consent.
add person '{"level":1,"kind":"agency","names":[{"text":"Bureau of Example"}]}'
may 0 "$id" partner
expect_out "need not consent"
add person '{"level":1,"names":[{"text":"Officer Example"}]}'
officer=$id
may 17 "$officer" partner
add act "{\"level\":1,\"act\":\"torture\",\"victims\":[\"$ding\"],\"perpetrators\":[{\"who\":{\"ref\":\"$officer\"},\"role\":\"did\"}]}"
may 0 "$officer" partner
add act "{\"level\":1,\"act\":\"torture\",\"victims\":[\"$officer\"]}"
may 17 "$officer" partner
