/* SPDX-License-Identifier: ISC */
/*
 * power - a loss of power at every step of every operation (R1), and another
 * one while the vault recovers from it (R2).
 *
 * Each scenario is recorded once (record.h).  At every position of its log
 * images of the disk are made in six ways; each image must
 *
 * 1. open with the passphrase from before or from after, without a word of
 *    forgery, and be clean in a full check;
 * 2. be exactly in the state before or after the step under way, and not
 *    before one that was acknowledged;
 * 3. take the same operation again, and then be clean and without a file
 *    that does not belong there.
 *
 * Equal images of one scenario are looked at once.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content.h"
#include "core/buf.h"
#include "harness.h"
#include "inside.h"
#include "record.h"
#include "record/attach.h"
#include "sender.h"
#include "store/cells.h"
#include "store/log.h"
#include "store/store.h"

#define ACKS_MAX 64

/* Numbers shown in the report. */
enum { DISTINCT, RECOVERIES, CUT_AGAIN, POSITIONS, LEFT_KEYS };

struct scenario {
	const char *name;
	/* What is there before, in FOLDER; not recorded. */
	void (*prepare)(const char *folder);
	/* What is recorded; record_ack() after each success. */
	void (*act)(const char *folder);
	/* The same once more; done: it had been done.  False: it failed. */
	bool (*again)(const char *folder, bool done);
	const char *pass[2]; /* one of them opens */
	bool makes;          /* before it there is no vault */
	bool log_counts;     /* entries of the log are part of the state */
	bool ends_the_same;  /* after again, the state is the last one */
	bool keys_elsewhere; /* FOLDER/media/keys */
	bool records;        /* records are part of the state, and of again */
	bool staged;         /* rows may be there that nothing points to */
	bool copies;         /* FOLDER/copy, too, is part of the state */
};
static const struct scenario *current;

static struct secret *
known(const char *text)
{
	static struct {
		const char *text;
		struct secret *secret;
	} all[8];
	unsigned i = 0;

	while (all[i].text != NULL && strcmp(all[i].text, text) != 0)
		i++;
	if (all[i].text == NULL) {
		all[i].text = text;
		all[i].secret = secret_text(text);
	}
	return all[i].secret;
}

static struct vault_place
place_in(const char *folder)
{
	return (struct vault_place){ in_folder(folder, "v"),
		current->keys_elsewhere ? in_folder(folder, "media/keys")
					: NULL };
}

/* vault_stray, also where the keys lie elsewhere. */
static const char *
stray_in(const char *folder, bool journal_allowed)
{
	const char *stray = vault_stray(folder, journal_allowed);

	if (current->keys_elsewhere && stray != NULL &&
	    strcmp(stray, "a file is missing") == 0)
		return NULL;
	return stray;
}

/* vault_try, without a fresh secret for each of many thousand times. */
static enum vault_err
try_open(struct opened *o, const char *folder, const char *pass)
{
	struct vault_place place = place_in(folder);
	enum vault_err err;

	memset(o, 0, sizeof(*o));
	err = vault_key_unlock(&o->key, &o->keys, &place, known(pass));
	if (err == VAULT_OK)
		err = vault_open(&o->vault, &place, o->key, &o->fault);
	if (err != VAULT_OK)
		vault_done(o);
	return err;
}

static void
must(enum vault_err err, const char *what)
{
	if (err != VAULT_OK) {
		fprintf(stderr, "power: %s: %s\n", what, vault_strerror(err));
		abort();
	}
}

/* ---- Scenarios ---- */

static void
prepare_nothing(const char *folder)
{
	(void)folder;
}

static void
prepare_vault(const char *folder)
{
	vault_make(folder);
}

static void
prepare_empty_folder(const char *folder)
{
	mkdir(in_folder(folder, "v"), 0700);
}

/* What a try that was cut short left behind. */
static void
prepare_unfinished(const char *folder)
{
	mkdir(in_folder(folder, "v.unfinished"), 0700);
	file_write(in_folder(folder, "v.unfinished/keys"), "half", 4);
	file_write(in_folder(folder, "v.unfinished/cells.db"), "half", 4);
}

