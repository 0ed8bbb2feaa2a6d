# SPDX-License-Identifier: ISC
# Wrong usage is 2 and names what would be right; nothing is done.
vault
expect_status 2 amparo help unlok
expect_no_out
expect_err "hint: did you mean 'unlock'?"
expect_status 2 amparo help unlock lock
expect_status 0 amparo help unlock
expect_status 2 amparo unlok
expect_err "no command 'unlok'"
expect_err "hint: did you mean 'unlock'?"
expect_status 2 amparo lokc
expect_err "did you mean 'lock'?"
expect_status 2 amparo chek
expect_err "did you mean 'check'?"
expect_status 2 amparo something-else
expect_err "hint: 'amparo help'"
expect_no_err "did you mean"
expect_status 2 amparo "$(printf 'x\033[2Jy')"
$CRAFT unsafe "$ERR" || fail "an escape reached the terminal"
for words in "check now" "info x" "lock x" "log x" "unlock x" "passphrase" \
    "passphrase add" "passphrase remove" "passphrase list x" \
    "passphrase remove x --unknown" "passphrase add --unknown" \
    "passphrase other" "init x" "unlock --fro 1m" "lock --al" "check --quick"
do
	expect_status 2 opened $words
	expect_no_out
	expect_err "amparo: "
done
# Which option is wrong, and why.
expect_status 2 opened list --nope
expect_err "amparo: no option '--nope'"
expect_err "hint: usage: amparo list"
for command in $("$AMPARO" --json help | sed -n 's/.*"command": "\(.*\)".*/\1/p' | grep -v help); do
	expect_status 2 opened "$command" --nonsense
	expect_err "amparo: no option '--nonsense'"
	expect_err "hint: usage: amparo $command"
done
# Which one may be meant, also of those that stand there more than once.
while IFS="|" read -r command meant; do
	expect_status 2 opened $command
	expect_err "'; did you mean '$meant'?"
done << 'END'
export --inclde|--include
export --plain json --audiense=media|--audience
export --with-source|--with-sources
redact x --takeout|--take-out
edit x --sett|--set
unlock --fro|--for
END
expect_status 2 opened export --to
expect_err "the option '--to' lacks its value"
expect_status 2 opened list --nope=Name
expect_no_err Name
expect_status 2 amparo info -v x
expect_err "amparo: the option '-v' belongs before the command"
expect_status 2 opened list --limit
expect_err "amparo: the option '--limit' lacks its value"
expect_status 2 opened --json list --nope
expect_json_error usage 2
for time in 0 0s 10x -1 1d 8h30m "" 999999999999999999999 99999h " 5m" 1e3; do
	expect_status 2 opened unlock --for "$time"
	expect_err "is not a time"
	expect_status 2 opened unlock --at-most "$time"
done
expect_status 2 "$AMPARO" --nonsense info
expect_status 2 "$AMPARO" -v
# An empty place, of a variable that was never set, is not the usual place.
mkdir -p "$HOME/.local/share"
cp -r "$V" "$HOME/.local/share/amparo"
for option in -v --vault --keys; do
	expect_status 2 "$AMPARO" "$option" "" --passphrase-file "$PASS" info
	expect_no_out
	expect_err "lacks its value"
	expect_status 2 "$AMPARO" "$option=" --passphrase-file "$PASS" info
done
expect_status 0 "$AMPARO" --passphrase-file "$PASS" info
# A question that nobody can be asked says how to answer it.
expect_status 1 amparo wipe
expect_err "there is no terminal to ask on"
expect_err "hint: --yes goes on without asking"
[ -e "$V/cells.db" ] || fail "wiped without an answer"
expect_status 1 amparo --json wipe
$CRAFT json "$ERR" 'd["hint"].startswith("--yes")' || fail "no hint in JSON"
expect_status 2 "$AMPARO" --passphrase-fd x -v "$V" check
expect_status 2 "$AMPARO" --passphrase-fd -1 -v "$V" check
expect_status 2 "$AMPARO" --progress colours -v "$V" check
expect_status 0 amparo lock
expect_out "nothing was unlocked"

expect_status 0 "$AMPARO" help
expect_out "amparo init"
expect_out "12  wrong passphrase"
expect_no_err
cp "$OUT" help
awk 'length($0) > 80 { exit 1 }' help || fail "the help is wider than 80"
expect_status 0 "$AMPARO" --help
expect_same help "$OUT"
expect_status 0 "$AMPARO"
expect_status 0 "$AMPARO" --version
expect_out "amparo 0."
expect_out "format 1"
expect_out "SQLite"
for command in $(sed -n '/COMMAND \.\.\./,/^$/s/^  \([a-z]*\) .*/\1/p' help); do
	expect_status 0 "$AMPARO" "$command" --help
	expect_out "amparo $command"
	expect_no_err
	awk '{ if (length($0) > 80) { print; wide = 1 } } END { exit wide }' \
	    "$OUT" || fail "wider than 80 columns: help $command"
	cp "$OUT" one
	expect_status 0 "$AMPARO" help "$command"
	expect_same one "$OUT"
	echo "$command" >> commands
done
[ "$(wc -l < commands)" -ge 8 ] || fail "the help names too few commands"
