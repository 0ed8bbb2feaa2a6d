/* SPDX-License-Identifier: ISC */
/*
 * forms_value - a value of a record as English text for a form: codes by their
 * labels, vague dates in words, places as one would write them.
 *
 * But for the labels of codes it is in English whatever the interface speaks,
 * for the reason that forms.h gives.
 */
#ifndef EXCHANGE_FORMS_VALUE_H
#define EXCHANGE_FORMS_VALUE_H

#include "record/json.h"

#include "core/buf.h"
#include "core/error.h"
#include "record/label.h"
#include "record/model.h"

/* What stands where somebody may not be named. */
#define FORMS_NOT_NAMED "(not named)"

/*
 * Append what a person of this id may be called; nothing if no name may be.
 */
typedef enum vault_err (*forms_namer)(
    void *ctx, struct buf *out, const char *person);

/*
 * Append one value, not an array; codes have their labels in that language, or
 * in English if it is NULL.  Persons go through namer.
 */
VAULT_CHECKED enum vault_err forms_value(struct buf *out,
    const struct label_language *labels, const struct model_field *field,
    const json_t *value, forms_namer namer, void *ctx);

#endif
