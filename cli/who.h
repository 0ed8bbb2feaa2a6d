/* SPDX-License-Identifier: ISC */
/*
 * who - from a name to the record that is meant.  Several people share one
 * name, so what is found is shown with what tells them apart.
 */
#ifndef CLI_WHO_H
#define CLI_WHO_H

#include "session.h"

#define WHO_MAX 9

struct who {
	char id[WHO_MAX][VAULT_ID_LEN];
	size_t n;
	bool more; /* there are others that have no place here */
};

/*
 * The records that text means: by id, by its beginning, by name or title, and
 * of one of these types, parted by blanks ("" is any).  None is no error.
 */
VAULT_CHECKED enum vault_err who_find(
    struct who *out, struct vault *v, const char *text, const char *types);

/*
 * When that finds none: the records of these types whose title has all the
 * words of text, or names a person whom it names ("torture Teng Biao"); persons
 * with these words in any of their names, as `find` has it, or else with a name
 * that is like it.  Of titles only the newest few thousand are looked at;
 * out->more then says that there are others.
 */
VAULT_CHECKED enum vault_err who_search(
    struct who *out, struct vault *v, const char *text, const char *types);

/*
 * The one record that text means.  Returns 0, or an exit status after a
 * message that lists them if there are several.
 */
int who_only(char id[static VAULT_ID_LEN], const struct session *s,
    const char *text, const char *types);

/* True if word is one of the words, which are parted by blanks. */
bool who_has_word(const char *words, const char *word);

/* Append "title, pseudonym, occupation, date, short id", made safe. */
void who_describe(struct buf *out, struct vault *v, const char *id);

#endif
