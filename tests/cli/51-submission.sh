# Drafts for forms of the United Nations: what is missing, whose consent they
# need, what stays behind, and who is named in nothing.
vault
draft() { # STATUS FORM PERSON FILE [WORD ...]
	want=$1 form=$2 person=$3 file=$4
	shift 4
	expect_status "$want" opened --yes submission "$form" "$person" -o "$file" "$@"
}
has() { # FILE LINE
	grep -qF -e "$2" "$1" || { cat "$1"; fail "not in the draft: $2"; }
}
hasnt() { # FILE WORD
	! grep -qF -e "$2" "$1" || { cat "$1"; fail "in the draft: $2"; }
}
add() { # TYPE JSON: its id in $id
	printf '%s' "$2" >"$1.json"
	expect_status 0 opened add "$1" "$1.json"
	id=$(the_id)
}
add person '{"level":1,"names":[{"text":"Jia Heshu","family":"Jia","given":"Heshu"}],"pseudonym":"Lawyer H.","sex":"m","occupations":["lawyer"],"health":"zzhealth","addresses":[{"text":"7 Zzlane"}],"private_fields":["addresses"]}'
jia=$id
add person '{"level":2,"names":[{"text":"Yi Yuanshan"}]}'
yi=$id

# Nobody has consented; no such form, person, language.
draft 17 special-procedures "$jia" no.txt
expect_err "no consent of $(printf %.8s "$jia") to the audience 'un'; nothing was written"
expect_err "--audience un' says whose consent is missing"
draft 2 sr-everything "$jia" no.txt
expect_err "wgeid, wgad, sr-torture, special-procedures"
draft 2 wgad "$jia" no.txt --lang zh
expect_err "the forms have no labels in 'zh'"
expect_err "en, fr, es"
expect_status 2 opened --yes submission wgad "$jia"
add case '{"title":"A case"}'
draft 2 wgad "$id" no.txt
expect_err "that is no person"
[ ! -e no.txt ] || fail "a draft without consent"

# A consent to something else, of somebody else, of another record.
add consent "{\"person\":\"$jia\",\"scopes\":[\"store\",\"partner\",\"media\"],\"naming\":\"full\",\"date\":{\"edtf\":\"2011\"}}"
draft 17 special-procedures "$jia" no.txt
add consent "{\"person\":\"$yi\",\"scopes\":[\"un\"],\"naming\":\"full\",\"date\":{\"edtf\":\"2012\"}}"
draft 17 special-procedures "$jia" no.txt
add consent "{\"person\":\"$jia\",\"scopes\":[\"un\",\"gov\"],\"naming\":\"full\",\"given_by\":\"lawyer\",\"date\":{\"edtf\":\"2012\"}}"
agreed=$id

# What is there and what is not, and where to write it.
draft 0 special-procedures "$jia" 1.txt
expect_mode 600 1.txt
has 1.txt "Form: Special procedures of the Human Rights Council"
has 1.txt "Name: Jia Heshu (family name: Jia, given name: Heshu)"
has 1.txt "Profession: lawyer"
has 1.txt "Account: (not stated)"
has 1.txt "May the name be told to the government? (to check): yes"
has 1.txt "May the name stand in the public report? (to check): no"
has 1.txt "To be compared with the current OHCHR form"
has 1.txt "Consent used: $agreed, in 2012, given by: a lawyer"
has 1.txt "Urgency: possibly an urgent appeal: our records leave open"
hasnt 1.txt zzhealth
expect_err "the form is not complete: 4 fields that it must have are missing"
expect_err "amparo -v $V new act"
expect_err "person.age person.born: amparo -v $V edit $(printf %.8s "$jia") --set age=..."
draft 1 special-procedures "$jia" 1.txt

# wgeid wants the family's or the person's own.
draft 17 wgeid "$jia" no.txt
expect_err "was not given by the family or the person"
add consent "{\"person\":\"$jia\",\"scopes\":[\"un\"],\"naming\":\"full\",\"given_by\":\"family\",\"date\":{\"edtf\":\"2013\"}}"
agreed=$id

