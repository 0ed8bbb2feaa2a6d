# A version from the future wins no order over one that can be right.
vault
expect_status 0 opened office --card own.card
expect_mode 600 own.card
MAKE=$(dirname "$AMPARO")/tests/make_vault
[ -x "$MAKE" ] || skip "no make_vault"
mkdir odd
printf 'dusk\n' > dusk
odd() { "$AMPARO" -v odd/v --passphrase-file dusk "$@"; }
late=$("$MAKE" --at 4102444800 odd)
expect_status 0 odd list
expect_out "2100-01-01"
printf '{"title":"Written now"}' > now.json
expect_status 0 odd add case now.json
now=$(grep -o '[0-9a-z]\{26\}' "$OUT" | tail -n 1)
expect_status 0 odd --json list
expect_json '[x["id"] for x in d] == ["'"$now"'", "'"$late"'"]'
expect_status 0 odd show "$late"
expect_err "the clock of "
expect_err "seems wrong"
expect_err "2100-01-01"
expect_status 0 odd show "$now"
expect_no_err "clock"
# Over the next version of the same record neither.
expect_status 0 odd edit "$late" --set "title=Again" --yes
expect_status 0 odd --json show "$late"
expect_json 'd["time"] < "2100"'
expect_status 0 odd --json list
expect_json 'all(x["time"] < "2100" for x in d)'

# In a bundle: said before it comes, and after.
expect_status 0 odd office --name Odd
expect_status 0 odd office --card odd.card
expect_status 0 odd contact add own.card
expect_status 0 opened contact add odd.card
expect_status 0 odd --yes export type:case --to Scenario -o 1.age
expect_status 0 opened inspect 1.age
expect_err "the clock of Odd seems wrong: a version is dated 2100-01-01"
expect_status 0 opened import 1.age
expect_err "the clock of Odd seems wrong: a version is dated 2100-01-01"
expect_status 0 opened --json inspect 1.age
expect_json '[x["wrong_clock"] for x in d["list"] if "wrong_clock" in x] == ["Odd"]'
