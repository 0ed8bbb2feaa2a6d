/* SPDX-License-Identifier: ISC */
/*
 * Reaches manifest_parse, manifest_next, manifest_find.  Property: what is
 * accepted is what the writer writes from the values that were read; only
 * the to lines, which are random, are taken over as they are.
 */
#include <inttypes.h>

#include "core/base64.h"
#include "core/buf.h"
#include "exchange/manifest.h"
#include "fuzz.h"

#define TO_LINE 183

static void
write_again(struct buf *out, const struct manifest *m)
{
	struct manifest_file file;

	buf_put_text(out, "# amparo-manifest 1\n# sender ");
	if (m->is_signed)
		hex_encode(out, m->sender, MANIFEST_SENDER_LEN);
	else
		buf_put_text(out, "unsigned");
	buf_put_text(out, "\n# bundle ");
	hex_encode(out, m->bundle, MANIFEST_BUNDLE_LEN);
	buf_put_byte(out, '\n');
	assert(out->len == m->to_at);
	buf_put(out, m->text + m->to_at, m->n_to * TO_LINE);
	buf_putf(
	    out, "# files %zu\n# bytes %" PRIu64 "\n", m->n_files, m->bytes);
	for (size_t at = 0; manifest_next(&file, m, &at);)
		assert(manifest_write_file(out, file.hash, file.name));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest_place place;
	struct buf again = { 0 };
	struct manifest m;

	if (manifest_parse(&m, (const char *)data, size) != VAULT_OK)
		return 0;
	write_again(&again, &m);
	assert(again.len == size && memcmp(again.bytes, data, size) == 0);
	if (manifest_find(&place, &m, "age1anybody") == VAULT_OK)
		assert(place.number > 0);
	buf_free(&again);
	return 0;
}
