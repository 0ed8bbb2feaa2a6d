/* SPDX-License-Identifier: ISC */
/* model_rows - what the tables behind model.h are written with. */
#ifndef RECORD_MODEL_ROWS_H
#define RECORD_MODEL_ROWS_H

#include <stdint.h>

#include "record/country.h"
#include "record/model.h"
#include "record/vocab.h"

#define N_(text) text /* marks what xgettext shall find */
#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define MANY .many = true
#define SHOULD .need = MODEL_SHOULD
#define MUST .need = MODEL_MUST
#define TELL(text) .label = N_(text)
#define OBJECT(name_, fields_)                                                 \
	.name = name_, .fields = fields_, .n = LEN(fields_)

/* ---- model_objects.c: small objects that are types of fields ---- */

extern const struct model_object date_object;
extern const struct model_object span_object;
extern const struct model_object party_object;
extern const struct model_object cite_object;
extern const struct model_object place_object;
extern const struct model_object name_object;
extern const struct model_object translation_object;
extern const struct model_object cell_object;
extern const struct model_object import_object;
extern const struct model_object contact_object;
extern const struct model_object paper_object;
extern const struct model_object size_object;
extern const struct model_object relation_object;
extern const struct model_object sentence_object;
extern const struct model_object custody_object;
extern const struct model_object perpetrator_object;
extern const struct model_object remedy_object;
extern const struct model_object detention_object;
extern const struct model_object doctor_object;
extern const struct model_object torture_object;
extern const struct model_object death_object;
extern const struct model_object response_object;
extern const struct model_object computed_object;
extern const struct model_object *const model_objects[];
extern const size_t model_objects_n;

/* ---- model_types.c ---- */

/* Fields of every type. */
extern const struct model_field model_common[];
extern const size_t model_common_n;

extern const struct model_type model_types[];
extern const size_t model_types_n;

#endif
