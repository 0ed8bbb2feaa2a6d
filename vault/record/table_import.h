/* SPDX-License-Identifier: ISC */
/*
 * table_import - the rows of a table that came as a file of comma-separated
 * values (RFC 4180), read in one pass and in constant memory; or as a JSON
 * array of flat objects, which is read whole.
 *
 * 1. A cell is handed out byte for byte, without its quotes; no blank is cut
 *    off, no line end inside quotes is changed.
 * 2. Every row has as many cells as the first one, which names the columns.
 *    Of objects it names all members that there are.
 * 3. The whole file is UTF-8 without U+0000, or of the encoding that somebody
 *    has named, without a byte that is not; a byte order mark at its beginning
 *    is passed over.  No encoding is guessed.
 * 4. A file that breaks 1 to 3 is refused, with the place; whoever wants
 *    nothing half done reads it once before writing anything.
 */
#ifndef RECORD_TABLE_IMPORT_H
#define RECORD_TABLE_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "record/digest.h"
#include "record/json.h"

#define TABLE_COLUMNS_MAX 4096
#define TABLE_ROW_MAX ((size_t)1024 * 1024) /* bytes of all its cells */
#define TABLE_JSON_MAX ((size_t)16 * 1024 * 1024)

/* A row: its cells as C strings.  Row 0 holds the names of the columns. */
struct table_row {
	uint64_t row, line; /* line: where it begins, from 1 */
	struct buf text;    /* cells, each with a NUL behind it */
	struct buf starts;  /* size_t: where each begins in text */
	size_t n;
};

const char *table_cell(const struct table_row *r, size_t i);
size_t table_cell_len(const struct table_row *r, size_t i);

enum table_fault_why {
	TABLE_FAULT_NONE,
	TABLE_FAULT_UTF8,     /* not UTF-8: see offset, mixed */
	TABLE_FAULT_NUL,      /* a byte of zero */
	TABLE_FAULT_QUOTE,    /* a quote where none can be */
	TABLE_FAULT_CUT,      /* it ends inside quotes */
	TABLE_FAULT_CELLS,    /* cells and columns are not as many */
	TABLE_FAULT_LONG,     /* more than TABLE_ROW_MAX or TABLE_COLUMNS_MAX */
	TABLE_FAULT_EMPTY,    /* not even a line with names */
	TABLE_FAULT_ENCODING, /* not of the encoding: see offset */
	TABLE_FAULT_NO_ENCODING, /* there is none of this name here */
	TABLE_FAULT_ZERO,        /* U+0000, in another encoding */
	TABLE_FAULT_JSON,        /* not JSON: see json */
	TABLE_FAULT_FLAT,        /* not an array of flat objects: see column */
};
struct table_fault {
	enum table_fault_why why;
	uint64_t row, line, offset;
	size_t cells, columns;
	bool
	    mixed; /* what stands before offset is UTF-8, and not ASCII alone */
	const char *column; /* or NULL */
	struct json_fault json;
};

struct table_source {
	void *ctx;
	/* *got is less than len only at the end. */
	enum vault_err (*read)(
	    void *ctx, void *to, size_t len, uint64_t offset, size_t *got);
	uint64_t size;
};

struct table_events {
	void *ctx;
	/* Borrowed for the call; an error ends the reading. */
	enum vault_err (*row)(void *ctx, const struct table_row *row);
	void (*fault)(void *ctx, const struct table_fault *fault);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
};

/* What the file is said to be. */
struct table_form {
	char delimiter;
	const char *encoding; /* a name that iconv knows; NULL: UTF-8 */
	bool json;            /* which is UTF-8 */
};

/*
 * Read all of it.  VAULT_EUSE: it is no such table; each fault was told.
 * VAULT_ECANCELED: progress said so.  sha256 is that of the whole file.
 */
VAULT_CHECKED enum vault_err table_read(const struct table_source *from,
    const struct table_form *form, const struct table_events *events,
    uint8_t sha256[static DIGEST_LEN]);

/* The same of JSON; table_read calls it. */
VAULT_CHECKED enum vault_err table_read_json(const struct table_source *from,
    const struct table_events *events, uint8_t sha256[static DIGEST_LEN]);

#endif
