/* SPDX-License-Identifier: ISC */
/* form_group - the fields that are asked for together. */
#ifndef CLI_FORM_GROUP_H
#define CLI_FORM_GROUP_H

#include "vault.h"

#define FIELDS_MAX 96

/*
 * What another field makes a must stands here twice, once in each part: it is
 * asked in one of the two.
 */
struct group {
	struct vault_field field[FIELDS_MAX];
	size_t n;
	size_t first; /* how many of them are asked at first */
};

/* To be given to free(); NULL: no memory.  Perhaps only what may change. */
struct group *form_type_group(const struct vault_type *type, bool common_only);
struct group *form_object_group(const struct vault_field *object);

/*
 * True if an object is opened by a question of its own.  Others begin with
 * the member that says what they are, a name or a place; of these none is
 * more telling than the rest, and each may be unknown.
 */
bool form_has_gate(const struct vault_field *object);

/* The text that is most of the work: the editor opens by itself. */
bool form_is_main_text(const char *type, const char *path);

#endif