static enum vault_err
create(const char *folder)
{
	struct vault_new what = {
		.place = place_in(folder),
		.cost = cheap,
		.pass = known("dusk"),
		.pass_name = "mine",
		.office = "Office A",
	};
	struct vault_key *key;
	enum vault_err err;
	struct vault *v;

	err = vault_create(&v, &key, &what);
	vault_close(v);
	vault_key_free(key);
	return err;
}

static void
act_create(const char *folder)
{
	must(create(folder), "create");
	record_ack();
}

static bool
again_create(const char *folder, bool done)
{
	return create(folder) == (done ? VAULT_EEXISTS : VAULT_OK);
}

static void
prepare_elsewhere(const char *folder)
{
	mkdir(in_folder(folder, "media"), 0700);
}

/*
 * A file of keys that lies elsewhere is never written over, for it may be
 * that of another vault.  So a try cut short may leave one that has to be
 * taken away by hand.
 */
static bool
again_elsewhere(const char *folder, bool done)
{
	enum vault_err err = create(folder);

	if (!done && err == VAULT_EEXISTS &&
	    access(in_folder(folder, "v"), F_OK) != 0 &&
	    unlink(in_folder(folder, "media/keys")) == 0) {
		harness_add(LEFT_KEYS, 1);
		err = create(folder);
	}
	return err == (done ? VAULT_EEXISTS : VAULT_OK);
}

/* Change bytes of one copy in the file of keys. */
static void
spoil_keys(const char *folder, size_t offset)
{
	size_t len;
	uint8_t *bytes = file_read(in_folder(folder, "v/keys"), &len);

	bytes[offset] ^= 1;
	file_write(in_folder(folder, "v/keys"), bytes, len);
	free(bytes);
}

static void
prepare_first_damaged(const char *folder)
{
	vault_make(folder);
	spoil_keys(folder, 300);
}

static void
prepare_second_damaged(const char *folder)
{
	vault_make(folder);
	spoil_keys(folder, 4096 + 300);
}

static void
add(const char *folder, const char *name, const char *pass)
{
	struct opened o;

	must(try_open(&o, folder, "dusk"), "open");
	must(vault_passphrase_add(o.vault, name, known(pass)), "add");
	vault_done(&o);
}

/* The second copy is that of a change which never reached the first. */
static void
prepare_cut(const char *folder)
{
	size_t len;
	uint8_t *before, *after;

	vault_make(folder);
	before = file_read(in_folder(folder, "v/keys"), &len);
	add(folder, "paper", "paper");
	after = file_read(in_folder(folder, "v/keys"), &len);
	memcpy(after, before, 4096);
	file_write(in_folder(folder, "v/keys"), after, len);
	free(before);
	free(after);
}

static void
act_enter(const char *folder)
{
	struct opened o;
	bool new_machine;

	must(try_open(&o, folder, "dusk"), "open");
	must(vault_arrive(o.vault, &new_machine), "enter");
	record_ack();
	vault_done(&o);
}

static bool
again_enter(const char *folder, bool done)
{
	enum vault_err err;
	bool new_machine;
	struct opened o;

	(void)done;
	if (try_open(&o, folder, "dusk") != VAULT_OK)
		return false;
	err = vault_arrive(o.vault, &new_machine);
	vault_done(&o);
	return err == VAULT_OK;
}

static void
prepare_two(const char *folder)
{
	vault_make(folder);
	add(folder, "paper", "paper");
}

static void
act_add(const char *folder)
{
	struct opened o;

	must(try_open(&o, folder, "dusk"), "open");
	must(vault_passphrase_add(o.vault, "paper", known("paper")), "add");
	record_ack();
	vault_done(&o);
}

static bool
again_add(const char *folder, bool done)
{
	enum vault_err err;
	struct opened o;

	if (try_open(&o, folder, "dusk") != VAULT_OK)
		return false;
	err = vault_passphrase_add(o.vault, "paper", known("paper"));
	vault_done(&o);
	/* Done: the passphrase opens it already. */
	return err == (done ? VAULT_EUSE : VAULT_OK);
}

