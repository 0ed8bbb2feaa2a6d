/* SPDX-License-Identifier: ISC */
/* backup, restore: whole copies.  reindex: the index anew. */
#include <string.h>

#include "ask.h"
#include "care.h"
#include "host.h"
#include "progress.h"
#include "session.h"

static bool
step(void *ctx, uint64_t done, uint64_t total)
{
	return progress_step(ctx, done, total);
}

/* The message for an error of a copy to folder. */
static int
copy_fault(const struct vault *v, enum vault_err err, const char *folder)
{
	struct vault_fault fault = vault_fault(v);

	return say_fault(err, &fault, folder);
}

static int
say_copied(enum say what, const char *folder)
{
	struct doc *d = doc_object();

	doc_text(d, "folder", folder);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	say_line(what, folder, NULL);
	return 0;
}

static int
copy(struct session *s, const char *folder)
{
	struct progress progress;
	enum vault_err err;

	host_catch_interrupts();
	progress_begin(&progress, SAY_PROGRESS_COPYING);
	err = vault_backup(s->vault, folder, step, &progress);
	progress_end(&progress);
	return err == VAULT_OK ? say_copied(SAY_BACKUP_DONE, folder)
			       : copy_fault(s->vault, err, folder);
}

int
cmd_backup(struct cli *c, int argc, char **argv)
{
	struct session s;
	int status;

	if (cli_options(argc, argv, NULL, 0) != 1)
		return say_usage("backup FOLDER");
	if ((status = session_open(&s, c)) != 0)
		return status;
	/* The copy is verified too; this one says what is wrong, and first. */
	if ((status = care_check(s.vault, CARE_SUM, SAY_COUNT)) == 0)
		status = copy(&s, argv[1]);
	else if (status == 13)
		say_hint(SAY_HINT_CHECK, NULL);
	session_close(&s);
	return status;
}

/* ---- restore ---- */

/*
 * A copy is opened without what is due on entering a vault: nothing is
 * written to it.  What vault_restore makes of it is checked whole.
 */
static int
open_copy(struct session *s, const struct cli *c, const char *from)
{
	struct vault_place place = { from, c->place.keys };
	struct vault_fault fault = { VAULT_WHERE_KEYS, 0 };
	enum vault_keys_state state;
	struct vault_cost cost;
	struct secret *pass;
	enum vault_err err;
	int status;

	memset(s, 0, sizeof(*s));
	s->agent = -1;
	if ((err = vault_cost_of(&cost, &place)) != VAULT_OK)
		goto failed;
	for (unsigned tries = 1;; tries++) {
		if ((status = ask_passphrase(&pass, c, SAY_ASK_PASS_COPY)) != 0)
			return status;
		err = vault_key_unlock(&s->key, &state, &place, pass);
		secret_free(pass);
		if (!session_may_try_again(c, say_status(err), tries))
			break;
		(void)say_fault(err, &fault, from);
	}
	if (err == VAULT_OK)
		err = vault_open(&s->vault, &place, s->key, &fault);
	if (err == VAULT_OK)
		return 0;
	session_close(s);
failed:
	/* Not the hint of a vault that is missing: none is to be made there. */
	if (err == VAULT_ENOVAULT) {
		say_error(SAY_NO_COPY, from, NULL);
		return say_status(err);
	}
	return say_fault(err, &fault,
	    err == VAULT_EKDFMEM ? say_size((uint64_t)cost.memory * 1024)
				 : from);
}

int
cmd_restore(struct cli *c, int argc, char **argv)
{
	const char *to = c->place.folder;
	struct progress progress;
	struct session s;
	enum vault_err err;
	int status;

	if (cli_options(argc, argv, NULL, 0) != 1)
		return say_usage("restore FROM");
	if ((status = open_copy(&s, c, argv[1])) != 0)
		return status;
	host_catch_interrupts();
	progress_begin(&progress, SAY_PROGRESS_COPYING);
	err = vault_restore(s.vault, to, step, &progress);
	progress_end(&progress);
	if (err != VAULT_OK)
		status = copy_fault(s.vault, err, to);
	session_close(&s);
	return status == 0 ? say_copied(SAY_RESTORE_DONE, to) : status;
}

/* ---- reindex ---- */

static int
say_reindexed(void)
{
	struct doc *d = doc_object();

	doc_bool(d, "reindexed", true);
	if (say_is_json())
		return doc_print(d);
	doc_free(d);
	say_line(SAY_REINDEXED, NULL);
	return 0;
}

int
cmd_reindex(struct cli *c, int argc, char **argv)
{
	struct progress progress;
	struct session s;
	enum vault_err err;
	int status;

	if (cli_options(argc, argv, NULL, 0) != 0)
		return say_usage("reindex");
	if ((status = session_open(&s, c)) != 0)
		return status;
	host_catch_interrupts();
	progress_begin(&progress, SAY_PROGRESS_INDEXING);
	err = vault_reindex(s.vault, step, &progress);
	progress_end(&progress);
	if (err != VAULT_OK)
		status = session_fault(&s, err);
	session_close(&s);
	return status == 0 ? say_reindexed() : status;
}
