# A bundle that nobody signs: said when it is made, and where it comes in.
offices A B

expect_status 0 in_a office --card a.card
expect_status 0 in_b office --card b.card
expect_status 0 in_a contact add b.card
expect_status 0 in_b contact add a.card
expect_status 0 in_b contact verify "Office A" --yes
printf '{"names":[{"text":"Teng Biao"}],"level":1}' > teng.json
expect_status 0 in_a add person teng.json
agree in_a
expect_status 1 in_a export teng --to "Office B" --unsigned -o u.age
expect_err "nobody can prove who packed it"
expect_status 0 in_a --yes export teng --to "Office B" --unsigned -o u.age
expect_err "still signed by the office that wrote it"
expect_status 0 in_a --json --yes export teng --to "Office B" --unsigned -o v.age
expect_json 'd["signed"] is False'
expect_status 0 in_a log
expect_out '"unsigned":true'

expect_status 0 in_b inspect u.age
expect_err "it is not signed"
expect_status 0 in_b --json inspect u.age
expect_json 'not d["signed"] and not d["sender_known"] and not d["sender_compared"] and d["sender"] == "" and d["number"] == 1'
expect_status 17 in_b --yes import u.age
expect_err "no contact has signed it"
expect_err "--anyway"
expect_status 1 in_b import u.age --anyway
expect_status 0 in_b --yes import u.age --anyway
expect_status 0 in_b --yes import u.age
expect_out "already imported"
expect_status 0 in_b --json --yes import v.age --anyway
expect_json 'd["seen"] == "next" and d["new_records"] == 0'

# It took no number of those that are signed.
expect_status 0 in_a --json --yes export teng --to "Office B" -o s.age
expect_json 'd["signed"] is True'
expect_status 0 in_b --json import s.age
expect_json 'd["number"] == 1 and d["signed"] and d["sender_compared"]'

# By hand, with stock tools.
if command -v age > /dev/null; then
	expect_status 0 in_b office secret-key -o key.txt
	mkdir in
	age -d -i key.txt -o in/bundle.tar u.age
	(cd in && tar -xf bundle.tar --no-same-owner &&
	    sha256sum -c --strict MANIFEST) > /dev/null || fail "by hand"
	[ ! -e in/MANIFEST.minisig ] || fail "there is a signature"
	grep -q '^# sender unsigned$' in/MANIFEST || fail "it has a sender"
	grep -q 'NOT SIGNED' in/README.txt || fail "README does not say it"
else
	skip_part "no age"
fi
for v in "$A" "$B"; do
	V=$v
	expect_clean
done
