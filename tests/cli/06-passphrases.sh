# SPDX-License-Identifier: ISC
# Who can open the vault: add, change, remove, list, and their refusals.
vault
for i in 2 3 4 5 6 7 8 9; do
	echo "passphrase number $i" > p$i
done
expect_status 0 opened passphrase add paper --new-passphrase-file p2
expect_out "passphrase 'paper' added"
expect_status 0 amparo --passphrase-file p2 check
expect_status 1 opened passphrase add paper --new-passphrase-file p3
expect_err "a passphrase 'paper' already"
expect_status 12 amparo --passphrase-file p3 check
expect_status 1 opened passphrase add same --new-passphrase-file p2
expect_err "opens this vault already"
expect_status 2 opened passphrase add "" --new-passphrase-file p3
expect_err "1 to 100 bytes"
for verb in "add other" "change paper"; do
	expect_status 2 opened passphrase $verb --words klingon --new-passphrase-file p3
	expect_err "hint: the lists are en, es, pinyin"
done
expect_status 12 amparo --passphrase-file p3 check
long=$(head -c 101 /dev/zero | tr '\0' n)
expect_status 2 opened passphrase add "$long" --new-passphrase-file p3
expect_status 2 opened passphrase add "$(printf 'a\377b')" --new-passphrase-file p3
for i in 3 4 5 6 7 8; do
	expect_status 0 opened passphrase add "n$i" --new-passphrase-file p$i
done
expect_status 1 opened passphrase add n9 --new-passphrase-file p9
expect_err "all eight places"
expect_status 0 opened passphrase list
[ "$(wc -l < "$OUT")" = 9 ] || fail "not eight names and a head"
expect_status 0 amparo --passphrase-file p8 check

# Changed: the new one opens, the old one does not.
expect_status 0 opened passphrase change paper --new-passphrase-file p9
expect_out "passphrase 'paper' changed"
expect_out "a copy of the vault made earlier still opens"
expect_status 0 amparo --passphrase-file p9 check
expect_status 12 amparo --passphrase-file p2 check
expect_status 15 opened passphrase change nobody --new-passphrase-file p2
expect_err "no passphrase 'nobody'"
# Without a name it is the one that was typed.
expect_status 0 amparo --passphrase-file p3 passphrase change --new-passphrase-file p2
expect_out "passphrase 'n3' changed"
expect_status 0 amparo --passphrase-file p2 check

expect_status 0 opened passphrase remove n3
expect_out "may have kept a copy"
expect_status 12 amparo --passphrase-file p2 check
expect_status 15 opened passphrase remove n3
for i in 4 5 6 7 8; do
	expect_status 0 opened passphrase remove "n$i"
done
expect_status 0 opened passphrase remove paper
expect_status 1 opened passphrase remove mine
expect_err "the last passphrase"
expect_status 0 opened passphrase remove --unknown
expect_out "every place that this vault does not know is closed"
expect_clean
# While unlocked a change asks all the same: there is no terminal here.
expect_status 0 opened unlock
expect_status 2 amparo passphrase add x --new-passphrase-file p2
expect_status 2 amparo passphrase remove mine
expect_status 0 amparo passphrase list
# A name from a hostile hand reaches no terminal as it is.
bad=$(printf 'a\033[2J\302\233b\342\200\256c')
expect_status 0 opened passphrase add "$bad" --new-passphrase-file p2
$CRAFT unsafe "$OUT" || fail "stdout"
expect_status 0 amparo passphrase list
$CRAFT unsafe "$OUT" || fail "list"
expect_status 1 opened passphrase add "$bad" --new-passphrase-file p3
$CRAFT unsafe "$ERR" || fail "stderr"
expect_status 0 amparo --json passphrase list
expect_json 'any("\x1b" in p["name"] for p in d)'
$CRAFT unsafe "$OUT" || fail "JSON"
expect_status 0 amparo lock
