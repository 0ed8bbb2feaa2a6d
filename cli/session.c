/* SPDX-License-Identifier: ISC */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
#include "ask.h"
#include "care.h"
#include "codes.h"
#include "host.h"
#include "session.h"

static atomic_bool gone;
static void (*_Atomic last_act)(void);

/*
 * The watcher says so and ends the process: whoever asks leaves it the time
 * to, so that the sentence is not lost.
 */
bool
session_is_gone(void)
{
	const struct timespec moment = { .tv_nsec = 10000000 };

	if (!atomic_load(&gone))
		return false;
	for (unsigned i = 0; i < 50; i++)
		(void)nanosleep(&moment, NULL);
	return true;
}

void
session_at_lock(void (*last)(void))
{
	atomic_store(&last_act, last);
}

/* The watcher: nothing is ever sent to us, so any event is the end. */
static void *
watch(void *arg)
{
	struct pollfd p = { (int)(intptr_t)arg, POLLIN, 0 };
	static const char text[] = "amparo: locked\n";
	static const char json[] = "{\"error\": \"locked\", \"exit\": 11,"
				   " \"message\": \"locked\"}\n";
	bool as_json = say_is_json();
	void (*last)(void);

	while (poll(&p, 1, -1) != 1)
		;
	atomic_store(&gone, true);
	if ((last = atomic_load(&last_act)) != NULL)
		last();
	(void)!write(STDERR_FILENO, as_json ? json : text,
	    (as_json ? sizeof(json) : sizeof(text)) - 1);
	_exit(11);
}

static bool
start_watching(int fd)
{
	pthread_attr_t attr;
	pthread_t thread;
	bool good;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	good = pthread_create(&thread, &attr, watch, (void *)(intptr_t)fd) == 0;
	pthread_attr_destroy(&attr);
	return good;
}

/* The id in the file of keys, if it can be read, must be the agent's. */
static bool
is_same_vault(const struct vault_key *key, const struct cli *c)
{
	uint8_t id[16];

	return vault_place_id(id, &c->place) != VAULT_OK ||
	    memcmp(id, vault_key_id(key), sizeof(id)) == 0;
}

/* A key from the agent of this vault, if there is one. */
static void
ask_agent(struct session *s, const struct cli *c)
{
	char name[VAULT_PLACE_NAME_LEN];

	if (vault_place_name(name, &c->place) != VAULT_OK ||
	    (s->agent = agent_connect(name)) < 0)
		return;
	if ((s->key = agent_key(s->agent)) != NULL &&
	    is_same_vault(s->key, c) && start_watching(s->agent))
		return;
	vault_key_free(s->key);
	s->key = NULL;
	close(s->agent);
	s->agent = -1;
}

static bool
waiting(void *ctx, unsigned waited_ms)
{
	(void)ctx;
	if (waited_ms == 1000 && isatty(STDERR_FILENO))
		say_warning(SAY_WAITING, NULL);
	return !host_interrupted();
}

/* What the library says by itself, but not where a program reads it. */
static void
speak(struct vault *v)
{
	static struct buf not_here;
	struct vault_speech speech;

	if (say_is_json())
		return;
	vault_titles_in(v, say_lang());
	buf_reset(&not_here);
	say_put(&not_here, SAY_WITHHELD, NULL);
	speech.not_here = buf_text(&not_here);
	speech.yes = codes_vocab_label("yn", "y");
	speech.no = codes_vocab_label("yn", "n");
	vault_speak(v, &speech);
}

static int
open_vault(struct session *s, const struct cli *c)
{
	struct vault_fault fault;
	enum vault_err err;

	vault_key_on_busy(s->key, waiting, NULL);
	err = vault_open(&s->vault, &c->place, s->key, &fault);
	if (err != VAULT_OK)
		return say_fault(err, &fault, c->place.folder);
	speak(s->vault);
	return 0;
}

static bool
is_read_only(struct vault *v)
{
	struct vault_info info;
	bool read_only = false;

	if (vault_info(&info, v) == VAULT_OK) {
		read_only = info.read_only;
		vault_info_free(&info);
	}
	return read_only;
}

static void
say_keys(struct vault *v, enum vault_keys_state state)
{
	switch (state) {
	case VAULT_KEYS_EQUAL:
		break;
	case VAULT_KEYS_DAMAGED:
		say_warning(
		    is_read_only(v) ? SAY_KEYS_NOT_MENDED : SAY_KEYS_MENDED,
		    NULL);
		break;
	case VAULT_KEYS_CUT:
		say_warning(SAY_KEYS_SETTLED, NULL);
		break;
	case VAULT_KEYS_FORGED:
		say_warning(SAY_KEYS_FORGED, NULL);
		break;
	}
}

/* It is remembered only when a check has gone through and found nothing. */
static int
check_new_machine(struct session *s)
{
	int status = care_check(s->vault, CARE_CELLS, SAY_NEW_MACHINE);
	enum vault_err err;

	if (status == 0 && (err = vault_remember_machine(s->vault)) != VAULT_OK)
		return session_fault(s, err);
	return status;
}

#define TRIES 3 /* to type the passphrase on a terminal */

/* Small enough for a look at the sum to take a few milliseconds. */
#define SMALL_CELLS 4096

/*
 * An old cell that was put back shows in the sum only.  While a vault is
 * small every unlock looks; a large one is looked at by check.
 */
static int
check_small(struct session *s)
{
	struct vault_info info;
	bool small;

	if (vault_info(&info, s->vault) != VAULT_OK)
		return 0;
	small = info.cells <= SMALL_CELLS;
	vault_info_free(&info);
	return small ? care_check(s->vault, CARE_SUM, SAY_COUNT) : 0;
}