static void
act_change(const char *folder)
{
	struct opened o;

	must(try_open(&o, folder, "dusk"), "open");
	must(vault_passphrase_change(o.vault, 0, known("dawn")), "change");
	record_ack();
	vault_done(&o);
}

static bool
again_change(const char *folder, bool done)
{
	enum vault_err err;
	struct opened o;

	if (try_open(&o, folder, done ? "dawn" : "dusk") != VAULT_OK)
		return false;
	err = vault_passphrase_change(o.vault, 0, known("dawn"));
	vault_done(&o);
	return err == (done ? VAULT_EUSE : VAULT_OK);
}

static void
act_remove(const char *folder)
{
	struct opened o;

	must(try_open(&o, folder, "dusk"), "open");
	must(vault_passphrase_remove(o.vault, "paper"), "remove");
	record_ack();
	vault_done(&o);
}

static bool
again_remove(const char *folder, bool done)
{
	enum vault_err err;
	struct opened o;

	if (try_open(&o, folder, "dusk") != VAULT_OK)
		return false;
	err = vault_passphrase_remove(o.vault, "paper");
	vault_done(&o);
	return err == (done ? VAULT_ENORECORD : VAULT_OK);
}

/* One commit of some size. */
static enum vault_err
note(struct vault *v, unsigned number, size_t len)
{
	static char text[40000];
	enum vault_err err;

	memset(text, 'a' + (int)(number % 26), len);
	if ((err = store_begin(v->store)) == VAULT_OK &&
	    (err = log_add(v->store, "note", text, len)) == VAULT_OK)
		err = store_commit(v->store);
	store_abort(v->store);
	return err;
}

static void
act_grow(const char *folder)
{
	static const size_t sizes[] = { 10, 9000, 100, 3000, 39000, 50 };
	struct opened o;

	must(try_open(&o, folder, "dusk"), "open");
	for (unsigned i = 0; i < 24; i++) {
		must(note(o.vault, i, sizes[i % 6]), "note");
		record_ack();
	}
	vault_done(&o);
}

static bool
again_grow(const char *folder, bool done)
{
	enum vault_err err;
	struct opened o;

	(void)done;
	if (try_open(&o, folder, "dusk") != VAULT_OK)
		return false;
	err = note(o.vault, 99, 12000);
	vault_done(&o);
	return err == VAULT_OK;
}

/* ---- Scenarios with records ---- */

static struct content content;
static const char added[] =
    "{\"type\":\"person\",\"names\":[{\"text\":\"Li Tiantian\"}]}";
static const char edited[] = "{\"type\":\"case\",\"title\":\"The new lake\","
			     "\"summary\":\"third\",\"tags\":[\"spring\"]}";
static const char draft[] = "{\"type\":\"case\",\"title\":\"A thought\"}";
static const size_t choice[1] = { 1 };

#define ATTACH_SIZE 300000 /* five chunks */
#define ATTACH_NAME "a recording.ogg"

static void
prepare_records(const char *folder)
{
	struct opened o;

	vault_make(folder);
	must(try_open(&o, folder, "dusk"), "open");
	must(content_make(&content, o.vault), "records");
	vault_done(&o);
}

/* What is done with an open vault; done: it had been done. */
typedef enum vault_err work_fn(struct vault *v, const char *folder, bool done);

static void
act_with(const char *folder, work_fn *work_on)
{
	struct opened o;

	must(try_open(&o, folder, "dusk"), "open");
	must(work_on(o.vault, folder, false), current->name);
	record_ack();
	vault_done(&o);
}

static bool
again_with(const char *folder, work_fn *work_on, bool done)
{
	enum vault_err err;
	struct opened o;

	if (try_open(&o, folder, "dusk") != VAULT_OK)
		return false;
	err = work_on(o.vault, folder, done);
	vault_done(&o);
	return err == VAULT_OK;
}

#define WORK(name)                                                             \
	static void act_##name(const char *folder)                             \
	{                                                                      \
		act_with(folder, name);                                        \
	}                                                                      \
	static bool again_##name(const char *folder, bool done)                \
	{                                                                      \
		return again_with(folder, name, done);                         \
	}

