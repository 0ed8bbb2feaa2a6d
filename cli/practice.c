/* SPDX-License-Identifier: ISC */
/*
 * practice - the records of practice/records.txt: lines of "= NAME TYPE", and
 * the JSON of the record behind each.  "@NAME" becomes the id of a record that
 * was kept before, "@Y" the year before this one: what is to come can be
 * counted by nobody, and a consent that is to come allows nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "practice.h"

#define NAMES_MAX 64
#define NAME_LEN 8

extern const char practice_records[], practice_records_end[];

struct filling {
	struct vault *vault;
	struct vault_report *report;
	char name[NAMES_MAX][NAME_LEN], id[NAMES_MAX][VAULT_ID_LEN];
	size_t n;
	char type[VAULT_TYPE_LEN];
	struct buf json; /* of the record that is being read */
	char year[16];
};

/* The id of the record whose name stands at text; NULL: there is none. */
static const char *
id_of(const struct filling *f, const char *text, size_t len)
{
	for (size_t i = 0; i < f->n; i++)
		if (strlen(f->name[i]) == len &&
		    memcmp(f->name[i], text, len) == 0)
			return f->id[i];
	return NULL;
}

/* Last year. */
static void
set_year(struct filling *f)
{
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) != NULL)
		snprintf(f->year, sizeof(f->year), "%04d", tm.tm_year + 1899);
}

/* A line of JSON, with ids in the places of names. */
static void
put_line(struct filling *f, const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const char *id = NULL;
		size_t n = 1;

		if (line[i] == '@' && line[i + 1] == 'Y') {
			id = f->year;
		} else if (line[i] == '@' && i > 0 && line[i - 1] == '"') {
			n = strcspn(line + i + 1, "\"");
			id = id_of(f, line + i + 1, n);
		}
		if (id != NULL)
			buf_put_text(&f->json, id);
		else
			buf_put_byte(&f->json, (uint8_t)line[i]);
		i += id != NULL ? n : 0;
	}
	buf_put_byte(&f->json, '\n');
}

/* The record that was read goes into the vault. */
static enum vault_err
keep(struct filling *f)
{
	enum vault_err err;

	if (f->n == 0)
		return VAULT_OK;
	err = vault_add(f->id[f->n - 1], f->vault, f->report, f->type,
	    f->json.bytes, f->json.len);
	buf_reset(&f->json);
	return err;
}

/* "= NAME TYPE" */
static enum vault_err
begin(struct filling *f, const char *line, size_t len)
{
	const char *name = line + 2, *type;
	size_t name_len = strcspn(name, " "), type_len;
	enum vault_err err = keep(f);

	if (err != VAULT_OK)
		return err;
	type = name + name_len + 1;
	type_len = len - (size_t)(type - line);
	if (f->n == NAMES_MAX || name_len >= NAME_LEN ||
	    type_len >= sizeof(f->type))
		return VAULT_EUSE;
	memcpy(f->name[f->n++], name, name_len);
	memcpy(f->type, type, type_len);
	f->type[type_len] = '\0';
	return VAULT_OK;
}

enum vault_err
practice_fill(struct vault *v)
{
	struct filling *f = calloc(1, sizeof(*f));
	const char *at = practice_records, *end = practice_records_end;
	enum vault_err err;

	if (f == NULL)
		return VAULT_ENOMEM;
	f->vault = v;
	set_year(f);
	err = vault_report_new(&f->report);
	while (err == VAULT_OK && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop == NULL ? end : stop) - at);

		if (*at == '=')
			err = begin(f, at, len);
		else if (*at != '#')
			put_line(f, at, len);
		at += len + 1;
		if (err == VAULT_OK)
			err = buf_ok(&f->json);
	}
	if (err == VAULT_OK)
		err = keep(f);
	vault_report_free(f->report);
	buf_free(&f->json);
	free(f);
	return err;
}
