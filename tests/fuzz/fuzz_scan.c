/* SPDX-License-Identifier: ISC */
/*
 * Reaches record/scan.c and scan_ways.c.  The input is a name, up to a line
 * end, and a text.  Properties: what is valid UTF-8 is looked through; whatever
 * is found lies within the text; a name is found in a text that is this name.
 */
#include "core/buf.h"
#include "core/text.h"
#include "fuzz.h"
#include "record/scan.h"

struct seen {
	size_t characters, n, names;
};

static enum vault_err
see(void *ctx, const struct scan_hit *hit)
{
	struct seen *seen = ctx;

	assert(hit->who == 0 && hit->len > 0);
	assert(hit->at < seen->characters);
	assert(hit->len <= seen->characters - hit->at);
	seen->n++;
	seen->names += hit->kind == SCAN_NAME;
	return VAULT_OK;
}

static struct seen
look(struct scan *s, const char *text, size_t len)
{
	struct seen seen = { .characters = 0 };
	enum vault_err err;

	for (size_t i = 0; i < len; i++)
		seen.characters += ((unsigned char)text[i] & 0xc0) != 0x80;
	err = scan_text(s, text, len, see, &seen);
	assert(err == VAULT_OK || !text_is_valid(text, len));
	return seen;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *name = (const char *)data;
	const uint8_t *end = memchr(data, '\n', size);
	size_t len = end == NULL ? size : (size_t)(end - data);
	json_t *person, *text;
	struct buf key = { 0 };
	struct scan *s;

	if (size > 4096 || (text = json_stringn(name, len)) == NULL)
		return 0;
	person = json_pack("{s:[{s:O}],s:[{s:O}]}", "names", "text", text,
	    "contacts", "value", text);
	assert(person != NULL && scan_new(&s) == VAULT_OK);
	if (scan_add(s, person, 0) == VAULT_OK &&
	    text_key(&key, name, len) == VAULT_OK) {
		assert(key.len == 0 || look(s, name, len).n > 0);
		if (end != NULL)
			look(s, (const char *)end + 1, size - len - 1);
	}
	scan_free(s);
	json_decref(person);
	json_decref(text);
	buf_free(&key);
	return 0;
}
