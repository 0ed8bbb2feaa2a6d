/* SPDX-License-Identifier: ISC */
/* country - the codes of ISO 3166-1 alpha-2, as a vocabulary. */
#ifndef RECORD_COUNTRY_H
#define RECORD_COUNTRY_H

#include "record/model.h"

extern const struct model_vocab country_vocab;

#endif
