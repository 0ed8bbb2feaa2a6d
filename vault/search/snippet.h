/* SPDX-License-Identifier: ISC */
/*
 * snippet - the part of an opened text that shows why a query found it.
 *
 * FTS5's own snippet() has nothing to cut from, since the index keeps no
 * text; so this finds the words of the query in the text once more, with the
 * same rules.
 */
#ifndef SEARCH_SNIPPET_H
#define SEARCH_SNIPPET_H

#include <stddef.h>

#include "core/buf.h"
#include "core/error.h"

struct query;

#define SNIPPET_COLUMNS 160

/* Further hits in the same snippet are not marked. */
#define SNIPPET_HITS_MAX 64

struct snippet_hit {
	size_t start, end; /* in snippet.text */
};

struct snippet {
	/*
	 * On one line: blanks and control characters are one blank, and an
	 * ellipsis stands where text was cut off.  Bytes that are not UTF-8
	 * and characters that must not reach a terminal are still in it.
	 */
	struct buf text;
	/* In order, apart from each other; a mark covers what matched. */
	struct snippet_hit hits[SNIPPET_HITS_MAX];
	size_t n_hits;
};

/*
 * Cut a snippet of about so many columns out of text: around the stretch with
 * the most different words or phrases of query; the beginning if none is
 * there.  Pure.  Give out to snippet_free, also after an error.
 */
VAULT_CHECKED enum vault_err snippet_make(struct snippet *out,
    const struct query *query, const void *text, size_t len, size_t columns);
void snippet_free(struct snippet *snippet);

#endif
