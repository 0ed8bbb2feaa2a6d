/* SPDX-License-Identifier: ISC */
/*
 * memos - what is known of persons already while it is decided what may leave:
 * what others send must not be asked for anew in each of thousands of records.
 *
 * Their number and their ids are in the hands of others, too: a memo is found
 * in the same time whatever the ids are, and when there are very many all of
 * them begin anew.
 */
#ifndef EXCHANGE_MEMOS_H
#define EXCHANGE_MEMOS_H

#include "record/consent.h"
#include "record/id.h"

#define MEMOS_MAX (1u << 18)

struct memo {
	char id[ID_TEXT_LEN + 1]; /* "": free */
	bool knows_accused, is_accused;
	bool knows_consent; /* the same for each record */
	struct consent_answer consent;
	bool knows_person; /* these, of struct audience_person */
	bool here, protected, closed, exempt, made;
};

struct memos;
struct memos *memos_new(void);
void memos_free(struct memos *m);
void memos_clear(struct memos *m);

/*
 * That of a person, new if there was none; it holds until the next call.
 * NULL: no memory.
 */
struct memo *memos_of(struct memos *m, const char *person);

#endif
