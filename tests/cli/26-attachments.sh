# Files in and out: whole or not at all, nothing overwritten, no path from
# inside the vault.
vault
echo '{"title":"Case"}' | opened add case > id 2> /dev/null
ID=$(cat id)
head -c 3145728 /dev/urandom > "照片.bin"
expect_status 0 opened attach "$ID" "照片.bin"
expect_err "original is still at"
expect_status 0 opened show "$ID"
expect_out "照片.bin"
expect_out "3.0 MiB"
mkdir out
cd out
expect_status 0 opened extract "$ID" "照片.bin"
expect_same "照片.bin" "../照片.bin"
expect_mode 600 "照片.bin"
[ "$(ls)" = "照片.bin" ] || fail "something else was left: $(ls)"
# Nothing is overwritten, whatever lies there.
expect_status 1 opened extract "$ID" "照片.bin"
ln -s /nowhere link
expect_status 1 opened extract "$ID" "照片.bin" -o link
[ -L link ] || fail "the link is gone"
echo mine > other.part
expect_status 1 opened extract "$ID" "照片.bin" -o other
[ "$(cat other.part)" = mine ] || fail "other.part was changed"
ln -sf /nowhere third.part
expect_status 1 opened extract "$ID" "照片.bin" -o third
expect_status 15 opened extract "$ID" absent -o fourth
[ ! -e fourth ] && [ ! -e fourth.part ] || fail "fourth was left"
expect_status 1 opened extract "$ID" "照片.bin" -o no/such/folder
cd ..
# Names that are no names for files: not from us, and not used if they come
# from others.
echo text > t
ESC=$(printf 'a\033b') C1=$(printf 'a\302\233b') LINE=$(printf 'a\nb  3.0 MiB  c')
RLO=$(printf 'photo\342\200\256gpj.exe') RLI=$(printf '\342\201\247x')
long=$(printf '%0256d' 0)
for name in .. . ../evil /etc/evil a/b "$ESC" "$C1" "$LINE" "$RLO" "$RLI" \
    "$long" "" "$(printf 'a\377')"; do
	expect_status 2 opened attach "$ID" t --name "$name"
	expect_err "cannot be a name"
	expect_err "--name NAME"
done
cp t "$RLO"
expect_status 2 opened attach "$ID" "$RLO"
expect_status 0 opened attach "$ID" "$RLO" --name photo.exe
# A joiner that Persian needs is no fault.
expect_status 0 opened attach "$ID" t --name "$(printf '\331\205\333\214\342\200\214\330\256')"
expect_status 1 opened attach "$ID" t --name photo.exe
expect_err "already"
MAKE=$(dirname "$AMPARO")/tests/make_vault
if [ -x "$MAKE" ]; then
	mkdir odd
	printf 'dusk\n' > dusk
	odd=$("$MAKE" --names odd .. . ../evil "$ESC" "$C1" "$LINE" "$RLO")
	odd() { "$AMPARO" -v odd/v --passphrase-file dusk "$@"; }
	for name in .. . ../evil "$ESC" "$C1" "$LINE" "$RLO"; do
		expect_status 2 odd extract "$odd" "$name"
		expect_err "-o FILE"
		rm -f got
		expect_status 0 odd extract "$odd" "$name" -o got
		[ "$(cat got)" = "$name" ] || fail "not what is called $name"
	done
	expect_status 0 odd show "$odd"
	$CRAFT unsafe "$OUT" || fail "show"
	[ "$(grep -c '[0-9] B ' "$OUT")" = 7 ] || { cat "$OUT"; fail "lines of names"; }
	expect_out 'a\x0ab  3.0 MiB  c'
	expect_out 'photo\u{202e}gpj.exe'
	# What is printed can be typed.
	expect_status 0 odd extract "$odd" 'photo\u{202e}gpj.exe' -o typed
	[ "$(cat typed)" = "$RLO" ] || fail "typed"
else
	skip_part "no make_vault"
fi
expect_status 0 opened show "$ID"
$CRAFT unsafe "$OUT" || fail "show"
# What is no file.
mkfifo fifo
expect_status 2 timeout 5 "$AMPARO" -v "$V" --passphrase-file "$PASS" attach "$ID" fifo
expect_err "FIFO"
expect_status 2 opened attach "$ID" out
expect_err "folder"
expect_status 1 opened attach "$ID" absent
expect_status 2 opened attach "$ID" /dev/null
: > empty
expect_status 0 opened attach "$ID" empty
expect_status 0 opened extract "$ID" empty -o empty2
expect_same empty empty2
expect_status 0 opened --json show "$ID"
expect_json 'sorted(a["size"] for a in d["attachments"])[-1] == 3145728 and all(a["here"] for a in d["attachments"])'
# A photo that says when, where and by what it was taken.
/usr/bin/python3 - <<'X'
import struct
def entry(tag, kind, count, value):
    return struct.pack("<HHI", tag, kind, count) + value
def long(n):
    return struct.pack("<I", n)
gps = struct.pack("<H", 1) + entry(2, 5, 3, long(0)) + long(0)
exif_at = 8 + 2 + 12 * 3 + 4
gps_at = exif_at + 2 + 12 + 4
text_at = gps_at + len(gps)
model, taken = b"Telefon 5\0", b"2011:02:19 21:30:05\0"
tiff = b"II*\0" + long(8) + struct.pack("<H", 3)
tiff += entry(0x110, 2, len(model), long(text_at))
tiff += entry(0x8769, 4, 1, long(exif_at))
tiff += entry(0x8825, 4, 1, long(gps_at)) + long(0)
tiff += struct.pack("<H", 1)
tiff += entry(0x9003, 2, len(taken), long(text_at + len(model))) + long(0)
tiff += gps + model + taken
app1 = b"Exif\0\0" + tiff
jpeg = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(app1) + 2) + app1
open("p.jpg", "wb").write(jpeg + b"\xff\xda\0\2" + b"x" * 100 + b"\xff\xd9")
X
expect_status 0 opened attach "$ID" p.jpg
expect_err "says where"
expect_err "2011:02:19 21:30:05"
expect_err "Telefon 5"
expect_clean

# What is wrong with a folder is that it is one, whatever its name.
expect_status 2 opened attach anything /
expect_err "/ is a folder"
