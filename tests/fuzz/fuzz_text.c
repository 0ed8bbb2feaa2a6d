/* SPDX-License-Identifier: ISC */
/*
 * Reaches core/text.c.  Properties: whatever is valid UTF-8 has a search key,
 * whose own key it is, and a normal form, which is its own; whatever the
 * bytes, their safe form is valid, and its own safe form.
 */
#include <assert.h>
#include <string.h>

#include "core/buf.h"
#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

typedef enum vault_err (*form_fn)(struct buf *, const void *, size_t);

static void
check_stable(form_fn form, const uint8_t *data, size_t len, bool any_bytes)
{
	struct buf once = { 0 }, twice = { 0 };
	enum vault_err err = form(&once, data, len);

	if (any_bytes || text_is_valid(data, len)) {
		assert(err == VAULT_OK);
		assert(text_is_valid(once.bytes, once.len));
		assert(form(&twice, once.bytes, once.len) == VAULT_OK);
		assert(once.len == twice.len);
		assert(once.len == 0 ||
		    memcmp(once.bytes, twice.bytes, once.len) == 0);
	} else {
		assert(err == VAULT_EUSE && once.len == 0);
	}
	buf_free(&once);
	buf_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf safe = { 0 };
	size_t first = text_grapheme(data, len);

	check_stable(text_key, data, len, false);
	check_stable(text_nfc, data, len, false);
	check_stable(text_safe, data, len, true);
	check_stable(text_safe_line, data, len, true);
	assert(first <= len);
	assert(text_safe_line(&safe, data, len) == VAULT_OK);
	for (size_t i = 0; i < safe.len; i++)
		assert(safe.bytes[i] >= 0x20 && safe.bytes[i] != 0x7f);
	assert(text_width(safe.bytes, safe.len) <= 2 * safe.len);
	buf_free(&safe);
	return 0;
}
