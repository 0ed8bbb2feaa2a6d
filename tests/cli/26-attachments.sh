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
# Names that are no names for files.
echo text > t
for name in .. . ../evil /etc/evil a/b "$(printf 'a\033b')" \
    "$(printf 'a\302\233b')"; do
	expect_status 0 opened attach "$ID" t --name "$name"
	expect_status 2 opened extract "$ID" "$name"
	expect_err "-o FILE"
done
expect_status 0 opened extract "$ID" ../evil -o good
expect_same good t
expect_status 1 opened attach "$ID" t --name ../evil
expect_err "already"
expect_status 2 opened attach "$ID" t --name ""
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
