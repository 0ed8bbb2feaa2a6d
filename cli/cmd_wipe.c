/* SPDX-License-Identifier: ISC */
/* wipe: the whole vault, keys first; needs no passphrase. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"
#include "ask.h"
#include "session.h"

static void
say_what_is_lost(struct vault *v)
{
	struct vault_losses losses;

	if (vault_losses(&losses, v) != VAULT_OK)
		say_warning(SAY_WIPE_CANNOT_KNOW, NULL);
	else if (losses.last_backup == 0)
		say_warning(
		    SAY_WIPE_NO_BACKUP, say_number(losses.records), NULL);
	else
		say_warning(SAY_WIPE_LOSSES, say_number(losses.only_here),
		    say_time(losses.last_backup),
		    say_counted(SAY_N_RECORDS, losses.records), NULL);
}

/*
 * What can be said before, while the vault is unlocked; never is a passphrase
 * asked for: who wipes may not have it.  In a process of its own, since who
 * has the key from the agent ends when the agent is locked.
 */
static void
say_losses(const struct cli *c, bool unlocked)
{
	struct session s;
	pid_t pid;

	if (!unlocked) {
		say_warning(SAY_WIPE_CANNOT_KNOW, NULL);
		return;
	}
	fflush(NULL);
	if ((pid = fork()) == 0) {
		if (session_open(&s, c) == 0)
			say_what_is_lost(s.vault);
		fflush(NULL);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void
step(void *ctx, enum vault_wipe_step what, enum vault_err err)
{
	static const enum say done[] = {
		[VAULT_WIPE_KEYS] = SAY_WIPED_KEYS,
		[VAULT_WIPE_KEYS_FILE] = SAY_WIPED_KEYS_FILE,
		[VAULT_WIPE_CELLS] = SAY_WIPED_CELLS,
		[VAULT_WIPE_SYNC] = SAY_WIPED_SYNC,
		[VAULT_WIPE_FOLDER] = SAY_WIPED_FOLDER,
	};
	static const enum say failed[] = {
		[VAULT_WIPE_KEYS] = SAY_WIPE_FAILED_KEYS,
		[VAULT_WIPE_KEYS_FILE] = SAY_WIPE_FAILED_KEYS_FILE,
		[VAULT_WIPE_CELLS] = SAY_WIPE_FAILED_CELLS,
		[VAULT_WIPE_SYNC] = SAY_WIPE_FAILED_SYNC,
		[VAULT_WIPE_FOLDER] = SAY_WIPE_FAILED_FOLDER,
	};
	static const char *const words[] = { "keys", "keys-file", "cells",
		"sync", "folder" };
	const char *system = strerror(errno);
	struct doc *d = doc_object();

	if (err == VAULT_OK)
		say_line(done[what], NULL);
	else
		say_warning(failed[what], system, NULL);
	doc_text(d, "step", words[what]);
	doc_bool(d, "done", err == VAULT_OK);
	doc_put(ctx, NULL, d);
}

static void
lock_it(int agent)
{
	struct agent_locked locked;

	if (agent < 0)
		return;
	agent_lock(agent, &locked);
	close(agent);
}

int
cmd_wipe(struct cli *c, int argc, char **argv)
{
	char name[VAULT_PLACE_NAME_LEN];
	struct doc *steps, *d;
	enum vault_err err;
	int agent = -1, status;

	if (cli_options(argc, argv, NULL, 0) != 0)
		return say_usage("wipe");
	if (vault_place_name(name, &c->place) != VAULT_OK)
		return say_fault(VAULT_ENOVAULT, NULL, c->place.folder);
	if (!c->yes) {
		agent = agent_connect(name);
		if (agent >= 0)
			close(agent);
		say_losses(c, agent >= 0);
	}
	if (!ask_yes(c, false, SAY_ASK_WIPE, c->place.folder)) {
		say_error(SAY_STOPPED, NULL);
		return 1;
	}
	/* The key in memory first, then the one on the medium. */
	lock_it(agent_connect(name));
	steps = doc_array();
	err = vault_wipe(&c->place, step, steps);
	d = doc_object();
	doc_put(d, "steps", steps);
	doc_bool(d, "wiped", err == VAULT_OK);
	if (say_is_json() && err != VAULT_ENOVAULT)
		(void)doc_print(d);
	else
		doc_free(d);
	status = err == VAULT_OK ? 0 : say_fault(err, NULL, c->place.folder);
	if (err != VAULT_ENOVAULT)
		say_line(SAY_WIPE_NOTE, NULL);
	return status;
}
