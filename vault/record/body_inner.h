/* SPDX-License-Identifier: ISC */
/* body_inner - what the files of body.h share. */
#ifndef RECORD_BODY_INNER_H
#define RECORD_BODY_INNER_H

#include <jansson.h>
#include <stddef.h>

#include "record/body.h"

/* For iteration only: jansson offers none over a const object. */
json_t *body_loose(const json_t *value);

/*
 * A path grows by one part, and is cut back to the length it had before,
 * which is returned.
 */
size_t body_path_name(struct buf *path, const char *name);
size_t body_path_index(struct buf *path, size_t i);
void body_path_cut(struct buf *path, size_t before);

/* The type of a body, or NULL. */
const struct model_type *body_type(const json_t *body);

/* A field of the type, or else a member of the object; both may be NULL. */
const struct model_field *body_field(const struct model_type *type,
    const struct model_object *object, const char *name);

/* A body being checked, and where in it the check stands. */
struct body_check {
	enum body_from from;
	const json_t *body;
	const struct model_type *type;
	struct body_report *out;
	struct buf path;
	enum vault_err err;
};

/* Record a fault; return where to add suggestions, or NULL. */
struct body_finding *body_found(struct body_check *c, enum body_code code,
    const struct model_field *field, const json_t *value);

/* The same, of a member of the object where the check stands. */
struct body_finding *body_found_in(struct body_check *c, const char *name,
    enum body_code code, const struct model_field *field, const json_t *value);

/* ---- body_rules.c ---- */

/* What hangs together in the fields of a type or the members of an object. */
void body_check_rules(struct body_check *c, const struct model_type *type,
    const struct model_object *object, const json_t *value);

/* The same among the elements of an array. */
void body_check_single(
    struct body_check *c, const struct model_field *field, const json_t *array);

#endif
