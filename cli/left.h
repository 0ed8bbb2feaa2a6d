/* SPDX-License-Identifier: ISC */
/*
 * left - what left of a record before: said when it is closed, or a consent is
 * written, for what has left cannot be called back.
 */
#ifndef CLI_LEFT_H
#define CLI_LEFT_H

#include "session.h"

/* Of a record, or under the consents of whom a consent is of. */
void left_note(const struct session *s, const char *id);

/* The same if after, a version of the record, is more closed than before. */
void left_note_closed(const struct session *s, const char *id,
    const struct buf *before, const struct vault_body *after);

#endif
