# SPDX-License-Identifier: ISC
# Where a passphrase may come from, and what is one.
vault
try()
{
	expect_status "$1" amparo --passphrase-file "$2" check
}
printf 'dusk and dawn' > bare;         try 0 bare
printf 'dusk and dawn\r\n' > crlf;     try 0 crlf
printf 'dusk and dawn\n\n' > two;      try 12 two
printf 'dusk and dawn\n#x\n' > lines;  try 12 lines
printf 'dusk and dawn\0\n' > nul;      try 2 nul
expect_err "not valid UTF-8"
printf 'dusk \377 dawn\n' > invalid;   try 2 invalid
expect_err "not valid UTF-8"
printf '\300\257\n' > overlong;        try 2 overlong
printf '\355\240\200\n' > surrogate;   try 2 surrogate

mkfifo fifo
cat "$PASS" > fifo &
try 0 fifo
expect_status 0 amparo --passphrase-fd 5 check 5< "$PASS"
expect_status 1 amparo --passphrase-fd 77 check
expect_status 0 amparo --passphrase-fd 0 check < "$PASS"

# A change needs it once, from wherever it comes.
printf 'second one\n' > second
expect_status 0 amparo --passphrase-fd 5 passphrase add second \
    --new-passphrase-file second 5< "$PASS"
cat "$PASS" > fifo &
printf 'third one\n' > third
expect_status 0 amparo --passphrase-file fifo passphrase change second \
    --new-passphrase-file third
try 12 second
try 0 third

# 1,024 bytes are one, 1,025 are not; the line end does not count.
head -c 1024 /dev/zero | tr '\0' x > k1024
(cat k1024; echo) > k1024n
(cat k1024; printf '\r\n') > k1024rn
(cat k1024; printf x) > k1025
(cat k1024; printf 'x\n') > k1025n
head -c 100000 /dev/zero | tr '\0' x > k100000
expect_status 0 opened passphrase add long --new-passphrase-file k1024
try 0 k1024
try 0 k1024n
try 0 k1024rn
try 2 k1025
expect_err "longer than 1,024 bytes"
try 2 k1025n
try 2 k100000
expect_status 2 opened passphrase add longer --new-passphrase-file k1025
for n in 1000 1023; do
	head -c $n k1024 > shorter
	try 12 shorter
done

# Composed or not, a passphrase is the same; in any script.
printf 'caf\303\251 \346\232\227\345\217\267 \330\263\331\204\330\247\331\205\n' > nfc
printf 'cafe\314\201 \346\232\227\345\217\267 \330\263\331\204\330\247\331\205\n' > nfd
expect_status 0 opened passphrase add unicode --new-passphrase-file nfc
try 0 nfc
try 0 nfd
expect_status 1 opened passphrase add twice --new-passphrase-file nfd
expect_err "opens this vault already"
printf 'cafe \346\232\227\345\217\267 \330\263\331\204\330\247\331\205\n' > plain
try 12 plain
expect_status 1 amparo --passphrase-file . check
expect_status 0 opened check
