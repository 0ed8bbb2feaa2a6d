# SPDX-License-Identifier: ISC
# keys: one damaged copy serves and is mended aloud; both damaged are 13.
vault
cp "$V/keys" good
for offset in 0 60 130 500 704 4040 4070 4095; do
	for copy in 0 4096; do
		cp good "$V/keys"
		$CRAFT spoil "$V/keys" $((copy + offset))
		cp "$V/keys" bad
		expect_status 0 amparo info
		expect_same bad "$V/keys"
		expect_status 0 opened unlock
		expect_err "has been mended from the other"
		expect_same good "$V/keys"
		expect_status 0 amparo lock
		expect_status 0 opened unlock
		expect_no_err mended
		expect_status 0 amparo lock
	done
	cp good "$V/keys"
	$CRAFT spoil "$V/keys" "$offset"
	$CRAFT spoil "$V/keys" $((4096 + offset))
	cp "$V/keys" bad
	for command in unlock check info "passphrase list"; do
		expect_status 13 opened $command
		expect_err "the file of keys is damaged"
		expect_no_out
	done
	expect_same bad "$V/keys"
done
# Damage in one copy is seen by check before it is mended.
cp good "$V/keys"
expect_status 0 opened unlock
$CRAFT spoil "$V/keys" 5000
expect_status 13 amparo check
expect_err "the two copies in the file of keys"
expect_status 0 amparo lock
# Cut short: a copy is left; less, and longer, are refused.
for length in 4096 5000 8191; do
	head -c $length good > "$V/keys"
	expect_status 0 opened unlock
	expect_err mended
	expect_same good "$V/keys"
	expect_status 0 amparo lock
done
for length in 0 1 128 4095; do
	head -c $length good > "$V/keys"
	expect_status 13 opened unlock
done
(cat good; printf x) > "$V/keys"
expect_status 13 opened unlock
head -c 8192 /dev/zero > "$V/keys"
expect_status 13 opened unlock
head -c 8192 /dev/urandom > "$V/keys"
expect_status 13 opened unlock
cp good "$V/keys"
expect_clean
