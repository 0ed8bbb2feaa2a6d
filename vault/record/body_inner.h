/* SPDX-License-Identifier: ISC */
/* body_inner - what the three files of body.h share. */
#ifndef RECORD_BODY_INNER_H
#define RECORD_BODY_INNER_H

#include <jansson.h>
#include <stddef.h>

#include "record/model.h"

struct buf;

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

#endif