static enum vault_err
record_add(struct vault *v, const char *folder, bool done)
{
	char id[VAULT_ID_LEN];

	(void)folder;
	if (done)
		return content_find(v, "tiantian") == 1 ? VAULT_OK
							: VAULT_EDAMAGED;
	return content_add(id, v, added);
}

static enum vault_err
record_edit(struct vault *v, const char *folder, bool done)
{
	(void)folder;
	(void)done;
	return content_edit(v, content.old, edited);
}

static enum vault_err
record_revert(struct vault *v, const char *folder, bool done)
{
	(void)folder;
	(void)done;
	return vault_revert(v, content.old, content.old_version);
}

static enum vault_err
record_resolve(struct vault *v, const char *folder, bool done)
{
	struct vault_record r;
	enum vault_err err;

	(void)folder;
	if ((err = vault_get(&r, v, content.torn)) != VAULT_OK)
		return err;
	err = vault_resolve(v, &r, choice, 1);
	vault_record_free(&r);
	if (done)
		return err == VAULT_EUSE ? VAULT_OK : VAULT_EDAMAGED;
	return err;
}

static bool
is_attached(void *ctx, const struct vault_attachment *a)
{
	*(bool *)ctx |= strcmp(buf_text(&a->name), ATTACH_NAME) == 0;
	return true;
}

static enum vault_err
record_attach(struct vault *v, const char *folder, bool done)
{
	enum vault_err err;
	bool there = false;

	(void)folder;
	if (!done)
		return content_attach(v, content.old, ATTACH_NAME, ATTACH_SIZE);
	err = vault_attachments(v, content.old, is_attached, &there);
	return err == VAULT_OK && !there ? VAULT_EDAMAGED : err;
}

static enum vault_err
draft_put(struct vault *v, const char *folder, bool done)
{
	int64_t number = content.draft;

	(void)folder;
	(void)done;
	return vault_draft_put(
	    v, &number, content.person, NULL, "case", draft, strlen(draft));
}

static enum vault_err
draft_drop(struct vault *v, const char *folder, bool done)
{
	(void)folder;
	(void)done;
	return vault_draft_drop(v, content.draft);
}

static enum vault_err
copied(enum vault_err err, bool done)
{
	if (done)
		return err == VAULT_EEXISTS ? VAULT_OK : VAULT_EDAMAGED;
	return err;
}

static enum vault_err
backup(struct vault *v, const char *folder, bool done)
{
	return copied(
	    vault_backup(v, in_folder(folder, "copy"), NULL, NULL), done);
}

static enum vault_err
restore(struct vault *v, const char *folder, bool done)
{
	return copied(
	    vault_restore(v, in_folder(folder, "copy"), NULL, NULL), done);
}

static enum vault_err
reindex(struct vault *v, const char *folder, bool done)
{
	(void)folder;
	(void)done;
	return vault_reindex(v, NULL, NULL);
}

static enum vault_err
record_forget(struct vault *v, const char *folder, bool done)
{
	enum vault_err err = vault_forget(v, content.person, NULL);

	(void)folder;
	if (done)
		return err == VAULT_ENORECORD ? VAULT_OK : VAULT_EDAMAGED;
	return err;
}

/* What another office has forgotten, half of which was edited here. */
static uint8_t *asks;
static size_t asks_len;

static void
prepare_asked(const char *folder)
{
	struct opened o;

	vault_make(folder);
	must(try_open(&o, folder, "dusk"), "open");
	must(content_make(&content, o.vault), "records");
	free(asks);
	must(sender_make(&asks, &asks_len, o.vault), "sender");
	vault_done(&o);
}

static enum vault_err
record_obey(struct vault *v, const char *folder, bool done)
{
	(void)folder;
	return copied(sender_import(v, asks, asks_len), done);
}

/* Done: the key that there is signs. */
static enum vault_err
signs(struct vault *v)
{
	struct buf text = { 0 };
	enum vault_err err = vault_office_revocation(&text, v);

	buf_free(&text);
	return err;
}

static enum vault_err
signing_renew(struct vault *v, const char *folder, bool done)
{
	(void)folder;
	return done ? signs(v) : vault_office_renew_signing(v);
}

