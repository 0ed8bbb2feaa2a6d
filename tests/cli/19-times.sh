# SPDX-License-Identifier: ISC
# It locks by itself: after quiet, and at the latest after the whole time.
vault
is_locked()
{
	"$AMPARO" -v "$V" info > "$OUT" 2>&1
	grep -q '^locked$' "$OUT"
}
expect_status 0 opened unlock --for 1s --at-most 1h
expect_out "unlocked for 1 s of quiet, 60 min at most"
sleep 1.3
is_locked || fail "open after the time of quiet"
[ -z "$(find "$XDG_RUNTIME_DIR" -type s)" ] || fail "a socket is left"
# Work counts as activity, up to the whole time.
expect_status 0 opened unlock --for 1s --at-most 3s
for i in 1 2 3; do
	sleep 0.6
	expect_status 0 amparo check
done
sleep 1.4
is_locked || fail "open after the whole time"
# Half-way through the quiet it is open.
expect_status 0 opened unlock --for 30s
sleep 0.2
expect_status 0 amparo check
expect_status 0 amparo lock