# Acts, places, forces; witnesses and sources are never named, nor other victims.
add act "{\"act\":\"enforced-disappearance\",\"victims\":[\"$jia\",\"$yi\"],\"witnesses\":[\"$yi\"],\"date\":{\"edtf\":\"2011-02-15~/..\",\"text\":\"since mid-February\"},\"places\":[{\"text\":\"7 Example Road\",\"admin\":[\"Exampleshire\"],\"country\":\"CN\"}],\"perpetrators\":[{\"who\":{\"text\":\"men in blue\"},\"kind\":\"police\",\"unit\":\"3rd\",\"vehicle\":\"white van\"}],\"detention\":{\"force\":\"the third\",\"remedies\":[{\"date\":{\"edtf\":\"2011-03\"},\"action\":\"habeas corpus\",\"result\":\"refused\"}]}}"
act=$id
add status "{\"person\":\"$jia\",\"status\":\"missing\",\"date\":{\"edtf\":\"2011-04-26\"},\"last_contact\":{\"edtf\":\"[..2011-02-26]\",\"text\":\"more than two months\"},\"certainty\":\"confirmed\"}"
add status "{\"level\":3,\"readers\":[\"AB\"],\"person\":\"$jia\",\"status\":\"held\",\"place\":{\"text\":\"Zzsecret prison\"}}"
add person '{"names":[{"text":"Zzwitness Zzming"}]}'
saw=$id
add consent "{\"person\":\"$saw\",\"scopes\":[\"un\"],\"naming\":\"full\",\"date\":{\"edtf\":\"2012\"}}"
heard=$id
add testimony "{\"medium\":\"witness-testimony\",\"connection\":\"witness\",\"text\":\"Two men \\u001b[31mcame.\\nThey took him.\",\"translations\":[{\"field\":\"text\",\"lang\":\"fr\",\"text\":\"Deux hommes.\"}],\"source\":{\"ref\":\"$saw\"},\"about\":[\"$jia\"]}"
add testimony "{\"medium\":\"witness-testimony\",\"text\":\"I saw it. Zzunasked\",\"source\":{\"text\":\"Zzneighbour\"},\"about\":[\"$jia\"]}"
unasked=$id
add testimony "{\"medium\":\"victim-testimony\",\"text\":\"Zzuntold\",\"source\":{\"ref\":\"$yi\"},\"about\":[\"$jia\"]}"
expect_status 0 opened edit "$id" --set "source.ref=" --set "source.text=" --yes
expect_status 0 opened edit "$id" --set "level=3" --set "readers=AB" --yes
draft 0 wgeid "$jia" 2.txt --relation "lawyer of the family"
has 2.txt 'since about 15 February 2011 ("since mid-February")'
has 2.txt 'on 26 February 2011 or earlier ("more than two months")'
has 2.txt "(to check): [missing: whereabouts unknown, or incommunicado] on 26 April 2011"
has 2.txt "7 Example Road, Exampleshire, China"
has 2.txt "Who: men in blue; Kind: police; Unit: 3rd; Vehicle: white van"
has 2.txt "Date: in March 2011; Action: habeas corpus; Result: refused"
has 2.txt "Witnesses: confidential, available on request"
has 2.txt "Relation to the disappeared person: lawyer of the family"
has 2.txt "    [statement of a source that is confidential; testimony of a witness] Two men \\x1b[31mcame."
has 2.txt "    They took him."
has 2.txt "Account, translation (fr): Deux hommes."
has 2.txt "Urgency: standard procedure: it did not happen within the three months"
for word in Yuanshan Zzneighbour Zzunasked Zzwitness Zzsecret Zzuntold Zzlane; do
	hasnt 2.txt "$word"
done
expect_no_err "not complete"
expect_err "person.addresses"
expect_err "private, or not for them"
expect_err "its level is too high for them"
grep -q "$(printf %.8s "$unasked")	testimony	no: nobody whom it is about has consented" "$ERR" || fail "unasked, and used"

