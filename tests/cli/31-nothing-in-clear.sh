# SPDX-License-Identifier: ISC
# What is written, whatever it is: nothing of it stands in clear in any file
# that the program leaves, in no form that is easily made.
CANARIES="canarytitle canaryname canarytext canaryfield canaryfile canarybytes
canaryoffice canarypass canarylock canarycontact 金絲雀鳥兒"
cat > scan.py <<'P'
import base64, os, sys
forms = {}
for word in sys.argv[2:]:
    raw = word.encode()
    for name, text in (("raw", raw), ("upper", word.upper().encode()),
            ("reversed", raw[::-1]), ("hex", raw.hex().encode()),
            ("utf-16", word.encode("utf-16-le")),
            ("utf-32", word.encode("utf-32-le")),
            ("base64", base64.b64encode(raw)[:12]),
            ("base64+1", base64.b64encode(b"x" + raw)[4:12]),
            ("base64+2", base64.b64encode(b"xy" + raw)[4:12])):
        forms[word + ", " + name] = text
found = 0
for top, _, files in os.walk(sys.argv[1]):
    for file in files:
        path = os.path.join(top, file)
        if not os.path.isfile(path):
            continue
        data = open(path, "rb").read() + path.encode()
        for name, text in forms.items():
            if text in data:
                found += 1
                print("%s in %s" % (name, path))
sys.exit(found > 0)
P
scan()
{
	/usr/bin/python3 scan.py "$1" $CANARIES
}
echo "canarypass one two three" > "$PASS"
expect_status 0 "$AMPARO" -v "$V" --yes --passphrase-file "$PASS" init --office canaryoffice
echo "canarypass number two" > second
expect_status 0 opened passphrase add canarylock --new-passphrase-file second
expect_status 0 opened unlock
printf '{"title":"canarytitle","summary":"canarytext 金絲雀鳥兒"}' | expect_status 0 amparo add case
id=$(head -n 1 "$OUT")
printf '{"names":[{"text":"canaryname"}],"description":"canaryfield","private_fields":["description"]}' |
	expect_status 0 amparo add person
expect_status 0 amparo edit "$id" --set "title=canarytitle again" --yes
echo canarybytes > canaryfile
expect_status 0 amparo attach "$id" canaryfile
expect_status 0 "$AMPARO" -v "$PWD/other" --yes --passphrase-file second init --office canarycontact
expect_status 0 "$AMPARO" -v "$PWD/other" --passphrase-file second office --card card
expect_status 0 amparo contact add card
expect_status 0 amparo find canarytext
expect_out "canarytitle"
expect_status 0 amparo show "$id"
expect_out "canarytext"

# The scanner finds what there is to be found.
mkdir shown
cp "$OUT" shown/out
if scan shown > found; then
	fail "the scanner finds nothing"
fi
printf 'canaryname' | base64 > shown/out
if scan shown > found; then
	fail "the scanner finds no base64"
fi

# Unlocked, locked, copied, restored.
mkdir left
all()
{
	scan "$V" && scan "$HOME" && scan "$XDG_RUNTIME_DIR" || fail "in clear, $1"
}
all unlocked
expect_status 0 amparo backup left/backup
expect_status 0 opened passphrase remove canarylock
expect_status 0 amparo lock
all locked
expect_status 0 "$AMPARO" -v "$PWD/left/restored" --passphrase-file "$PASS" restore left/backup
expect_status 0 "$AMPARO" -v "$PWD/left/restored" --passphrase-file "$PASS" --yes contact verify canarycontact
expect_status 0 "$AMPARO" -v "$PWD/left/restored" --passphrase-file "$PASS" --yes \
    export type:case --to canarycontact --include "$id" -o left/bundle.age
scan left || fail "in clear, in a copy or a bundle"
