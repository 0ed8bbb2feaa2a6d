/* SPDX-License-Identifier: ISC */
/* nomem_vault - calls on a vault itself: keys, passphrases, the log, checks. */
#include <unistd.h>

#include "core/mem.h"
#include "harness.h"
#include "nomem.h"
#include "inside.h"
#include "store/log.h"
#include "store/store.h"

static enum vault_err
call_create(struct state *s)
{
	struct vault_new what = {
		.place = s->place,
		.cost = cheap,
		.pass = s->dusk,
		.pass_name = "mine",
		.office = "Office A",
	};

	return vault_create(&s->vault, &s->key, &what);
}

static enum vault_err
call_cost(struct state *s)
{
	struct vault_cost cost;

	return vault_cost_of(&cost, &s->place);
}

enum vault_err
call_unlock(struct state *s)
{
	enum vault_keys_state state;

	return vault_key_unlock(&s->key, &state, &s->place, s->dusk);
}

static enum vault_err
call_attach(struct state *s)
{
	struct vault_key *key;
	enum vault_err err;

	err = vault_key_attach(&key, dup(vault_key_fd(s->key)));
	vault_key_free(key);
	return err;
}

enum vault_err
call_open(struct state *s)
{
	struct vault_fault fault;

	return vault_open(&s->vault, &s->place, s->key, &fault);
}

static enum vault_err
call_enter(struct state *s)
{
	bool new_machine;

	return vault_arrive(s->vault, &new_machine);
}

static enum vault_err
call_info(struct state *s)
{
	struct vault_info info;
	enum vault_err err = vault_info(&info, s->vault);

	if (err == VAULT_OK) {
		if (strcmp(buf_text(&info.office), "Office A") != 0)
			harness_fail("info: another office");
		vault_info_free(&info);
	}
	return err;
}

static bool
count_log(void *ctx, const struct vault_log_entry *e)
{
	if (strcmp(e->what, "note") == 0 && strlen(e->detail) != 9000)
		harness_fail("log: an entry has lost its text");
	++*(unsigned *)ctx;
	return true;
}

static enum vault_err
call_log(struct state *s)
{
	unsigned n = 0;
	enum vault_err err = vault_log_each(s->vault, 1, count_log, &n);

	if (err == VAULT_OK && n < 4)
		harness_fail("log: only %u entries", n);
	return err;
}

static bool
count_pass(void *ctx, const struct vault_passphrase *p)
{
	(void)p;
	++*(unsigned *)ctx;
	return true;
}

static enum vault_err
call_each(struct state *s)
{
	unsigned n = 0;
	enum vault_err err = vault_passphrase_each(s->vault, count_pass, &n);

	if (err == VAULT_OK && n != 2)
		harness_fail("passphrases: %u", n);
	return err;
}

static enum vault_err
call_find(struct state *s)
{
	unsigned slot = 0;
	enum vault_err err = vault_passphrase_find(&slot, s->vault, s->paper);

	if (err == VAULT_OK && slot != 1)
		harness_fail("find: slot %u", slot);
	return err;
}

static enum vault_err
call_add(struct state *s)
{
	return vault_passphrase_add(s->vault, "third", s->fresh);
}

static enum vault_err
call_change(struct state *s)
{
	return vault_passphrase_change(s->vault, 0, s->fresh);
}

static enum vault_err
call_remove(struct state *s)
{
	return vault_passphrase_remove(s->vault, "mine");
}

enum vault_err
call_note(struct state *s)
{
	static char text[9000];
	enum vault_err err;

	memset(text, 'n', sizeof(text));
	if ((err = store_begin(s->vault->store)) == VAULT_OK &&
	    (err = log_add(s->vault->store, "note", text, sizeof(text))) ==
		VAULT_OK)
		err = store_commit(s->vault->store);
	store_abort(s->vault->store);
	return err;
}

static unsigned findings;
static enum vault_finding finding;

static void
found(void *ctx, enum vault_finding what, int64_t n)
{
	(void)ctx;
	(void)n;
	finding = what;
	findings++;
}

static void
found_record(void *ctx, const char *id, enum vault_record_finding what)
{
	(void)id;
	if (what != VAULT_RECORD_IDLE)
		found(ctx, (enum vault_finding)what, 0);
}

static enum vault_err
check(struct state *s, bool quick, bool records)
{
	struct vault_check how = { .quick = quick,
		.records = records,
		.found = found,
		.record = found_record };
	enum vault_err err;

	findings = 0;
	err = vault_check(s->vault, &how);
	/* Memory that is short must never be called damage. */
	if (findings > 0)
		harness_fail("check, allocation %zu of %zu: %u findings in"
			     " a good vault, the last of kind %d",
		    failing, mem_test_count(), findings, (int)finding);
	return err;
}

static enum vault_err
call_check(struct state *s)
{
	return check(s, false, false);
}

static enum vault_err
call_check_quick(struct state *s)
{
	return check(s, true, false);
}

static enum vault_err
call_check_records(struct state *s)
{
	return check(s, false, true);
}

/* Spoil the first copy in the file of keys, so that there is work. */
static void
spoil(void)
{
	size_t len;
	uint8_t *bytes = file_read(in_folder(work, "v/keys"), &len);

	bytes[500] ^= 1;
	file_write(in_folder(work, "v/keys"), bytes, len);
	free(bytes);
}

const struct call nomem_vault[] = {
	{ "vault_create", call_create, NOTHING, .opens = "dusk" },
	{ "vault_cost_of", call_cost, VAULT, .opens = "dusk" },
	{ "vault_key_unlock", call_unlock, VAULT, .opens = "dusk" },
	{ "vault_key_attach", call_attach, UNLOCKED, .opens = "dusk" },
	{ "vault_open", call_open, UNLOCKED, .opens = "dusk" },
	{ "vault_enter", call_enter, OPEN, .opens = "dusk" },
	{ "vault_enter, mending", call_enter, OPEN, .opens = "dusk",
	    .prepare = spoil },
	{ "vault_info", call_info, OPEN, .opens = "dusk" },
	{ "vault_log_each", call_log, OPEN, .opens = "dusk" },
	{ "vault_passphrase_each", call_each, OPEN, .opens = "dusk" },
	{ "vault_passphrase_find", call_find, OPEN, .opens = "dusk" },
	{ "vault_passphrase_add", call_add, OPEN, .opens = "dusk" },
	{ "vault_passphrase_change", call_change, OPEN, .opens = "paper" },
	{ "vault_passphrase_remove", call_remove, OPEN, .opens = "paper" },
	{ "store_commit", call_note, OPEN, .opens = "dusk" },
	{ "vault_check", call_check, OPEN, .opens = "dusk" },
	{ "vault_check, quick", call_check_quick, OPEN, .opens = "dusk" },
	RECORDS("vault_check, records", call_check_records),
};
const size_t nomem_vault_n = sizeof(nomem_vault) / sizeof(nomem_vault[0]);
