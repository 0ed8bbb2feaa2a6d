/* SPDX-License-Identifier: ISC */
/*
 * Reaches age_header_parse, age_header_next, age_stanza_*, and the writer.
 * Property: what is accepted is exactly what the writer writes.
 */
#include "core/buf.h"
#include "exchange/age_header.h"
#include "fuzz.h"

/* The arguments as they are found one by one. */
static void
put_args(struct buf *out, const struct age_stanza *stanza)
{
	const char *arg;
	size_t len;

	for (size_t i = 0; (arg = age_stanza_arg(stanza, i, &len)) != NULL;
	     i++) {
		if (i > 0)
			buf_put_byte(out, ' ');
		assert(len > 0 && buf_put(out, arg, len));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf again = { 0 }, args = { 0 }, body = { 0 };
	struct age_header header;
	struct age_stanza stanza;
	enum age_fault fault;
	size_t n = 0;
	bool more;

	if (age_header_parse(&header, &fault, &more, data, size) != VAULT_OK) {
		assert(fault != AGE_FAULT_NONE);
		return 0;
	}
	assert(age_header_begin(&again));
	for (size_t at = 0; age_header_next(&stanza, &header, &at); n++) {
		buf_reset(&args);
		buf_reset(&body);
		put_args(&args, &stanza);
		assert(age_stanza_body(&body, &stanza) == VAULT_OK);
		assert(age_header_stanza(
		    &again, buf_text(&args), buf_text(&body), body.len));
	}
	assert(age_header_end(&again) && again.len == header.mac_len);
	assert(age_header_mac(&again, header.mac));
	assert(n == header.n && again.len == header.len);
	assert(memcmp(again.bytes, data, again.len) == 0);
	buf_free(&again);
	buf_free(&args);
	buf_free(&body);
	return 0;
}