/* What is due when a vault is opened with a passphrase. */
static int
enter(struct session *s, enum vault_keys_state state)
{
	struct vault_entered entered;
	enum vault_err err;

	err = vault_enter(&entered, s->vault);
	if (err == VAULT_EPASS) {
		vault_close(s->vault);
		s->vault = NULL;
	}
	if (err != VAULT_OK)
		return s->vault == NULL ? say_fault(err, NULL, "")
					: session_fault(s, err);
	say_keys(s->vault, state);
	if (entered.keys_other) {
		say_warning(SAY_KEYS_OTHER, NULL);
		say_hint(SAY_HINT_KEYS_OTHER, NULL);
	}
	if (entered.index_old) {
		say_warning(SAY_INDEX_OLD, NULL);
		say_hint(SAY_HINT_INDEX_OLD, NULL);
	}
	if (entered.new_machine)
		return check_new_machine(s);
	return check_small(s);
}

static int
cannot_unlock(enum vault_err err, const struct cli *c)
{
	struct vault_fault fault = { VAULT_WHERE_KEYS, 0 };
	struct vault_cost cost;

	if (err == VAULT_EKDFMEM && vault_cost_of(&cost, &c->place) == VAULT_OK)
		return say_fault(
		    err, &fault, say_size((uint64_t)cost.memory * 1024));
	return say_fault(err, &fault,
	    c->place.keys != NULL ? c->place.keys : c->place.folder);
}

/* Open the vault with a passphrase. */
static int
enter_with(struct session *s, const struct cli *c, const struct secret *pass)
{
	enum vault_keys_state state;
	enum vault_err err;
	int status;

	err = vault_key_unlock(&s->key, &state, &c->place, pass);
	if (err != VAULT_OK)
		return cannot_unlock(err, c);
	status = open_vault(s, c);
	if (status == 0)
		status = enter(s, state);
	/* Damage was named; the vault is there to be read and mended. */
	s->care = status;
	if (status != 0 && s->vault == NULL)
		session_close(s);
	return s->vault == NULL ? status : 0;
}

/* No vault, or one that cannot be opened here: said before asking. */
static int
ask(struct secret **pass, const struct cli *c, enum say prompt)
{
	struct vault_cost cost;
	enum vault_err err;

	*pass = NULL;
	if ((err = vault_cost_of(&cost, &c->place)) != VAULT_OK)
		return cannot_unlock(err, c);
	return ask_passphrase(pass, c, prompt);
}

bool
session_may_try_again(const struct cli *c, int status, unsigned tries)
{
	return status == say_status(VAULT_EPASS) && tries < TRIES &&
	    c->pass_file == NULL && c->pass_fd < 0;
}

int
session_enter(struct session *s, const struct cli *c, enum say prompt)
{
	struct secret *pass;
	unsigned tries = 0;
	int status;

	do {
		memset(s, 0, sizeof(*s));
		s->agent = -1;
		if ((status = ask(&pass, c, prompt)) != 0)
			return status;
		status = enter_with(s, c, pass);
		secret_free(pass);
	} while (session_may_try_again(c, status, ++tries));
	return status;
}

/* What a write that was cut short makes due. */
static void
look_after(const struct session *s)
{
	if (vault_was_interrupted(s->vault))
		(void)care_check(s->vault, CARE_SUM, SAY_WAS_INTERRUPTED);
	vault_tidy(s->vault);
}

/* With the key of the agent nothing has looked at the passphrase yet. */
static int
open_asked(struct session *s, unsigned *slot, const struct cli *c,
    const struct secret *pass)
{
	bool spared = s->key != NULL;
	int status = spared ? open_vault(s, c) : enter_with(s, c, pass);
	unsigned found;
	enum vault_err err;

	if (status != 0 || (!spared && slot == NULL))
		return status;
	err = vault_passphrase_find(&found, s->vault, pass);
	if (err == VAULT_OK && slot != NULL)
		*slot = found;
	return err == VAULT_OK   ? 0
	    : err == VAULT_EPASS ? say_fault(err, NULL, NULL)
				 : session_fault(s, err);
}

int
session_open_asking(
    struct session *s, unsigned *slot, const struct cli *c, enum say prompt)
{
	struct secret *pass;
	unsigned tries = 0;
	int status;

	do {
		memset(s, 0, sizeof(*s));
		s->agent = -1;
		/* The agent first, so that a lock ends the prompt too. */
		if (c->pass_file == NULL && c->pass_fd < 0)
			ask_agent(s, c);
		if ((status = ask(&pass, c, prompt)) == 0)
			status = open_asked(s, slot, c, pass);
		secret_free(pass);
		if (status == 0)
			look_after(s);
		else
			session_close(s);
	} while (session_may_try_again(c, status, ++tries));
	return status;
}

int
session_open(struct session *s, const struct cli *c)
{
	int status;

	memset(s, 0, sizeof(*s));
	s->agent = -1;
	if (c->pass_file == NULL && c->pass_fd < 0)
		ask_agent(s, c);
	if (s->key == NULL)
		status = session_enter(s, c, SAY_ASK_PASS);
	else
		status = open_vault(s, c);
	if (status == 0)
		look_after(s);
	else
		session_close(s);
	return status;
}

void
session_close(struct session *s)
{
	vault_close(s->vault);
	vault_key_free(s->key);
	/* The watcher would take the end of our own for a lock. */
	s->vault = NULL;
	s->key = NULL;
}

int
session_fault(const struct session *s, enum vault_err err)
{
	struct vault_fault fault = vault_fault(s->vault);

	return say_fault(err, &fault, "");
}
