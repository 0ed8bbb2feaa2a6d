# SPDX-License-Identifier: ISC
# --json: one document on stdout; an error is one on stderr.
expect_status 0 "$AMPARO" -v "$V" --json --yes --passphrase-file "$PASS" init --office "维权 \"x\""
expect_json 'd["vault"].endswith("/vault") and d["office"] == "维权 \"x\"" and len(d["digits"].split()) == 12 and d["fingerprint"] == d["digits"] and d["passphrases"] == 1'
expect_no_err
expect_status 0 amparo --json info
expect_json 'd["unlocked"] is False'
expect_status 0 opened --json unlock --for 10m
expect_json 'd["unlocked"] is True and d["idle"] == 600 and d["at_most"] == 28800 and d["change"] >= 1 and d["last_change"].endswith("Z")'
expect_status 0 amparo info --json
expect_json 'd["unlocked"] is True and d["passphrases"] == 1 and d["read_only"] is False and d["bytes"] > 4096'
expect_status 0 amparo --json check
expect_json 'd == {"clean": True, "found": []}'
expect_no_err
expect_status 0 amparo --json log
expect_json 'd[0]["seq"] == 1 and d[0]["what"] == "init"'
expect_status 0 amparo --json passphrase list
expect_json 'len(d) == 1 and d[0]["name"] == "mine"'
echo two > two
echo three > three
expect_status 0 opened --json passphrase add two --new-passphrase-file two
expect_status 0 opened --json passphrase change two --new-passphrase-file three
expect_status 0 opened --json passphrase remove two
expect_status 0 opened --json passphrase remove --unknown
expect_status 0 amparo --json lock
expect_json 'd == {"locked": 1, "stuck": 0}'
for locale in C tr_TR.UTF-8 ar_EG.UTF-8 xx_YY; do
	expect_status 0 env LC_ALL=$locale "$AMPARO" -v "$V" --json \
	    --passphrase-file "$PASS" info
	expect_json 'd["office"] == "维权 \"x\""'
done
# Errors.
error()
{
	want=$1 word=$2
	shift 2
	expect_status "$want" "$@"
	expect_json_error "$word" "$want"
	expect_no_out
}
error 2 usage amparo --json unlok
error 2 usage amparo --json check x
error 2 usage amparo --json unlock
error 2 usage opened --json unlock --for x
error 2 usage "$AMPARO" --json --nonsense
error 12 wrong-passphrase amparo --json --passphrase-file two unlock
error 1 failed amparo --json --passphrase-file absent unlock
error 1 failed opened --json --yes init
error 15 no-record opened --json passphrase remove nobody
V=$PWD/absent
error 10 no-vault amparo --json info
V=$PWD/vault
cp -r "$V" kept
$CRAFT cell "$V/cells.db" 2
got=0
opened --json check > "$OUT" 2> "$ERR" || got=$?
[ $got = 13 ] || fail "status $got"
expect_json_error damaged 13
rm -rf "$V"
cp -r kept "$V"
sqlite3 "$V/cells.db" 'INSERT INTO cell SELECT 99, body FROM cell WHERE n=1'
expect_status 13 opened --json check
expect_json 'd["clean"] is False and {"what": "foreign", "n": 99} in d["found"]'
expect_json_error damaged 13
rm -rf "$V"
cp -r kept "$V"
$CRAFT header "$V/keys" format=2
error 21 newer opened --json unlock
error 21 newer amparo --json info
head -c 100 kept/keys > "$V/keys"
error 13 damaged opened --json unlock

# The program itself.
expect_status 0 amparo --json --version
expect_json 'd["amparo"][0] == "0" and d["format"] == 1 and d["json"] == 1 and d["libsodium"].count(".") == 2 and d["sqlite"][0] == "3"'
expect_status 0 amparo --version --json
expect_json 'd["format"] == 1'
expect_status 0 amparo --json help
expect_json '"lock" in [c["command"] for c in d] and all(c["does"] and c["usage"] for c in d)'
expect_status 0 amparo --json help lock
expect_json 'd["command"] == "lock" and "--all" in d["usage"]'
expect_status 0 amparo lock --help --json
expect_json 'd["command"] == "lock"'
