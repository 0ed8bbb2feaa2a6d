/* SPDX-License-Identifier: ISC */
/*
 * pick - which record is meant by what somebody typed: an id, the beginning of
 * one, a name, or at our own prompt a number of the list just shown.
 */
#ifndef CLI_PICK_H
#define CLI_PICK_H

#include "session.h"

/* The characters of an id that are shown in lists. */
#define PICK_SHORT 8

/* The digits of a version's number that are shown in lists. */
#define PICK_VERSION 12

/*
 * Open the vault and find the id.  If text is NULL it is asked for on the
 * terminal, so that a name stands in no history and in no list of processes.
 * Returns 0, or an exit status after a message; the session is then closed.
 */
int pick_open(struct session *s, char id[static VAULT_ID_LEN],
    const struct cli *c, const char *text);

/* The id alone; status 15, after a list, if it may be several. */
int pick_id(
    char id[static VAULT_ID_LEN], const struct session *s, const char *text);

/*
 * What err says about a version of a record that was named by the beginning
 * of its number, with a list if there are several; returns an exit status.
 */
int pick_no_version(const struct session *s, const char *id,
    const char *version, enum vault_err err);

/* ---- Numbers at our own prompt ---- */

/* Keep the list just shown where commands in other processes find it. */
bool pick_share(void);
bool pick_is_shared(void);

/* A list begins; a record is on it, with the next number. */
void pick_list_begin(void);
void pick_list_add(const char *id);

#endif