# In the other working languages; what they lack is said.
draft 0 wgeid "$jia" fr.txt --relation "avocat" --lang fr
has fr.txt "Langue des intitulés : français"
has fr.txt "Aucun locuteur natif n'a encore relu"
has fr.txt "les codes des vocabulaires"
has fr.txt "Témoins: confidentiel, disponible sur demande"
has fr.txt "Récit, traduction (fr): Deux hommes."
expect_err "Adresse"
draft 0 wgeid "$jia" es.txt --relation "abogado" --lang es
has es.txt "Ningún hablante nativo ha revisado"
has es.txt "Testigos: confidencial, disponible a petición"
hasnt es.txt "Witnesses"

# Programs are told the same.
expect_status 0 opened --json --yes submission wgeid "$jia" -o -
expect_json 'd["form"] == "wgeid" and d["complete"] is False and d["consent"] and "DRAFT" in d["draft"] and d["urgent"] == "no"'
expect_json '[m["fields"] for m in d["missing"] if m["must"]] == ["--relation"]'
expect_json '[m["why"] for m in d["missing"] if m["fields"] == "person.addresses"] == ["kept-back"]'
expect_json '{w.get("field") for w in d["withheld"]} == {None, "addresses"}'
expect_status 0 opened --yes submission wgeid "$jia" -o -
expect_out "DRAFT, to copy into today's form"

# A text that names somebody, in a field of the form; and in the relation.
add person '{"names":[{"text":"Bing Hushan"},{"text":"丙湖山"}]}'
for text in 'beside Bing
Hushan' '与丙湖山' 'Hushan Bing'; do
	expect_status 0 opened edit "$act" --set "description=$text" --yes
	draft 17 special-procedures "$jia" no.txt
	expect_err "must not be named; nothing was written"
	expect_err "$(printf %.8s "$act")  description"
done
expect_status 0 opened edit "$act" --set "description=with Hushan" --yes
draft 17 special-procedures "$jia" no.txt
expect_err "--parts-checked"
draft 0 special-procedures "$jia" 3.txt --parts-checked
# What the form does not ask for is no reason to refuse it.
expect_status 0 opened edit "$act" --set "description=Jia Heshu was taken." --set "notes=Bing Hushan told us" --yes
draft 0 special-procedures "$jia" 4.txt
has 4.txt "Jia Heshu was taken."
draft 17 special-procedures "$jia" no.txt --relation "friend of Bing Hushan"
expect_err "--relation"
[ ! -e no.txt ] || fail "it left"

