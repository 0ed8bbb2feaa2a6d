/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "record/heads.h"
#include "record/lineage.h"

/* Longer than any real line, and soon gone through. */
#define STEPS_MAX 100

static const char *const fields[] = { "parent", "subset_of", "supersedes" };

/* The id in a field; "" : there is none. */
static void
read_id(char out[static ID_TEXT_LEN + 1], const json_t *body, const char *field)
{
	const char *text = json_string_value(json_object_get(body, field));

	out[0] = '\0';
	if (text != NULL && id_is_canonical(text, strlen(text)))
		memcpy(out, text, ID_TEXT_LEN + 1);
}

/* One step up; at becomes "" where there is nothing more. */
static enum vault_err
go_up(char at[static ID_TEXT_LEN + 1], struct store *s, const char *field)
{
	struct merged m = { .body = NULL };
	uint8_t id[ID_LEN];
	struct record_row r;
	enum vault_err err;

	if ((err = id_parse(id, at, strlen(at))) == VAULT_OK)
		err = rows_find(&r, s, id);
	at[0] = '\0';
	if (err == VAULT_ENORECORD || (err == VAULT_OK && r.forgotten))
		return VAULT_OK;
	if (err == VAULT_OK && (err = heads_merge(&m, s, &r)) == VAULT_OK)
		read_id(at, m.body, field);
	merged_free(&m);
	return err;
}

static enum vault_err
follow(bool *loops, struct store *s, const char *id, const json_t *body,
    const char *field)
{
	char at[ID_TEXT_LEN + 1];
	enum vault_err err = VAULT_OK;

	*loops = false;
	read_id(at, body, field);
	for (unsigned i = 0; err == VAULT_OK && at[0] != '\0' && i < STEPS_MAX;
	     i++) {
		if (strcmp(at, id) == 0) {
			*loops = true;
			break;
		}
		err = go_up(at, s, field);
	}
	return err;
}

enum vault_err
lineage_loops(const char **field, struct store *s,
    const char id[static ID_TEXT_LEN + 1], const json_t *body)
{
	enum vault_err err = VAULT_OK;

	*field = NULL;
	for (size_t i = 0; err == VAULT_OK && *field == NULL &&
	     i < sizeof(fields) / sizeof(fields[0]);
	     i++) {
		bool loops;

		err = follow(&loops, s, id, body, fields[i]);
		if (err == VAULT_OK && loops)
			*field = fields[i];
	}
	return err;
}