static enum vault_err
signing_revoke(struct vault *v, const char *folder, bool done)
{
	struct buf text = { 0 };
	enum vault_err err;
	size_t number = 0;

	(void)folder;
	err = done ? signs(v) : vault_office_revoke(&text, &number, v);
	buf_free(&text);
	return err;
}

WORK(signing_renew)
WORK(signing_revoke)
WORK(record_add)
WORK(record_forget)
WORK(record_obey)
WORK(record_edit)
WORK(record_revert)
WORK(record_resolve)
WORK(record_attach)
WORK(draft_put)
WORK(draft_drop)
WORK(backup)
WORK(restore)
WORK(reindex)

#define WITH_RECORDS(name)                                                     \
	prepare_records, act_##name, again_##name, { "dusk", "dusk" },         \
	    .ends_the_same = true, .records = true

static const struct scenario scenarios[] = {
	{ "create", prepare_nothing, act_create, again_create,
	    { "dusk", "dusk" }, .makes = true },
	{ "create in an empty folder", prepare_empty_folder, act_create,
	    again_create, { "dusk", "dusk" }, .makes = true },
	{ "create after a try cut short", prepare_unfinished, act_create,
	    again_create, { "dusk", "dusk" }, .makes = true },
	{ "create with the keys elsewhere", prepare_elsewhere, act_create,
	    again_elsewhere, { "dusk", "dusk" }, .makes = true,
	    .keys_elsewhere = true },
	{ "mend the first copy", prepare_first_damaged, act_enter, again_enter,
	    { "dusk", "dusk" }, .log_counts = true, .ends_the_same = true },
	{ "mend the second copy", prepare_second_damaged, act_enter,
	    again_enter, { "dusk", "dusk" }, .log_counts = true,
	    .ends_the_same = true },
	{ "settle a change cut short", prepare_cut, act_enter, again_enter,
	    { "dusk", "dusk" }, .ends_the_same = true },
	{ "add a passphrase", prepare_vault, act_add, again_add,
	    { "dusk", "dusk" }, .ends_the_same = true },
	{ "change a passphrase", prepare_vault, act_change, again_change,
	    { "dusk", "dawn" }, .ends_the_same = true },
	{ "remove a passphrase", prepare_two, act_remove, again_remove,
	    { "dusk", "dusk" }, .ends_the_same = true },
	{ "grow by commits", prepare_vault, act_grow, again_grow,
	    { "dusk", "dusk" }, .log_counts = true },
	{ "add a record", WITH_RECORDS(record_add) },
	{ "edit a record", WITH_RECORDS(record_edit) },
	{ "revert a record", WITH_RECORDS(record_revert) },
	{ "resolve a conflict", WITH_RECORDS(record_resolve) },
	{ "attach a file", WITH_RECORDS(record_attach), .staged = true },
	{ "forget a record", WITH_RECORDS(record_forget), .staged = true },
	{ "forget what is asked", prepare_asked, act_record_obey,
	    again_record_obey, { "dusk", "dusk" }, .ends_the_same = true,
	    .records = true, .staged = true },
	{ "renew the signing key", WITH_RECORDS(signing_renew) },
	{ "revoke the signing key", WITH_RECORDS(signing_revoke) },
	{ "put a draft", WITH_RECORDS(draft_put) },
	{ "drop a draft", WITH_RECORDS(draft_drop) },
	{ "make the index again", WITH_RECORDS(reindex) },
	{ "back up", WITH_RECORDS(backup), .copies = true },
	{ "restore", WITH_RECORDS(restore), .copies = true },
};

/* ---- Looking at one image ---- */

/* Where an image comes from, for the message. */
struct origin {
	const struct scenario *s;
	unsigned at, damage;
	int second; /* position in the log of the recovery, or -1 */
};

static void
bad(const struct origin *from, const char *format, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	harness_fail("%s, position %u, damage %u, recovery %d: %s",
	    from->s->name, from->at, from->damage, from->second, text);
}

/* Between what is compared always and what only the same act gives. */
static const char exactly[] = "-- exactly\n";

