/* SPDX-License-Identifier: ISC */
/*
 * vault - an encrypted, offline-first store of records.  The library never
 * prints, never exits, and keeps no state outside the objects it hands out.
 *
 * This is the whole public interface; cli/ includes no other header of the
 * library.  Four small headers of core/ are part of it: error codes, secrets,
 * buffers and text.
 *
 * Ownership: a function named *_open or *_new hands its caller an object, to
 * be given back to the matching *_close or *_free, which accepts NULL.  A
 * const pointer returned is borrowed: it stays valid until the object that
 * lent it is next changed or freed.  Lengths are in bytes, times in seconds
 * since the Unix epoch.  On error an out-argument that is a pointer is NULL.
 */
#ifndef VAULT_H
#define VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/secret.h"
#include "core/text.h"

/* The version of the program, and of the format it writes (FORMAT.md). */
#define VAULT_VERSION "0.1"
#define VAULT_FORMAT 1

#endif
