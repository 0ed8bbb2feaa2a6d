/* SPDX-License-Identifier: ISC */
/*
 * json_quick - JSON as programs write it, read in one pass over its bytes.
 *
 * jansson takes each byte by a call of its own, which is most of what it takes
 * to read a record.  What this does not take, because it is wrong or because
 * it is rare, is left to jansson, which also says what is wrong with it.
 */
#ifndef RECORD_JSON_QUICK_H
#define RECORD_JSON_QUICK_H

#include <jansson.h>

#include "core/error.h"

/*
 * Read len bytes of valid UTF-8, an object or an array and nothing after it,
 * within the bounds of json.h: no deeper than deepest, with no more values than
 * most.  VAULT_EUSE: left to jansson.  What is taken is what jansson makes of
 * it, members in the same order.  On error *out is NULL.
 */
VAULT_CHECKED enum vault_err json_quick(
    json_t **out, const void *text, size_t len, size_t deepest, size_t most);

#endif
