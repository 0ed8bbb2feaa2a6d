/* SPDX-License-Identifier: ISC */
/* support - what the tests share: folders, cheap keys, small vaults. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "seal/kdf.h"
#include "vault.h"

#define assert_ok(call) assert_int_equal((call), VAULT_OK)

/* A key derivation that takes no time: test builds only. */
extern const struct kdf_cost cheap_cost;
extern const struct vault_cost cheap;

/* A fresh folder; folder_free removes it with all that is in it. */
char *folder_new(void);
void folder_free(char *folder);

/* A text as a secret. */
struct secret *secret_text(const char *text);

/* FOLDER/NAME, in one of a few static buffers. */
const char *in_folder(const char *folder, const char *name);

/* A whole file: malloced. */
uint8_t *file_read(const char *path, size_t *len);
void file_write(const char *path, const void *bytes, size_t len);
void file_copy(const char *from, const char *to);

/* Run SQL on the outer database, as an attacker would. */
void outer_sql(const char *vault, const char *sql);

/* A vault of the passphrase "dusk" in FOLDER/v, closed again. */
void vault_make(const char *folder);

/* What a vault test holds. */
struct opened {
	struct vault_key *key;
	struct vault *vault;
	struct vault_fault fault;
	enum vault_keys_state keys;
};
enum vault_err vault_try(
    struct opened *o, const char *folder, const char *pass);
void vault_done(struct opened *o);

/* How often a text stands in the plain pages of the inner database. */
unsigned inner_count(struct opened *o, const char *text);
unsigned inner_count_bytes(struct opened *o, const void *bytes, size_t len);

/* vault_enter, and the machine remembered if it is new. */
enum vault_err vault_arrive(struct vault *v, bool *new_machine);

#endif
