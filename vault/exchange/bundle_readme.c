/* SPDX-License-Identifier: ISC */
#include "exchange/bundle.h"

/* Plain words, ASCII: whoever opens a bundle by hand reads this first. */
/* clang-format off */
#define OPEN \
	"This is a bundle of records, made by Amparo. It was encrypted in the\n" \
	"format age v1, and is a tar archive. Amparo reads it with\n" \
	"'amparo import FILE'. Without Amparo:\n" \
	"\n" \
	"  umask 077 && mkdir in\n" \
	"  age -d -i key.txt -o in/bundle.tar FILE   any error: delete\n" \
	"                                            in/bundle.tar and stop\n" \
	"  cd in && tar -xf bundle.tar --no-same-owner\n"

#define SUMS \
	"  sha256sum -c --strict MANIFEST\n" \
	"\n"

#define CARE \
	"Never pipe age into tar: a bundle that was cut would leave files behind\n" \
	"that look complete. These files lie outside of any vault: use an\n" \
	"encrypted disk.\n" \
	"\n" \
	"What is in it\n" \
	"\n"

#define REST \
	"records/            one version of a record in each file, as JSON; or a\n" \
	"                    tombstone, which says that an office has forgotten\n" \
	"                    a record and asks others to\n" \
	"attachments/        files; their names stand in the records\n" \
	"\n" \
	"A record file holds an 'envelope' with the 'signature' of the office that\n" \
	"wrote it, and the parts of the record that were sent, each with the salt\n" \
	"of its hash in the envelope. A part that is named in the envelope and is\n" \
	"not there was withheld.\n" \
	"\n" \
	"Is it meant for you, and is it the next one?\n" \
	"\n" \
	"Take your recipient string R (age1...; 'age-keygen -y key.txt' prints " \
	"it)\n" \
	"and the id B in the line '# bundle'. Your line '# to' begins with\n" \
	"\n" \
	"  printf '%s' \"B R\" | sha256sum\n" \
	"\n" \
	"If there is none, somebody else sealed it to you: trust nothing in it.\n" \
	"What follows there, XORed with the first 56 bytes of\n" \
	"\n" \
	"  printf '%s' \"B place R\" | sha512sum\n" \
	"\n" \
	"is 16 bytes that name the chain, 8 bytes with the number of this bundle\n" \
	"among those to you, and 32 bytes with the SHA-256 of the MANIFEST before\n" \
	"it (zeros in number 1). Compare them with the last one.\n"

const char bundle_readme[] =
	OPEN
	"  minisign -Vm MANIFEST -x MANIFEST.minisig -P SENDER_KEY\n"
	SUMS
	"key.txt is what 'amparo office secret-key' writes; SENDER_KEY stands on\n"
	"the card of the sender, in the line '# key'.\n"
	CARE
	"MANIFEST            who made it, for whom, and the SHA-256 of every file\n"
	"MANIFEST.minisig    the signature of MANIFEST\n"
	REST;

const char bundle_readme_unsigned[] =
	OPEN
	SUMS
	"THIS BUNDLE IS NOT SIGNED. Nobody can prove who packed it, and you cannot\n"
	"know it either: anybody who has your card can make one, leave records\n"
	"out, and put in those of others. What each record says is still signed\n"
	"by the office that wrote it.\n"
	"\n"
	"key.txt is what 'amparo office secret-key' writes.\n"
	CARE
	"MANIFEST            for whom it is, and the SHA-256 of every file; it is\n"
	"                    number 1 of a chain of its own, and tells no order\n"
	REST;
/* clang-format on */
