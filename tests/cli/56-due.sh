# Dates that have come: reviews, deadlines, consents that end.
vault
expect_status 0 opened unlock
! grep -q "has come\|have come" "$OUT" || fail "something is due in an empty vault"
say() { "$AMPARO" -v "$V" "$@"; }
json() { # TYPE: keep standard input, print the id
	say add "$1" 2>/dev/null || fail "not kept: $1"
}
day() { date -u -d "$1" +%Y-%m-%d; }
expect_status 0 say due
expect_out "nothing is due within 30 days"

C=$(printf '{"title":"Old case","review":{"edtf":"2020"}}' | json case)
printf '{"title":"Far off","review":{"edtf":"%s"}}' "$(day '+400 days')" | json case >/dev/null
printf '{"title":"In words","review":{"text":"when the trial is over"}}' | json case >/dev/null
P=$(echo '{"names":[{"text":"Teng Biao"}]}' | json person)
appeal() { # REQUEST DEADLINE REST
	printf '{"form":"%s","deadline":{"edtf":"%s"}%s}' "$1" "$2" "${3:-}" | json intervention
}
I=$(appeal late "$(day '-3 days')")
appeal soon "$(day '+20 days')" >/dev/null
appeal later "$(day '+40 days')" >/dev/null
appeal answered 2021-01-01 ',"responses":[{"code":"token"}]' >/dev/null
appeal closed 2021-01-02 ',"state":"7"' >/dev/null
consent() { # DATE EXPIRES [REST]
	printf '{"person":"%s","scopes":["partner"],"naming":"full","date":{"edtf":"%s"},"expires":{"edtf":"%s"}%s}' \
	    "$P" "$1" "$2" "${3:-}" | json consent
}
E=$(consent 2019-01-01 2022-05)

# By day; what is over first, and marked.
expect_status 0 say due
[ "$(wc -l < "$OUT")" = 4 ] || fail "not four dates"
cut -f 1-4 "$OUT" > rows
{
	printf '2020\toverdue\treview\t%.8s\n' "$C"
	printf '2022-05\toverdue\tconsent ends\t%.8s\n' "$E"
	printf '%s\toverdue\tdeadline\t%.8s\n' "$(day '-3 days')" "$I"
	printf '%s\t\tdeadline\n' "$(day '+20 days')"
} > expected
sed '4s/\t[^\t]*$//' rows > seen
expect_same expected seen 2>/dev/null || { cat rows; fail "other rows"; }
expect_err "hint: need it no longer be kept? 'amparo -v $V forget $(printf %.8s "$C")' asks"
expect_status 0 say due --within 45
[ "$(wc -l < "$OUT")" = 5 ] || fail "not five dates"
expect_status 0 say due --within 500
expect_out "Far off"
expect_status 0 say --json due --within 0
expect_json '[(r["field"], r["overdue"]) for r in d] == [("review", True), ("expires", True), ("deadline", True)] and d[0]["day"] == "2020-01-01" and d[0]["title"] == "Old case"'
expect_status 2 say due --within soon
expect_status 2 say due now
expect_status 0 opened unlock
expect_out "3 dates have come"

# A consent that was renewed, or withdrawn, ends without a word.
N=$(consent 2022-01-01 2023-05)
expect_status 0 say due
expect_out "2023-05	overdue	consent ends	$(printf %.8s "$N")"
! grep -q "^2022-05" "$OUT" || fail "a consent that was renewed is due"
printf '{"person":"%s","scopes":["store"],"naming":"none","date":{"edtf":"2021"},"withdraws":"%s"}' \
    "$P" "$N" | json consent >/dev/null
expect_status 0 say due
! grep -q "^2023-05" "$OUT" || fail "a consent that was withdrawn is due"

# What was answered, put off or forgotten is due no more.
expect_status 0 say edit "$I" --set state=7 --yes
expect_status 0 say edit "$C" --set "review=$(day '+100 days')" --yes
expect_status 0 say due --within 0
expect_out "nothing is due within 0 days"
F=$(printf '{"title":"Kept too long","review":{"edtf":"2019"}}' | json case)
expect_status 0 say due
expect_out "Kept too long"
expect_status 0 say forget "$F" --yes
expect_status 0 say due --within 1
expect_out "nothing is due within 1 day"
expect_status 0 opened reindex
expect_status 0 say due --within 120
expect_out "Old case"
expect_clean
