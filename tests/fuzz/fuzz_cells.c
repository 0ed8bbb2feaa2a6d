/* SPDX-License-Identifier: ISC */
/*
 * Reaches everything below vault_open: the outer database as SQLite reads it,
 * cells, pages, the inner database, records, attachments, drafts and index.
 * The input is a list of changes to a good cells.db of a known key:
 *
 *	0  offset (3)  byte           change a byte
 *	1  from (3)    to (3) len (2) copy bytes
 *	2  page (1)    page (1)       exchange two pages
 *	3  len (3)                    cut the file
 *
 * Property: an error, or the same content; never other content.
 */
#include <assert.h>
#include <unistd.h>

#include "core/buf.h"
#include "harness/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define PAGE 4096

static char folder[64], cells[128], place_folder[80];
static struct vault_key *key;
static struct buf expected;
static uint8_t *good;
static size_t good_len;

static void
must(enum vault_err err)
{
	if (err != VAULT_OK)
		abort();
}

static void
clean_up(void)
{
	folder_free(strdup(folder));
}

static void
start(void)
{
	struct content content;
	struct opened o;

	must(vault_setup());
	snprintf(folder, sizeof(folder), "%s/amparo-fuzz-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(folder) == NULL)
		abort();
	atexit(clean_up);
	snprintf(place_folder, sizeof(place_folder), "%s/v", folder);
	snprintf(cells, sizeof(cells), "%s/cells.db", place_folder);
	vault_make(folder);
	must(vault_try(&o, folder, "dusk"));
	must(content_make(&content, o.vault));
	must(content_dump(&expected, o.vault));
	vault_close(o.vault);
	key = o.key;
	good = file_read(cells, &good_len);
}

static size_t
number(const uint8_t *from, size_t n)
{
	size_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | from[i];
	return value;
}

static void
exchange(uint8_t *file, size_t a, size_t b)
{
	uint8_t page[PAGE];

	memcpy(page, file + a * PAGE, PAGE);
	memmove(file + a * PAGE, file + b * PAGE, PAGE);
	memcpy(file + b * PAGE, page, PAGE);
}

/* Make the changes; the length of the file afterwards. */
static size_t
change(uint8_t *file, const uint8_t *data, size_t len)
{
	size_t file_len = good_len, pages = good_len / PAGE, at = 0;

	while (at + 9 <= len) {
		const uint8_t *d = data + at + 1;
		size_t a = number(d, 3) % good_len;
		size_t b = number(d + 3, 3) % good_len;
		size_t n = number(d + 6, 2) % PAGE;

		switch (data[at] % 4) {
		case 0:
			file[a] = d[3];
			break;
		case 1:
			n = a + n > good_len ? good_len - a : n;
			n = b + n > good_len ? good_len - b : n;
			memmove(file + b, file + a, n);
			break;
		case 2:
			exchange(file, d[0] % pages, d[1] % pages);
			break;
		case 3:
			file_len = a;
			break;
		}
		at += 9;
	}
	return file_len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct vault_place place = { place_folder, NULL };
	struct vault_fault fault;
	struct buf now = { 0 };
	uint8_t *file;
	struct vault *v;

	if (good == NULL)
		start();
	file = malloc(good_len);
	memcpy(file, good, good_len);
	unlink(in_folder(place_folder, "cells.db-journal"));
	unlink(in_folder(place_folder, "cells.db-wal"));
	unlink(in_folder(place_folder, "cells.db-shm"));
	file_write(cells, file, change(file, data, len));
	if (vault_open(&v, &place, key, &fault) == VAULT_OK) {
		if (content_dump(&now, v) == VAULT_OK)
			assert(
			    strcmp(buf_text(&now), buf_text(&expected)) == 0);
		vault_close(v);
	}
	assert(access(in_folder(place_folder, "cells.db-wal"), F_OK) != 0);
	buf_free(&now);
	free(file);
	return 0;
}