# Kept: exactly what was written, by which consents, what was left out.
draft 0 wgeid "$jia" kept.txt --relation "lawyer of the family" --keep
expect_err "kept: intervention "
expect_err "edit $(sed -n 's/^kept: intervention \(........\).*/\1/p' "$ERR") --set deadline=DATE"
sent=$(sed -n 's/^kept: intervention \([0-9a-z]*\),.*/\1/p' "$ERR")
text=$(sed -n 's/^kept: .* in document \([0-9a-z]*\)$/\1/p' "$ERR")
expect_status 0 opened show "$sent" --raw
python3 - "$OUT" "$jia" "$agreed" "$text" "$heard" <<'PY' || { cat "$OUT"; fail "not kept as it should be"; }
import json, sys
d = json.load(open(sys.argv[1])); jia, agreed, text, heard = sys.argv[2:]
assert d["kind"] == "petition" and d["mechanism"] == d["form"] == "wgeid", d
assert d["persons"] == [jia] and d["consents_used"] == [agreed, heard] and d["sent_text"] == text, d
assert d["to"] == [{"text": "Working Group on Enforced or Involuntary Disappearances"}], d
assert d["by"] == {"text": "Scenario"} and d["state"] == "1" and len(d["date"]["edtf"]) == 10, d
left = d["withheld"]
assert "person %s, addresses: private" % jia[:8] in left, left
assert len([w for w in left if w.endswith(": level")]) == 2 and len(left) == len(set(left)), left
assert not any("Zz" in w for w in left), left
PY
expect_status 0 opened show "$text" --raw
expect_json 'd["size"] == '"$(wc -c <kept.txt)"' and d["sha256"] == "'"$(sha256sum kept.txt | cut -c1-64)"'" and d["media_type"] == "text/plain"'
name=$(sed -n 's/.*"original_name":"\([^"]*\)".*/\1/p' "$OUT")
expect_status 0 opened extract "$text" "$name" -o again.txt
cmp kept.txt again.txt || fail "not the bytes that were written"
expect_status 0 opened edit "$sent" --yes --set deadline=2031-01-31 --set "ref_no=WG 7" --set "responses[0].code=asks-more" --set "responses[0].text=They ask for more." --set "responses[0].date=2031-01-02"
expect_status 0 opened may "$jia" --audience un
expect_out "$(printf %.8s "$sent")"
expect_status 0 opened --json --yes submission wgeid "$jia" -o - --keep
expect_json 'len(d["intervention"]) == 26 and len(d["document"]) == 26'
# Nothing is kept of what was not written.
expect_status 0 opened list type:intervention
before=$(wc -l <"$OUT")
draft 17 special-procedures "$jia" no.txt --keep --relation "friend of Bing Hushan"
draft 1 wgeid "$jia" kept.txt --keep
expect_status 0 opened list type:intervention
[ "$(wc -l <"$OUT")" = "$before" ] || fail "kept what did not leave"

# The passphrase again; and it is logged.
expect_status 12 "$AMPARO" -v "$V" --yes --passphrase-file case.json submission wgeid "$jia" -o no.txt
expect_status 0 opened log
expect_out ',"form":"wgeid","records":["'"$jia"'"'
expect_out '{"audience":"un","consents":["'
expect_status 0 opened may "$jia" --audience un
expect_out "export-plain"

# By initials: the form wants a name, and is told that there is none.
add consent "{\"person\":\"$jia\",\"scopes\":[\"un\"],\"naming\":\"initials\",\"given_by\":\"self\",\"date\":{\"edtf\":\"2014\"}}"
draft 17 wgeid "$jia" no.txt
expect_err "$(printf %.8s "$act")  description"
expect_status 0 opened edit "$act" --set "description=He was taken." --yes
draft 0 wgeid "$jia" 5.txt
has 5.txt "Name: J. H."
hasnt 5.txt Heshu
expect_err "the consent does not allow the whole name"

# Withdrawn.
add consent "{\"person\":\"$jia\",\"scopes\":[\"store\"],\"naming\":\"none\",\"date\":{\"edtf\":\"2015\"}}"
draft 17 special-procedures "$jia" no.txt

# The published statement: a draft that says how much is missing.
V=$PWD/demo
vault "$V"
keep() { # NAME TYPE JSON
	printf '%s' "$3" >keep.json
	expect_status 0 opened add "$2" keep.json
	eval "$1=\$(the_id)"
}
. "$TESTS/../fixtures/press-release.sh"
draft 0 sr-torture "$P3" jin.txt
has jin.txt "Full name: 金光鸿 (family name: 金, given name: 光鸿)"
has jin.txt "[statement of the person; testimony of a victim; on 26 April 2011 or earlier] has stated that he was tortured and drugged during that time"
has jin.txt "it happened more than two years ago"
has jin.txt "Nationality: (not stated)"
expect_err "the form is not complete: 7 fields that it must have are missing"
expect_err "person.nationalities: amparo -v $V edit $(printf %.8s "$P3") --set nationalities=..."
expect_err "act.torture.doctor: amparo -v $V edit"
# Nobody could ask the family: their own form wants them to be asked.
draft 17 wgeid "$P1" no.txt
draft 0 wgad "$P1" teng.txt
has teng.txt "Name: 腾彪"