/* The copy in FOLDER/copy, which is a good one or is not there. */
static void
copy_state(struct buf *out, const char *folder, const struct origin *from)
{
	struct vault_place place = { in_folder(folder, "copy"), NULL };
	struct vault_fault fault;
	enum vault_keys_state keys;
	struct vault_key *key;
	struct vault *v = NULL;
	struct buf dump = { 0 };
	enum vault_err err;

	if (access(place.folder, F_OK) != 0) {
		buf_put_text(out, "no copy\n");
		return;
	}
	if ((err = vault_key_unlock(&key, &keys, &place, known("dusk"))) ==
	    VAULT_OK)
		err = vault_open(&v, &place, key, &fault);
	if (err == VAULT_OK) {
		if (content_dump(&dump, v) != VAULT_OK)
			bad(from, "the copy is not read");
		buf_putf(out, "a copy\n%s", buf_text(&dump));
		if (vault_findings(v, false) > 0)
			bad(from, "the copy is not clean");
	} else {
		bad(from, "the copy does not open: %s", vault_strerror(err));
	}
	vault_close(v);
	vault_key_free(key);
	buf_free(&dump);
}

/* The records, and the rows that they are made of. */
static void
records_state(struct buf *out, struct vault *v, const char *folder,
    const struct origin *from)
{
	struct buf rows = { 0 };

	if (content_dump(out, v) != VAULT_OK)
		bad(from, "the records are not read");
	if (from->s->copies)
		copy_state(out, folder, from);
	if (!from->s->staged) {
		vault_dump(&rows, v, false);
		buf_putf(out, "%s%s", exactly, buf_text(&rows));
	}
	buf_free(&rows);
}

