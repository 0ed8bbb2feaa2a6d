/* SPDX-License-Identifier: ISC */
/*
 * scan_ways - a text as it reads where something else is written: characters
 * by their numbers, as in the address of a page ("%E7%8E%8B"), in HTML
 * ("&#x738b;", "&eacute;") and in JSON ("\u738b"), and letters of one script
 * among those of another that look the same.  For scan.c.
 */
#ifndef RECORD_SCAN_WAYS_H
#define RECORD_SCAN_WAYS_H

#include <stdbool.h>

#include "core/buf.h"
#include "core/error.h"

enum scan_way {
	SCAN_AS_CHARACTERS, /* what numbers and names of characters stand for */
	SCAN_AS_LATIN,      /* Cyrillic and Greek letters that look so */
	SCAN_AS_CYRILLIC,   /* Latin ones within a word with Cyrillic ones */
	SCAN_AS_GREEK,
	SCAN_WAYS
};

/* A text that was read so, and where each of its characters comes from. */
struct scan_read {
	struct buf text;
	struct buf from;    /* uint32_t: of each character, and of the end */
	struct buf changed; /* a byte for each, and one for the end */
};
void scan_read_free(struct scan_read *r);

/*
 * Read text in that way; before, which may be NULL, is how it was read
 * already, and then text is what came of that.  *any: something is read
 * otherwise; if not, *out need not be looked at.  VAULT_EUSE: it is not UTF-8.
 */
VAULT_CHECKED enum vault_err scan_read(struct scan_read *out, bool *any,
    enum scan_way way, const char *text, size_t len,
    const struct scan_read *before);

#endif
