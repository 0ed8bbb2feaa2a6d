/* SPDX-License-Identifier: ISC */
/*
 * field_path - a field as people name it, "perpetrators.kind", and what stands
 * there in a body.
 *
 * Arrays are gone through; one link may be followed to the record at its other
 * end: "victims.sex" is the sex of the persons that victims names.
 */
#ifndef RECORD_FIELD_PATH_H
#define RECORD_FIELD_PATH_H

#include <jansson.h>

#include "core/error.h"
#include "record/model.h"

/* The better a path fits, the higher. */
enum field_path_fit {
	FIELD_PATH_UNKNOWN, /* its first part is no field of that type */
	FIELD_PATH_MEMBER,  /* a later part is not */
	FIELD_PATH_FAR,     /* it follows more than one link */
	FIELD_PATH_LONG,    /* a text of any length: no two are the same */
	FIELD_PATH_PARTS,   /* it has parts, one of which must be named */
	FIELD_PATH_FITS,
};

#define FIELD_PATH_MAX 120
struct field_path {
	size_t link; /* its bytes up to the link that it follows; 0: none */
	const struct model_vocab *codes; /* NULL: none, or several */
	bool is_link;                    /* its values are ids */
	bool is_bool;                    /* they are "yes" and "no" */
	/* What was meant by the part that is not there: constant. */
	const char *near[MODEL_NEAR];
	size_t n_near;
};

/* Read a path as one of the type.  "x_" fields of an office fit any type. */
enum field_path_fit field_path_read(
    struct field_path *out, const struct model_type *type, const char *text);

/*
 * Call found with each value in the body at the first len bytes of a path: a
 * text, a number, "yes" or "no".  What is no single value is passed over.  A
 * result other than VAULT_OK ends it and is returned.
 */
typedef enum vault_err (*field_path_fn)(
    void *ctx, const char *text, size_t len);
VAULT_CHECKED enum vault_err field_path_each(const json_t *body,
    const char *path, size_t len, field_path_fn found, void *ctx);

#endif
