/* SPDX-License-Identifier: ISC */
/*
 * name - the names of people, and the line that stands for a record in a list
 * (records.md, 8).  A name is never a key to a record: several people share
 * one, and one person has several.
 */
#ifndef RECORD_NAME_H
#define RECORD_NAME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "record/label.h"

struct buf;

enum name_source {
	NAME_AS_WRITTEN,
	NAME_COMPOSED,  /* of family and given name, in either order */
	NAME_JOINED,    /* the same words without the blanks between them */
	NAME_PSEUDONYM, /* a public label: it may appear where names must not */
	/*
	 * The words of a name in another order, where nothing says which is the
	 * family name: Tohti Ilham.  With blanks between them, and without.
	 */
	NAME_TURNED,
};

/* A name of more words has its order. */
#define NAME_TURNED_MAX 4

struct name_form {
	char *text;
	char *key; /* its search key, never empty */
	enum name_source source;
	bool primary;
	size_t entry; /* which element of names; of no use for a pseudonym */
};

/* To be zeroed before its first use. */
struct name_list {
	struct name_form *forms;
	size_t n;
	size_t cap;
};

/*
 * Add the forms of one element of names, or of all and the pseudonym of a
 * body, to list.  Forms of one element that have the same key are added
 * once.  On error what was added stays in the list.
 */
VAULT_CHECKED enum vault_err name_add(
    struct name_list *list, const json_t *name, size_t entry);
VAULT_CHECKED enum vault_err name_add_body(
    struct name_list *list, const json_t *body);
void name_list_free(struct name_list *list);

/*
 * The name to show: the primary one, else the first, else the pseudonym, else
 * "".  Borrowed from body.
 */
const char *name_display(const json_t *body);

/* Append the name of the record id to out; false if it has none. */
typedef bool (*record_namer)(void *arg, struct buf *out, const char *id);

/*
 * Append one line for lists, of any type of record, with the date and the place
 * of what happened: "missing, Teng Biao, 2011-02".  Codes have their labels in
 * that language, to the first comma, or in English if it is NULL.  Ids of
 * linked records go through namer, which may be NULL; without a name they are
 * written as they are.  Nothing is appended if there is nothing to tell.  The
 * line may hold anything but line ends: text_safe_line shows it.
 */
VAULT_CHECKED enum vault_err record_title(struct buf *out, const json_t *body,
    const struct label_language *labels, record_namer namer, void *arg);

/* The same in no language, to be kept; and what was kept, in one. */
VAULT_CHECKED enum vault_err record_title_stored(
    struct buf *out, const json_t *body);
VAULT_CHECKED enum vault_err title_say(struct buf *out, const char *stored,
    size_t len, const struct label_language *labels);

#endif