/* True if two states are the same but for what is random. */
static bool
reads_the_same(const char *a, const char *b)
{
	const char *a_end = strstr(a, exactly), *b_end = strstr(b, exactly);
	size_t a_len = a_end == NULL ? strlen(a) : (size_t)(a_end - a);
	size_t b_len = b_end == NULL ? strlen(b) : (size_t)(b_end - b);

	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/*
 * The state of what lies in folder, after opening has recovered and settled
 * it.  "none" if there is no vault; NULL after a failure was reported.
 */
static const char *
state_of(struct buf *out, const char *folder, const struct origin *from)
{
	static const char *const all[] = { "dusk", "dawn", "paper" };
	const struct scenario *s = from->s;
	unsigned turn = random_to(2), slot;
	enum vault_err err;
	struct opened o;
	bool new_machine;
	const char *stray;

	if ((err = try_open(&o, folder, s->pass[turn])) == VAULT_EPASS)
		err = try_open(&o, folder, s->pass[!turn]);
	if (err == VAULT_ENOVAULT && s->makes)
		return "none";
	/* The keys alone, perhaps half written, are no vault either. */
	if (err != VAULT_OK && s->keys_elsewhere &&
	    access(in_folder(folder, "v"), F_OK) != 0)
		return "none";
	if (err != VAULT_OK) {
		bad(from, "does not open: %s", vault_strerror(err));
		return NULL;
	}
	if (o.keys == VAULT_KEYS_FORGED)
		bad(from, "is called forged");
	if ((err = vault_arrive(o.vault, &new_machine)) != VAULT_OK)
		bad(from, "cannot be entered: %s", vault_strerror(err));
	else if (vault_findings(o.vault, false) > 0)
		bad(from, "is not clean");
	if (s->records)
		records_state(out, o.vault, folder, from);
	else
		vault_dump(out, o.vault, s->log_counts);
	for (size_t i = 0; i < 3 && !s->records; i++)
		if (vault_passphrase_find(&slot, o.vault, known(all[i])) ==
		    VAULT_OK)
			buf_putf(out, "%s opens slot %u\n", all[i], slot);
	vault_done(&o);
	if ((stray = stray_in(folder, true)) != NULL)
		bad(from, "left %s", stray);
	return buf_text(out);
}

/* The states between which the vault goes: that after each success. */
struct states {
	char *text[ACKS_MAX + 1];
	unsigned n;
};

/* Where the operation had nothing more to do, another one writes. */
static bool
write_once(const char *folder, const struct scenario *s)
{
	enum vault_err err;
	struct opened o;

	if ((err = try_open(&o, folder, s->pass[0])) == VAULT_EPASS)
		err = try_open(&o, folder, s->pass[1]);
	if (err == VAULT_OK)
		err = note(o.vault, 0, 10);
	vault_done(&o);
	return err == VAULT_OK;
}

static void
again(const char *folder, const struct origin *from, const struct states *st,
    bool done)
{
	struct buf state = { 0 };
	const char *stray, *now;

	/* To stage a file is long work: a third of its images will do. */
	if (from->s->staged && random_to(3) > 0)
		return;
	if (!from->s->again(folder, done)) {
		bad(from, "the same again fails");
		return;
	}
	now = state_of(&state, folder, from);
	if (now != NULL && from->s->ends_the_same &&
	    !reads_the_same(now, st->text[st->n - 1]))
		bad(from, "the same again ends elsewhere");
	if (done && !write_once(folder, from->s))
		bad(from, "takes no further write");
	if ((stray = stray_in(folder, false)) != NULL)
		bad(from, "after a write there is %s", stray);
	if (!done &&
	    (access(in_folder(folder, "v.unfinished"), F_OK) == 0 ||
		access(in_folder(folder, "copy.unfinished"), F_OK) == 0))
		bad(from, "an unfinished folder is left");
	buf_free(&state);
}

/* acks: how many successes had been reported. */
static void
look(const char *folder, const struct origin *from, const struct states *st,
    unsigned acks)
{
	struct buf state = { 0 };
	const char *now = state_of(&state, folder, from);

	if (now == NULL)
		goto out;
	if (strcmp(now, st->text[acks]) == 0)
		again(folder, from, st, acks + 1 == st->n);
	else if (acks + 1 < st->n && strcmp(now, st->text[acks + 1]) == 0)
		again(folder, from, st, acks + 2 == st->n);
	else if (acks > 0 && strcmp(now, st->text[acks - 1]) == 0)
		bad(from, "lost what was acknowledged");
	else
		bad(from, "is neither before nor after");
out:
	buf_free(&state);
}

/* ---- All images ---- */

/* Hashes of what was looked at: a set that only grows. */
#define SEEN (1u << 20)
static uint64_t *seen;

static bool
is_new(uint64_t hash)
{
	size_t at = hash % SEEN;

	for (unsigned tries = 0; seen[at] != 0 && tries < 64; tries++) {
		if (seen[at] == hash)
			return false;
		at = (at + 1) % SEEN;
	}
	seen[at] = hash;
	return true;
}

static char work[128];

/* Lose power again while an image is opened and settled. */
static void
cut_again(const struct disk *image, struct origin from, const struct states *st,
    unsigned acks)
{
	const struct scenario *s = from.s;
	struct disk second;
	struct ops ops;
	struct opened o;
	bool new_machine;
	enum vault_err err;

	disk_store(image, work);
	record_begin(&ops, work);
	if ((err = try_open(&o, work, s->pass[0])) == VAULT_EPASS)
		err = try_open(&o, work, s->pass[1]);
	if (err == VAULT_OK)
		err = vault_arrive(o.vault, &new_machine);
	vault_done(&o);
	record_end();
	if (err != VAULT_OK && !(err == VAULT_ENOVAULT && s->makes))
		bad(&from, "does not recover: %s", vault_strerror(err));
	if (ops.n > 0)
		harness_add(RECOVERIES, 1);
	for (unsigned at = 0; at <= ops.n && ops.n > 0; at++)
		for (unsigned i = 0; i < DAMAGES; i++) {
			enum damage damage = i;

			if (harness_stop())
				break;
			harness_count(1);
			harness_add(CUT_AGAIN, 1);
			image_make(&second, &ops, at, damage);
			if (is_new(disk_hash(&second) ^ acks)) {
				from.second = (int)at;
				harness_add(DISTINCT, 1);
				disk_store(&second, work);
				look(work, &from, st, acks);
			}
			disk_free(&second);
		}
	ops_free(&ops);
}

static struct ops ops;
static struct states states;
static unsigned turns;

/* The workers share the images by their hash, so none is looked at twice. */
static void
all_images(unsigned part, unsigned parts)
{
	unsigned acks = 0;
	struct disk image;

	seen = calloc(SEEN, sizeof(*seen));
	snprintf(work, sizeof(work), "%s/work%u", harness.folder, part);
	mkdir(work, 0700);
	random_start(0); /* the same images in each worker */
	for (unsigned at = 0; at <= ops.n && !harness_stop(); at++) {
		if (at > 0)
			acks += ops.op[at - 1].kind == OP_ACK;
		for (unsigned i = 0; i < turns * DAMAGES; i++) {
			struct origin from = { current, at, i % DAMAGES, -1 };
			uint64_t hash, keep;

			if (i >= DAMAGES && from.damage < DAMAGE_NAMES)
				continue;
			image_make(&image, &ops, at, from.damage);
			hash = disk_hash(&image) ^ acks;
			if (part == 0)
				harness_count(1);
			keep = random_next();
			if (hash / 7 % parts == part && is_new(hash)) {
				harness_add(DISTINCT, 1);
				disk_store(&image, work);
				look(work, &from, &states, acks);
				if (keep % 18 == 0)
					cut_again(&image, from, &states, acks);
			}
			random_start(keep);
			disk_free(&image);
		}
	}
	free(seen);
}

/* What the vault looks like before, and after each success. */
static bool
learn_states(const char *folder)
{
	struct buf state = { 0 };
	struct disk image;
	bool good = true;

	states.n = 0;
	for (unsigned at = 0; at <= ops.n; at++) {
		struct origin from = { current, at, 0, -1 };
		const char *text;

		if (at > 0 && ops.op[at - 1].kind != OP_ACK)
			continue;
		image_make(&image, &ops, at, DAMAGE_NONE);
		disk_store(&image, folder);
		disk_free(&image);
		text = state_of(&state, folder, &from);
		good = good && text != NULL;
		states.text[states.n++] = strdup(text == NULL ? "" : text);
	}
	buf_free(&state);
	return good;
}

static void
run(const struct scenario *s)
{
	unsigned long before = harness_number(DISTINCT);
	double from = harness_seconds();
	char folder[128];

	snprintf(folder, sizeof(folder), "%s/disk", harness.folder);
	mkdir(folder, 0700);
	current = s;
	s->prepare(folder);
	if (harness_fault("no-sync"))
		cells_test_no_sync(true);
	record_begin(&ops, folder);
	s->act(folder);
	record_end();
	cells_test_no_sync(false);
	harness_add(POSITIONS, ops.n + 1);
	if (learn_states(folder))
		harness_split(all_images);
	if (!harness.planted)
		printf("  %s: %u operations, %u acknowledged,"
		       " %lu distinct images, %.1f seconds\n",
		    s->name, ops.n, ops.acks, harness_number(DISTINCT) - before,
		    harness_seconds() - from);
	for (unsigned i = 0; i < states.n; i++)
		free(states.text[i]);
	ops_free(&ops);
	folder_free(strdup(folder));
}

int
main(int argc, char **argv)
{
	harness_start("power", argc, argv);
	turns = harness.draws > 0 ? harness.draws : 1;
	attach_test_commit(2);
	do {
		for (size_t i = 0;
		     i < sizeof(scenarios) / sizeof(scenarios[0]) &&
		     !harness_stop();
		     i++)
			run(&scenarios[i]);
		harness.seed++;
	} while (harness_seconds() < harness.seconds && !harness_stop());
	harness_plant("no-sync");
	if (!harness.planted)
		printf("  %lu positions, %lu distinct images, %lu recoveries"
		       " cut again into %lu images\n",
		    harness_number(POSITIONS), harness_number(DISTINCT),
		    harness_number(RECOVERIES), harness_number(CUT_AGAIN));
	if (!harness.planted)
		printf("  %lu times a file of keys elsewhere was in the way"
		       " of a second try\n",
		    harness_number(LEFT_KEYS));
	return harness_end();
}
