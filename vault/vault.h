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

struct vault;
struct vault_key;

/* Once per process, before anything else. */
VAULT_CHECKED enum vault_err vault_setup(void);

/* Versions of the libraries below: "libsodium 1.0.18, SQLite 3.40.1". */
void vault_libraries(struct buf *out);

/*
 * Where a vault is: its folder, and the file with its keys if that is kept
 * elsewhere, else NULL.
 */
struct vault_place {
	const char *folder;
	const char *keys;
};

/* True if what is stored at path may vanish by itself (tmpfs, overlay). */
bool vault_place_vanishes(const char *path);

/*
 * A name of 32 hexadecimal digits for the folder of a vault, wherever it is
 * seen from.  VAULT_ENOVAULT: there is no such folder.
 */
#define VAULT_PLACE_NAME_LEN 33
VAULT_CHECKED enum vault_err vault_place_name(
    char out[static VAULT_PLACE_NAME_LEN], const struct vault_place *place);

/* The id in the file of keys: 16 bytes. */
VAULT_CHECKED enum vault_err vault_place_id(
    uint8_t out[static 16], const struct vault_place *place);

/* A number in 0 .. below - 1 from the kernel's generator. */
uint32_t vault_random_below(uint32_t below);

/* ---- Keys ---- */

/* The cost of the key derivation (Argon2id): KiB, passes, lanes. */
struct vault_cost {
	uint32_t memory, passes, lanes;
};

/* A cost of about one second here, at most a quarter of the memory. */
VAULT_CHECKED enum vault_err vault_calibrate(struct vault_cost *out);

/* What stands in clear in the file of keys; believed only within bounds. */
VAULT_CHECKED enum vault_err vault_cost_of(
    struct vault_cost *out, const struct vault_place *place);
uint64_t vault_memory_free(void); /* KiB */

/* What unlocking found out about the two copies in the file of keys. */
enum vault_keys_state {
	VAULT_KEYS_EQUAL,
	VAULT_KEYS_DAMAGED, /* one copy; the other served */
	VAULT_KEYS_CUT,     /* a change was cut short, and is settled now */
	VAULT_KEYS_FORGED,  /* a copy was made without the vault key */
};

/*
 * Derive the vault's key from a passphrase.  VAULT_ENOVAULT, VAULT_EPASS,
 * VAULT_EDAMAGED, VAULT_EKDFMEM, VAULT_EVERSION.
 */
VAULT_CHECKED enum vault_err vault_key_unlock(struct vault_key **out,
    enum vault_keys_state *state, const struct vault_place *place,
    const struct secret *pass);

/*
 * The descriptor of the page that holds the key, to be handed to another
 * process; and the key from such a descriptor, which is closed.
 */
int vault_key_fd(const struct vault_key *key);
VAULT_CHECKED enum vault_err vault_key_attach(struct vault_key **out, int fd);

/*
 * For an agent: the page becomes this process's own, and nobody else can map
 * it so that it can be written.  fd is kept; its maker disowns the key.
 */
VAULT_CHECKED enum vault_err vault_key_adopt(struct vault_key **out, int fd);

/* Make the key vanish, at once, for everybody who has the page. */
void vault_key_lock(struct vault_key *key);
bool vault_key_is_gone(const struct vault_key *key);
bool vault_key_is_locked_in_memory(const struct vault_key *key);

/* Another process keeps the page: vault_key_free shall not end it. */
void vault_key_disown(struct vault_key *key);
void vault_key_free(struct vault_key *key);

/* 16 bytes that tell vaults apart: borrowed. */
const uint8_t *vault_key_id(const struct vault_key *key);

/* ---- A vault ---- */

struct vault_new {
	struct vault_place place;
	struct vault_cost cost;
	const struct secret *pass;
	const char *pass_name; /* "mine", "paper" */
	const char *office;    /* name of the office */
};

/*
 * Make a vault in a folder that is not there or is empty, and open it.  Until
 * it is whole it is built beside, in FOLDER.unfinished, which a later try
 * clears away.  VAULT_EEXISTS: there is something already.
 */
VAULT_CHECKED enum vault_err vault_create(
    struct vault **out, struct vault_key **key, const struct vault_new *what);

/* Open a vault with its key, which is borrowed.  On error *fault says where. */
VAULT_CHECKED enum vault_err vault_open(struct vault **out,
    const struct vault_place *place, const struct vault_key *key,
    struct vault_fault *fault);
void vault_close(struct vault *v);

/*
 * Can a time that a version bears be right?  Not more than a day after now:
 * versions of other clocks never count as the newest.
 */
bool vault_time_is_sane(int64_t time);

/* What the last error was about. */
struct vault_fault vault_fault(const struct vault *v);

/*
 * Called every few milliseconds while another process keeps this one from
 * opening the vault, or from writing to it; false gives up with VAULT_EBUSY,
 * as 5 seconds do.  What is set for a key counts for the vaults that are
 * opened with it from then on.
 */
void vault_key_on_busy(struct vault_key *key,
    bool (*waiting)(void *ctx, unsigned waited_ms), void *ctx);
void vault_on_busy(
    struct vault *v, bool (*waiting)(void *ctx, unsigned waited_ms), void *ctx);

/*
 * Take away what an attach or an import that was killed has staged, if nobody
 * is at work.  After vault_on_busy, which is as it was afterwards.
 */
void vault_tidy(struct vault *v);

/* True if a write had been cut short when the vault was opened. */
bool vault_was_interrupted(const struct vault *v);

struct vault_info {
	uint8_t id[16];
	uint64_t change;     /* number of the last change */
	int64_t last_change; /* when that was; 0 if unknown */
	int64_t made;
	uint64_t bytes; /* size of cells.db */
	uint64_t cells;
	uint64_t log_entries;
	unsigned passphrases;
	bool read_only;
	struct vault_cost cost;
	char digits[72];   /* what two people read to each other */
	struct buf office; /* its name */
};
VAULT_CHECKED enum vault_err vault_info(
    struct vault_info *out, struct vault *v);
void vault_info_free(struct vault_info *info);

/*
 * What belongs to the first opening with a passphrase: mend the keys, finish
 * or undo a change of passphrases that was cut short, look at the machine.
 * VAULT_EPASS: the passphrase opened only an older copy of the keys, which
 * somebody has put back beside the one that counts.
 */
struct vault_entered {
	bool new_machine; /* never unlocked here: a check is due */
	bool keys_other;  /* not the file of keys that was written last */
};
VAULT_CHECKED enum vault_err vault_enter(
    struct vault_entered *out, struct vault *v);

/* After a check on a new machine that found nothing. */
VAULT_CHECKED enum vault_err vault_remember_machine(struct vault *v);

/* ---- Passphrases ---- */

#define VAULT_PASSPHRASES 8
#define VAULT_NAME_MAX 100

struct vault_passphrase {
	unsigned slot;
	const char *name; /* borrowed for the call */
	int64_t added, changed;
};

VAULT_CHECKED enum vault_err vault_passphrase_each(struct vault *v,
    bool (*each)(void *ctx, const struct vault_passphrase *p), void *ctx);

/* The slot that a passphrase opens.  VAULT_EPASS: none. */
VAULT_CHECKED enum vault_err vault_passphrase_find(
    unsigned *slot, struct vault *v, const struct secret *pass);

/*
 * VAULT_EEXISTS: the name is taken.  VAULT_EUSE: all eight are in use, the
 * name is empty or too long, or the passphrase opens the vault already.
 */
VAULT_CHECKED enum vault_err vault_passphrase_add(
    struct vault *v, const char *name, const struct secret *pass);
VAULT_CHECKED enum vault_err vault_passphrase_change(
    struct vault *v, unsigned slot, const struct secret *pass);

/* VAULT_ENORECORD: no such name.  VAULT_EUSE: it is the last one. */
VAULT_CHECKED enum vault_err vault_passphrase_remove(
    struct vault *v, const char *name);

/*
 * After a file of keys was put back: take it as it is, but close every slot
 * that is not what this vault put there itself; keep is a slot that is not to
 * be closed, the one which the person opened just now.
 */
VAULT_CHECKED enum vault_err vault_passphrase_remove_unknown(
    struct vault *v, unsigned keep);

/* ---- The log ---- */

struct vault_log_entry {
	uint64_t seq;
	int64_t time;
	const char *what;   /* a word */
	const char *detail; /* JSON, or empty; borrowed for the call */
};
VAULT_CHECKED enum vault_err vault_log_each(struct vault *v, uint64_t from,
    bool (*each)(void *ctx, const struct vault_log_entry *e), void *ctx);

/* ---- Checking ---- */

enum vault_finding {
	VAULT_FOUND_OUTER,       /* cells.db is not a sound SQLite file */
	VAULT_FOUND_MISSING,     /* no cell n */
	VAULT_FOUND_BROKEN,      /* cell n does not open */
	VAULT_FOUND_FOREIGN,     /* cell n should not be there */
	VAULT_FOUND_ROOM,        /* cells.db has bytes that are no cell's */
	VAULT_FOUND_SUM,         /* an old cell has been put back somewhere */
	VAULT_FOUND_INNER,       /* the inner database is not sound */
	VAULT_FOUND_LOG,         /* the log is wrong from entry n on */
	VAULT_FOUND_KEYS,        /* a copy in the file of keys is damaged */
	VAULT_FOUND_KEYS_FORGED, /* the MAC of the keys is wrong */
	VAULT_FOUND_KEYS_OTHER,  /* not the file of keys written last */
	VAULT_FOUND_SLOT,        /* slot n is in use, and nobody's */
	VAULT_FOUND_FILLER,      /* bytes in the file of keys are unexplained */
	/* These only with the records: */
	VAULT_FOUND_CARD,    /* a card of contact n does not verify */
	VAULT_FOUND_EARLIER, /* what is kept of earlier signing key n */
	VAULT_FOUND_REVOKED, /* what revokes a key, the n-th that is revoked */
};

enum vault_record_finding {
	VAULT_RECORD_BROKEN, /* it does not verify, or does not open */
	VAULT_RECORD_INDEX,  /* its index rows are wrong */
	VAULT_RECORD_IDLE,   /* it makes private what is not there: no damage */
};
struct vault_check {
	bool quick;   /* only the sum over the cells */
	bool records; /* also every version, part, attachment and index row,
		       * and what is kept of the keys of offices */
	void *ctx;
	void (*record)(
	    void *ctx, const char *id, enum vault_record_finding what);
	void (*found)(void *ctx, enum vault_finding what, int64_t n);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
};

/* VAULT_OK: the look was complete.  What is wrong was told to found. */
VAULT_CHECKED enum vault_err vault_check(
    struct vault *v, const struct vault_check *how);

/* ---- Records ---- */

#define VAULT_ID_LEN 27      /* 26 characters and a NUL */
#define VAULT_VERSION_LEN 65 /* 64 hexadecimal digits and a NUL */
#define VAULT_TYPE_LEN 33
#define VAULT_BODY_MAX ((size_t)4 * 1024 * 1024)

/* What is wrong with a body, or worth a word. */
enum vault_severity { VAULT_NOTE, VAULT_WARNING, VAULT_ERROR };
enum vault_issue_code {
	VAULT_ISSUE_NOT_AN_OBJECT,
	VAULT_ISSUE_UNKNOWN_TYPE,
	VAULT_ISSUE_UNKNOWN_FIELD,
	VAULT_ISSUE_BAD_NAME,
	VAULT_ISSUE_WRONG_KIND,
	VAULT_ISSUE_EMPTY,
	VAULT_ISSUE_BAD_TEXT,
	VAULT_ISSUE_UNKNOWN_CODE,
	VAULT_ISSUE_UNLISTED_CODE,
	VAULT_ISSUE_MISSING,
	VAULT_ISSUE_SHOULD,
	VAULT_ISSUE_BAD_NUMBER,
	VAULT_ISSUE_BAD_ID,
	VAULT_ISSUE_BAD_DATE,
	VAULT_ISSUE_BAD_SPAN,
	VAULT_ISSUE_BAD_LANG,
	VAULT_ISSUE_BAD_SCRIPT,
	VAULT_ISSUE_BAD_HASH,
	VAULT_ISSUE_BAD_PATH,
	VAULT_ISSUE_NOT_PRIVATE,
	VAULT_ISSUE_HIDES_NOTHING,
	VAULT_ISSUE_INCOMPLETE,
	VAULT_ISSUE_NOT_BOTH,
	VAULT_ISSUE_TWICE,
	VAULT_ISSUE_ORDER,
	VAULT_ISSUE_SPAN_ORDER,
	VAULT_ISSUE_ONLY_WHEN,
	VAULT_ISSUE_LESS,
	VAULT_ISSUE_ONE_SOURCE,
	VAULT_ISSUE_TYPE_CHANGED,
	VAULT_ISSUE_FACT_CHANGED,
	VAULT_ISSUE_LOOP,
	/* The text is not JSON as it must be: value says what, path where. */
	VAULT_ISSUE_JSON,
	VAULT_ISSUE_TOO_LONG,
	VAULT_ISSUE_CODES
};
struct vault_issue {
	enum vault_severity severity;
	enum vault_issue_code code;
	const char *path;  /* "names[1].text", or "line 3, column 7" */
	const char *value; /* an excerpt, not made safe */
	/*
	 * Of the wrong kind: JSON as it may stand there, or NULL.  Of a bad
	 * number: its range, if low < high.
	 */
	const char *example;
	int low, high;
	const char *near[3];
	size_t n_near;
};
struct vault_report;
VAULT_CHECKED enum vault_err vault_report_new(struct vault_report **out);
void vault_report_free(struct vault_report *r);
size_t vault_report_count(
    const struct vault_report *r, enum vault_severity severity);
size_t vault_report_len(const struct vault_report *r);
void vault_report_at(
    struct vault_issue *out, const struct vault_report *r, size_t i);

/*
 * Keep a new record from the JSON of its body; type, unless NULL, is filled
 * in.  VAULT_EUSE: the report, which is cleared first, has errors, and
 * nothing was kept.
 */
VAULT_CHECKED enum vault_err vault_add(char id[static VAULT_ID_LEN],
    struct vault *v, struct vault_report *report, const char *type,
    const void *json, size_t len);

/* A record as it is now: where versions disagree, merged field by field. */
struct vault_record {
	char id[VAULT_ID_LEN];
	char type[VAULT_TYPE_LEN];
	struct buf title;
	struct buf body;    /* canonical JSON */
	struct buf clashes; /* JSON array (FORMAT.md, 7.6); empty if none */
	struct buf heads;   /* for vault_edit */
	struct buf idle;    /* paths of private_fields, a line each, that hide
			       nothing */
	unsigned n_heads; /* so many versions that nobody followed are in it */
	unsigned more;    /* so many wait until these are settled */
	int64_t time;     /* of the newest version */
	bool withheld;    /* a part of it stayed with another office */
	bool forgotten;
};
VAULT_CHECKED enum vault_err vault_get(
    struct vault_record *out, struct vault *v, const char *id);
void vault_record_free(struct vault_record *r);

/*
 * Keep a new version that follows the heads in base: what others wrote since
 * then is not overwritten, it becomes a conflict.
 */
VAULT_CHECKED enum vault_err vault_edit(struct vault *v,
    const struct vault_record *base, struct vault_report *report,
    const void *json, size_t len);

/*
 * Where versions disagree: each value of each clash, in order; choice is its
 * number among those of its field.  Borrowed for the call.
 */
struct vault_clash {
	size_t clash, choice, choices;
	const char *field, *office, *version;
	int64_t time;
	const char *text; /* the value, "" if that side dropped the field */
};
VAULT_CHECKED enum vault_err vault_clashes(struct vault *v,
    const struct vault_record *r,
    void (*each)(void *ctx, const struct vault_clash *c), void *ctx);

/*
 * Close a conflict: for clash i take choice[i].  VAULT_EUSE: there are not n
 * clashes, or no such choice.
 */
VAULT_CHECKED enum vault_err vault_resolve(struct vault *v,
    const struct vault_record *r, const size_t *choice, size_t n);

/*
 * The id that text means: an id, the beginning of one (4 characters and
 * more), or a name or title that one record has.  VAULT_ENORECORD: none.
 * VAULT_ECONFLICT: several; each is told to candidate, which may be NULL.
 */
VAULT_CHECKED enum vault_err vault_find_id(char id[static VAULT_ID_LEN],
    struct vault *v, const char *text,
    void (*candidate)(void *ctx, const char *id, const char *title), void *ctx);

/* Append the title of a record; VAULT_ENORECORD: there is none of that id. */
VAULT_CHECKED enum vault_err vault_title(
    struct buf *out, struct vault *v, const char *id);

struct vault_hit {
	size_t start, end;
};
struct vault_row {
	char id[VAULT_ID_LEN];
	char type[VAULT_TYPE_LEN];
	struct buf title;
	int64_t time;
	unsigned heads; /* more than one: versions disagree */
	struct buf snippet;
	struct vault_hit hit[64];
	size_t n_hits;
};

struct vault_search {
	const char *query;
	size_t query_len;
	const char *like; /* names within two edits; NULL: no */
	bool ranked;      /* best first, else newest first */
	bool snippets;
	uint64_t limit; /* 0: all */
};

/*
 * Hand the records that match to each, until it returns false.  No snapshot
 * is held while each runs.  *total, which may be NULL, says how many matched;
 * *cut that the query was too long and only its beginning was used.
 */
VAULT_CHECKED enum vault_err vault_find(struct vault *v,
    const struct vault_search *what,
    bool (*each)(void *ctx, const struct vault_row *row), void *ctx,
    uint64_t *total, bool *cut);

struct vault_past {
	char version[VAULT_VERSION_LEN];
	int64_t time;
	const char *office; /* its name, or the beginning of its key */
	bool head;
	bool withheld, forgotten;
	int64_t revoked; /* when it came that its key is; 0: it is not */
	unsigned parents;
};
VAULT_CHECKED enum vault_err vault_history(struct vault *v, const char *id,
    bool (*each)(void *ctx, const struct vault_past *p), void *ctx);

/* An earlier version, by the beginning of its number. */
VAULT_CHECKED enum vault_err vault_get_version(struct vault_record *out,
    struct vault *v, const char *id, const char *version);

/*
 * The same as it was when these were its heads, as vault_record.heads has
 * them.  VAULT_ENORECORD: one is not here any more.
 */
VAULT_CHECKED enum vault_err vault_get_at(struct vault_record *out,
    struct vault *v, const char *id, const struct buf *heads);

/* Make an earlier version the new one. */
VAULT_CHECKED enum vault_err vault_revert(
    struct vault *v, const char *id, const char *version);

/*
 * A body as lines for people: borrowed for the call.  Texts are as they were
 * written, links by the title of what they point to.
 */
struct vault_line {
	const char *field, *label; /* label is in English: for gettext */
	const char *text;
	size_t len;
	const char *vocab; /* of a code, or of codes parted by "; "; or NULL */
	bool block;        /* long text, on lines of its own */
	bool heading;      /* the lines of an object follow, one deeper */
	unsigned depth;    /* of objects around it */
};
VAULT_CHECKED enum vault_err vault_lines(struct vault *v,
    const struct buf *body, void (*each)(void *ctx, const struct vault_line *l),
    void *ctx);

/* ---- What changed for a person, and how many there are ---- */

/*
 * How many persons are in one of these situations, or ever were: from the
 * records of type status, each person once (records.md, 10).
 */
struct vault_count {
	const char *statuses; /* codes, parted by blanks; "in-custody" too */
	bool ever;            /* in since .. on; else: on that day */
	/* EDTF.  since: NULL is always; on: NULL is today; its last day. */
	const char *since, *on;
	const char *known_at;  /* what was written later is left out; or NULL */
	const char *certainty; /* at least; NULL: "likely" */
	const char *the_case;  /* of persons in that case; or NULL */
	int level;             /* statuses up to this level; 3: all */
};
enum vault_counted_as {
	VAULT_COUNTED,       /* certainly */
	VAULT_COUNT_MAYBE,   /* dates leave it open */
	VAULT_COUNT_LEFT_OUT /* why says why */
};
enum vault_left_out {
	VAULT_LEFT_NO_DATE,
	VAULT_LEFT_CERTAINTY,
	VAULT_LEFT_LEVEL,
	VAULT_LEFT_NOT_ONE, /* a family, a group, an organisation */
};
struct vault_counted {
	enum vault_counted_as as;
	enum vault_left_out why;
	bool several; /* records, of one person: vault_same_say */
	char person[VAULT_ID_LEN];
	const char *title;         /* of the person; "" if it is not here */
	char status[VAULT_ID_LEN]; /* the record that decides, or is out */
	const char *code;
};
struct vault_count_result {
	uint64_t certain, possible, left_out;
	uint64_t several; /* of the first two: who has several records */
	char since[11], on[11], known_at[11]; /* days, or "" */
};

/*
 * Tell of each person who counts, might count or is left out, by title.
 * VAULT_EUSE: *bad names the member of what that cannot be read, or is NULL.
 */
VAULT_CHECKED enum vault_err vault_count(struct vault *v,
    const struct vault_count *what, struct vault_count_result *result,
    const char **bad,
    void (*each)(void *ctx, const struct vault_counted *person), void *ctx);

/*
 * What a record of type count asks for, and what it was published as.
 * VAULT_EUSE: it is none, or does not say which statuses it counts.
 */
struct vault_stored_count {
	struct vault_count question;
	struct buf what, op; /* its label; "eq", "min" ... */
	int64_t n, n2;       /* -1: not stated */
	struct buf texts[6]; /* of the question */
};
VAULT_CHECKED enum vault_err vault_count_stored(
    struct vault_stored_count *out, struct vault *v, const char *id);
void vault_count_stored_free(struct vault_stored_count *c);

/* What is recorded of a person, in the order in which it happened. */
enum vault_event_warning {
	VAULT_EVENT_AFTER_DEATH,
	VAULT_EVENT_NEVER_MISSING,
	VAULT_EVENT_ARREST_FIRST,
	VAULT_EVENT_TWO_PLACES,
	VAULT_EVENT_WARNINGS
};
struct vault_event {
	char id[VAULT_ID_LEN];
	const char *type, *what;  /* "status", "missing"; title for others */
	const char *date, *words; /* EDTF and the words of the source, or "" */
	const char *until;        /* EDTF, words or "" */
	const char *certainty;    /* a code, or "" */
	const char *place;        /* or "" */
	int32_t gap;              /* days with nothing before it; 0: none */
	bool superseded;
	bool open; /* of a status: when it ended is not known */
	bool warning[VAULT_EVENT_WARNINGS];
};
VAULT_CHECKED enum vault_err vault_timeline(struct vault *v, const char *person,
    void (*each)(void *ctx, const struct vault_event *e), void *ctx);

/* ---- Records of one person ---- */

/*
 * That two records are of one person is said by a person, in this office;
 * what other offices say counts for nothing.  Nothing is merged: a timeline
 * and a count take them together, and what may not name the one does not name
 * the other.  A consent is of the record that it names, and of no other.
 */
enum vault_same {
	VAULT_SAME_UNSAID,
	VAULT_SAME, /* also because both are the same as a third */
	VAULT_NOT_SAME,
};
VAULT_CHECKED enum vault_err vault_same_said(
    enum vault_same *out, struct vault *v, const char *a, const char *b);

/*
 * Say so, as a new version of a, and of b if that says otherwise.  VAULT_EUSE:
 * one of them is no person, or they are one record.  VAULT_ECONFLICT: *which,
 * a or b, has versions that disagree.
 */
VAULT_CHECKED enum vault_err vault_same_say(struct vault *v, const char *a,
    const char *b, bool same, const char **which);

/* Tell of the other records of a person, the oldest first. */
VAULT_CHECKED enum vault_err vault_same_each(struct vault *v, const char *id,
    void (*each)(void *ctx, const char *id, const char *title), void *ctx);

/*
 * Pairs that may be of one person, the likeliest first, of which nobody here
 * has said yet whether they are.
 */
struct vault_alike {
	char a[VAULT_ID_LEN], b[VAULT_ID_LEN];
	const char *title_a, *title_b; /* borrowed for the call */
	bool name;                     /* a form of a name is the same */
	bool near;                     /* or within two edits */
	bool paper;                    /* the number of an identity paper is */
	bool born;    /* the day of birth, and a word of a name */
	bool claimed; /* another office says so */
};

/*
 * limit 0: all of them.  *more: there are others, or so many are alike that
 * not all were compared.
 */
VAULT_CHECKED enum vault_err vault_alike(struct vault *v, uint64_t limit,
    bool *more, void (*each)(void *ctx, const struct vault_alike *pair),
    void *ctx);

/* ---- What wants to be looked at again ---- */

/* A date that has come, or comes soon; borrowed for the call. */
struct vault_due {
	char id[VAULT_ID_LEN];
	char type[VAULT_TYPE_LEN];
	const char *title;
	const char *field;        /* "review", "deadline", "expires" */
	const char *date, *words; /* EDTF; the words of the source, or "" */
	char day[11]; /* the first day that it may mean; "" if that is open */
	bool overdue; /* that day is over */
};

/*
 * Tell, by day, of each review, of each deadline of an intervention that
 * nobody has answered, and of each end of a consent that no other consent of
 * that person has withdrawn or renewed: of those that have come, or come
 * within so many days.
 */
VAULT_CHECKED enum vault_err vault_due(struct vault *v, unsigned within,
    void (*each)(void *ctx, const struct vault_due *d), void *ctx);

/*
 * How many have come; *more: only the first of them were looked at, so many
 * that it takes no time.
 */
#define VAULT_DUE_COUNT_MAX 200
VAULT_CHECKED enum vault_err vault_due_count(
    uint64_t *n, bool *more, struct vault *v);

/* ---- What a record hangs together with ---- */

/* A link between it and another record; borrowed for the call. */
struct vault_link {
	bool to; /* the other is linked to; else it links to this one */
	char id[VAULT_ID_LEN];     /* of the other */
	bool here;                 /* it is not withheld, forgotten, unknown */
	char type[VAULT_TYPE_LEN]; /* "" if that is not known */
	const char *title;         /* or "" */
	const char *field; /* of the one that links: "perpetrators.who" */
	const char *date;  /* EDTF, or "" */
};

/*
 * Tell of every link: to the record first, then from it; by type, then by
 * date.  *more says how many others there are of more than VAULT_LINKS_MAX.
 */
#define VAULT_LINKS_MAX 1000
VAULT_CHECKED enum vault_err vault_links(struct vault *v, const char *id,
    uint64_t *more, void (*each)(void *ctx, const struct vault_link *link),
    void *ctx);

/* ---- Figures: so many records of each value of a field ---- */

/* The periods of a series. */
enum vault_period { VAULT_NO_PERIOD, VAULT_YEAR, VAULT_MONTH, VAULT_DAY };

/*
 * What is counted: the records that match a query, or the persons that these
 * are about, by one or two of: fields, and the period of their date.
 */
#define VAULT_TALLY_CELLS 10000 /* a table has no more */
#define VAULT_HIDE_LEAST 3      /* what is 1 to 1 is not hidden */
struct vault_named;
struct vault_tally_what {
	const char *query;
	size_t query_len;
	const char *by[2]; /* paths: "act", "victims.sex"; or NULL */
	enum vault_period over;
	bool persons; /* victims of acts, the person of a status ... */
	uint64_t
	    hide_below; /* cells of fewer are hidden, if not of 0; 0: none */
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
	const char *audience; /* count what may leave to it; NULL: everything */
	/* Told of each value that names somebody; or NULL. */
	void (*named)(void *ctx, const struct vault_named *n);
	void *named_ctx;
};

/* Why there is no table. */
enum vault_tally_why {
	VAULT_TALLY_OK,
	VAULT_TALLY_NOTHING,     /* by nothing, or by three things */
	VAULT_TALLY_NO_FIELD,    /* no type has the field */
	VAULT_TALLY_LINKS,       /* it follows more than one link */
	VAULT_TALLY_LONG_TEXT,   /* texts of any length are no rows */
	VAULT_TALLY_PARTS,       /* the field has parts: one is to be named */
	VAULT_TALLY_TOGETHER,    /* no type has all that is asked for */
	VAULT_TALLY_TOO_MANY,    /* more than VAULT_TALLY_CELLS cells */
	VAULT_TALLY_NO_AUDIENCE, /* there is no such audience */
};
struct vault_tally_fault {
	enum vault_tally_why why;
	size_t by;           /* the number of the field */
	const char *near[3]; /* what may be meant: constant */
	size_t n_near;
};

/*
 * Count.  What is counted is of one moment.  VAULT_EUSE: *fault says why.
 * VAULT_ECANCELED: progress returned false.
 */
struct vault_tally;
VAULT_CHECKED enum vault_err vault_tally_new(struct vault_tally **out,
    struct vault *v, const struct vault_tally_what *what,
    struct vault_tally_fault *fault);
void vault_tally_free(struct vault_tally *t);

/* A number; one that is hidden is 0 here. */
enum vault_hidden {
	VAULT_SHOWN,
	VAULT_BELOW,    /* it is not 0, and below hide_below */
	VAULT_WITHHELD, /* it would tell what another one is */
};
struct vault_figure {
	uint64_t n;
	enum vault_hidden hidden;
};

/*
 * A record or person with several values counts once in the cell of each, and
 * once in a total: so cells may add up to more than their total.
 */
struct vault_tally_info {
	int64_t at; /* when it was counted */
	unsigned axes;
	bool persons;
	struct vault_figure total;   /* what is counted, each once */
	struct vault_figure several; /* of these stand in several cells */
	struct vault_figure records; /* that it was counted from */
	struct vault_figure secret;  /* of these are of level 2 or 3, or tell
					of others that are */
	struct vault_figure closed;  /* keep private what is counted by */
	struct vault_figure roughly; /* have a date that is marked ~ or ? */
	struct vault_figure clashes; /* versions disagree: the oldest counts */
	const char *audience;        /* or NULL: all was counted */
	struct vault_figure held;    /* records that may not leave to it */
	size_t names, parts, short_names; /* as in vault_export_info */
	uint64_t hide_below;
	bool hides;  /* something is hidden */
	bool totals; /* of rows and columns, where there are two axes */
	bool cut;    /* the query was too long: its beginning was used */
	/* Not counted: */
	uint64_t other_types; /* records that cannot have what is asked for */
	uint64_t no_person;   /* records that name no person */
	uint64_t not_one;     /* persons' records of a family, a group ... */
	/* The types of what is counted: constant. */
	const char *type[16];
	size_t n_types;
};
void vault_tally_info(
    struct vault_tally_info *out, const struct vault_tally *t);

/* Rows are axis 0, columns axis 1; what is said of them is borrowed. */
enum vault_value_is {
	VAULT_VALUE,
	VAULT_NOT_STATED,
	VAULT_NOT_EXACT, /* a date that is not within one period */
	VAULT_NO_DATE,
};
struct vault_tally_axis {
	const char *field; /* "date" of a series */
	enum vault_period period;
	const char *vocab; /* of its codes, or NULL */
	bool is_link;      /* its values are ids */
	size_t n;          /* so many values */
};
struct vault_tally_value {
	enum vault_value_is is;
	const char *text;  /* a code, "2011-02" ... */
	const char *title; /* of a link: "" if it is not here */
	struct vault_figure n;
};
void vault_tally_axis(
    struct vault_tally_axis *out, const struct vault_tally *t, unsigned axis);
void vault_tally_value(struct vault_tally_value *out,
    const struct vault_tally *t, unsigned axis, size_t i);
struct vault_figure vault_tally_cell(
    const struct vault_tally *t, size_t row, size_t column);

/*
 * Log that it is written to a file of this form: a word.  A vault that cannot
 * be written to logs nothing.  VAULT_ECONFLICT: it is for an audience, and the
 * vault, or the day, is not what it was when it was counted.
 */
VAULT_CHECKED enum vault_err vault_tally_log(
    struct vault *v, struct vault_tally *t, const char *form);

/* ---- Attachments ---- */

/* Several may have one name: then each has a number, in the order they came. */
struct vault_attachment {
	struct buf name;
	uint64_t size;
	char sha256[65];
	bool here;             /* its bytes are in this vault */
	unsigned number, same; /* from 1, of so many of that name */
	const char *office;    /* of the earliest version that has it */
	int64_t time;
};
VAULT_CHECKED enum vault_err vault_attachments(struct vault *v, const char *id,
    bool (*each)(void *ctx, const struct vault_attachment *a), void *ctx);

/*
 * Attach size bytes, which read gives in order.  Staged in small commits and
 * published by one: nothing half done is ever seen.  VAULT_EUSE: the name is
 * not one that text_is_file_name takes.
 */
struct vault_source {
	void *ctx;
	enum vault_err (*read)(void *ctx, void *to, size_t len, size_t *got);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
	uint64_t size;
};
VAULT_CHECKED enum vault_err vault_attach(struct vault *v, const char *id,
    const char *name, const struct vault_source *from);

/*
 * Hand an attachment's bytes to write, in order, each chunk verified.  number
 * is 0, or tells those of one name apart.  VAULT_EABSENT: there is none.
 * VAULT_ECONFLICT: there are several, and number is 0.
 */
struct vault_sink {
	void *ctx;
	enum vault_err (*write)(void *ctx, const void *bytes, size_t len);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
};
VAULT_CHECKED enum vault_err vault_extract(struct vault *v, const char *id,
    const char *name, unsigned number, const struct vault_sink *to);

/* ---- Drafts ---- */

struct vault_draft {
	int64_t number;
	char record[VAULT_ID_LEN]; /* empty: of a new record */
	struct buf base; /* the heads that it follows, as a record's */
	char type[VAULT_TYPE_LEN];
	int64_t time;
	struct buf body; /* JSON */
};

/*
 * Keep a draft; *number 0 makes a new one and is set.  record, and the heads
 * in base that the draft follows, may be NULL.
 */
VAULT_CHECKED enum vault_err vault_draft_put(struct vault *v, int64_t *number,
    const char *record, const struct buf *base, const char *type,
    const void *json, size_t len);
VAULT_CHECKED enum vault_err vault_draft_drop(struct vault *v, int64_t number);
VAULT_CHECKED enum vault_err vault_drafts(struct vault *v,
    bool (*each)(void *ctx, const struct vault_draft *d), void *ctx);

/* ---- The model ---- */

/*
 * What can be written down, from the table that also checks it: constant.
 * Types, fields, members and codes are walked with *_next, which begins with
 * NULL and ends with NULL.
 */
enum vault_kind {
	VAULT_KIND_LINE, /* one line of text */
	VAULT_KIND_TEXT, /* any number of lines */
	VAULT_KIND_CODE, /* a code of the field's vocabulary */
	VAULT_KIND_BOOL,
	VAULT_KIND_INT,
	VAULT_KIND_LINK,   /* the id of a record of these types */
	VAULT_KIND_OBJECT, /* with members */
};
struct vault_type {
	const void *row;
	const char *name, *label, *help;
	int level;  /* of a new record */
	bool fixed; /* its own fields never change */
};
struct vault_field {
	const void *row;
	const char *name, *label, *help;
	enum vault_kind kind;
	const char *form; /* one word for what it is: "text", "edtf", "id" */
	bool many, must, should;
	bool once;             /* never changes after the first version */
	bool filled;           /* by the program: not to be asked for */
	const char *must_when; /* "op=range", or NULL */
	const char *only_when; /* the same: elsewhere it is refused */
	const char *targets;   /* of a link: names of types, "" is any */
	const char *object;    /* of an object: "date", "party", "name" ... */
	const char *vocab;     /* of a code: the name of its vocabulary */
};
struct vault_vocab {
	const void *row;
	const char *name;
	const char *table; /* of the Micro-thesauri, or NULL */
	bool open;         /* other codes are saved, too */
};
struct vault_code {
	const void *row;
	const char *code, *esf, *label;
	const char *group; /* a set that queries know, or NULL */
	const char *vocab;
};
bool vault_type_next(struct vault_type *t);
bool vault_type_by_name(struct vault_type *t, const char *name);
bool vault_field_next(struct vault_field *f, const struct vault_type *t);
bool vault_member_next(struct vault_field *m, const struct vault_field *f);
bool vault_code_next(struct vault_code *c, const struct vault_field *f);
bool vault_vocab_next(struct vault_vocab *v);
bool vault_vocab_by_name(struct vault_vocab *v, const char *name);
bool vault_vocab_code_next(struct vault_code *c, const struct vault_vocab *v);

/*
 * Languages beside English that codes have labels in.  A label of such a
 * language, by its code in BCP 47 or the name of a locale; in English if there
 * is none.
 */
struct vault_language {
	const void *row;
	const char *lang;
	bool reviewed; /* by a native speaker */
};
bool vault_language_next(struct vault_language *l);
const char *vault_code_label(const struct vault_code *c, const char *lang);

/*
 * Names near to one that is not there, the nearest first, constant; returns
 * how many: of types, of the fields of t, of the members of f, of
 * vocabularies.
 */
size_t vault_near_types(const char *near[static 3], const char *name);
size_t vault_near_fields(
    const char *near[static 3], const struct vault_type *t, const char *name);
size_t vault_near_members(
    const char *near[static 3], const struct vault_field *f, const char *name);
size_t vault_near_vocabs(const char *near[static 3], const char *name);

/* ---- A body being written ---- */

/*
 * A JSON body, changed by path ("names[0].text").  Values go in as people
 * type them: a number, "yes", a code, an id; what the field wants is made of
 * it.  VAULT_EUSE: no such path, or not such a value; nothing is changed.
 *
 * An index equal to the number of elements appends, and so does the name of
 * an array alone.  A date and a span take "2011-02-15~/.. (since
 * mid-February)", the one without the other, or words that are kept as words;
 * a party an id or words; a name, a place or a citation its text or id.
 */
struct vault_body;
VAULT_CHECKED enum vault_err vault_body_new(
    struct vault_body **out, const char *type);
VAULT_CHECKED enum vault_err vault_body_read(
    struct vault_body **out, const void *json, size_t len);
void vault_body_free(struct vault_body *b);
VAULT_CHECKED enum vault_err vault_body_set(
    struct vault_body *b, const char *path, const char *text, size_t len);
VAULT_CHECKED enum vault_err vault_body_unset(
    struct vault_body *b, const char *path);

/* The value at path as text; false if there is none. */
bool vault_body_get(
    struct buf *out, const struct vault_body *b, const char *path);

/* The number of elements of the array at path; 0 if there is none. */
size_t vault_body_count(const struct vault_body *b, const char *path);

/*
 * True if the object at that path ("": the body) is as a condition like
 * must_when says.  Where its field is absent none holds.
 */
bool vault_body_holds(
    const struct vault_body *b, const char *object, const char *condition);

VAULT_CHECKED enum vault_err vault_body_json(
    struct buf *out, const struct vault_body *b);

/* What vault_add would say of the body, which is kept nowhere. */
VAULT_CHECKED enum vault_err vault_body_check(
    struct vault_report *report, const struct vault_body *b);

/* ---- Offices and bundles ---- */

/* A key that others seal to.  Bundles go on opening until it is retired. */
#define VAULT_RECEIVING_MAX 16
struct vault_receiving {
	uint64_t serial; /* from 1, one more for each */
	char first[11];  /* its first day: "2026-01-31" */
	bool newest;     /* whoever has our present card seals to it */
};

/*
 * Our own office: its 60 digits, its card to be handed to others, its signing
 * key as `minisign -P` takes it, its receiving keys by their serials.  Makes
 * the first receiving key of a vault that has none.
 */
#define VAULT_KEY_NAME_LEN 17
struct vault_office {
	char digits[72];
	char signing_key[VAULT_KEY_NAME_LEN]; /* as the log names a signing key
					       */
	struct buf name, card, minisign;
	struct vault_receiving key[VAULT_RECEIVING_MAX];
	size_t n_keys;
	bool renew_due;   /* the newest is more than a year old */
	size_t n_earlier; /* how often the signing key was renewed */
};
VAULT_CHECKED enum vault_err vault_office(
    struct vault_office *out, struct vault *v);
void vault_office_free(struct vault_office *o);

/* VAULT_EUSE: an empty name, a long one, one of more than a line. */
VAULT_CHECKED enum vault_err vault_office_rename(
    struct vault *v, const char *name);

/*
 * Make a receiving key beside those there are, the newest from today on.  Our
 * card lists it, and must be handed out again.  VAULT_EUSE: there are
 * VAULT_RECEIVING_MAX of them.
 */
VAULT_CHECKED enum vault_err vault_office_renew(
    uint64_t *serial, struct vault *v);

/*
 * Make another signing key, from now on the only one that signs.  The one
 * before signs on our card that it is followed, and is destroyed.  Whoever
 * adds that card compares the digits again.
 */
VAULT_CHECKED enum vault_err vault_office_renew_signing(struct vault *v);

/*
 * Revoke a signing key of ours, and append the text to hand out, which may be
 * asked for again.  0, or the number of the present one, the last: another one
 * takes its place, as with vault_office_renew_signing; *number is which it
 * was, from 1.  VAULT_ENORECORD: there is none of that number.
 */
VAULT_CHECKED enum vault_err vault_office_revoke(
    struct buf *out, size_t *number, struct vault *v);

/* The same text for the present key, kept for later: nothing changes. */
VAULT_CHECKED enum vault_err vault_office_revocation(
    struct buf *out, struct vault *v);

/*
 * Destroy a receiving key: what is sealed to it is never read again, but with
 * a copy of the vault or of the key that was made before.  Our card no longer
 * lists it.  VAULT_ENORECORD: there is none of that serial.  VAULT_EUSE: it is
 * the newest.
 */
VAULT_CHECKED enum vault_err vault_office_retire(
    struct vault *v, uint64_t serial);

/* Has a receiving key of this office been destroyed? */
VAULT_CHECKED enum vault_err vault_office_retired(bool *out, struct vault *v);

/*
 * The secret receiving keys, as a file for `age -i`; logged.  They read every
 * bundle that was ever sealed to this office.
 */
VAULT_CHECKED enum vault_err vault_office_secret(
    struct secret **out, struct vault *v);

/* Keys that cards have announced; more than one: the contact is frozen. */
#define VAULT_ANNOUNCED_MAX 8
struct vault_contact {
	const char *name; /* borrowed for the call */
	char digits[72];
	char signing_key[VAULT_KEY_NAME_LEN]; /* as the log names a signing key
					       */
	int64_t added, verified; /* verified: 0 if the digits never were */
	bool our_office, frozen;
	struct vault_receiving receiving; /* the newest key on its card */
	bool renewed;    /* the card has just replaced an earlier one */
	bool announces;  /* the card has just announced another key */
	int64_t revoked; /* when it came that its key is; 0: it is not */
	size_t n_announced;
	char announced[VAULT_ANNOUNCED_MAX][72]; /* digits, of the first ones */
};

/*
 * Keep the office of a card, under the name on it unless name is given; told
 * is called with it at the end.  A later card of an office that is known
 * replaces the earlier one; what was compared stays compared.  VAULT_EDAMAGED:
 * not a whole card, or a wrong signature.  VAULT_EEXISTS: that name belongs to
 * another key.  VAULT_ECONFLICT: an older card than is here.  VAULT_EUSE: our
 * own card, a bad name.  VAULT_EREFUSED: it is to be our office, and its
 * digits were never compared; or it follows a key of ours, or one whose
 * successor was compared and is another one, or is revoked.  The card of a key
 * that follows a contact's only announces it: vault_contact_verify takes it.
 */
VAULT_CHECKED enum vault_err vault_contact_add(struct vault *v,
    const void *card, size_t len, const char *name, bool our_office,
    void (*told)(void *ctx, const struct vault_contact *c), void *ctx);

/* Is it the text by which a signing key is revoked, and no card? */
bool vault_is_revocation(const void *text, size_t len);

/*
 * A key signs no more: take its word for it.  What it signed and is here stays
 * good; nothing else comes from it, and nothing is sealed to its office before
 * another key of it was compared.  VAULT_EDAMAGED: changed, or not signed by
 * that key.  VAULT_EUSE: it is our own present key.
 */
struct vault_revoked {
	char digits[72];
	struct buf name; /* of the contact; its key's beginning if none */
};
VAULT_CHECKED enum vault_err vault_contact_revoke(
    struct vault_revoked *out, struct vault *v, const void *text, size_t len);
void vault_revoked_free(struct vault_revoked *r);
VAULT_CHECKED enum vault_err vault_contacts(struct vault *v,
    bool (*each)(void *ctx, const struct vault_contact *c), void *ctx);

/*
 * The digits were compared: those of its key or of one that is announced,
 * whole.  NULL: of the only one announced, or of its key if none is.
 * VAULT_ENORECORD: no such contact.  VAULT_ECONFLICT: none of its keys has
 * these digits, or several are announced and it is not said which.
 * VAULT_EREFUSED: that key is revoked.
 */
VAULT_CHECKED enum vault_err vault_contact_verify(
    struct vault *v, const char *name, const char *digits, bool our_office);

/*
 * It is another machine of our office, which may have what stays there, or no
 * longer.  VAULT_EREFUSED: its digits were never compared.
 */
VAULT_CHECKED enum vault_err vault_contact_mark(
    struct vault *v, const char *name, bool our_office);
VAULT_CHECKED enum vault_err vault_contact_remove(
    struct vault *v, const char *name);

/*
 * What an export takes, and to whom.  A case takes along what names it and
 * what these name, but for their sources, by links that our office wrote;
 * level 3 never leaves, level 2 only to contacts that are our office, or
 * record by record.  What our office has said of a record's level and of its
 * private fields counts until our office says otherwise.
 */
struct vault_export_what {
	const char *query;
	size_t query_len;
	const char *const *to; /* names of contacts */
	size_t n_to;
	const char *const *include; /* ids of records */
	size_t n_include;
	bool with_sources;
	bool is_unsigned; /* nobody is to prove, or to know, who packed it */
	/* Told of each place where somebody is named; or NULL. */
	void (*named)(void *ctx, const struct vault_named *n);
	bool (*progress)(
	    void *ctx, uint64_t done, uint64_t total); /* or NULL */
};

/* What becomes of one record; borrowed for the call. */
enum vault_leaves {
	VAULT_LEAVES,
	VAULT_HELD_LEVEL_3,
	VAULT_HELD_LEVEL_2,
	VAULT_HELD_WITHHELD,    /* it was withheld from us too */
	VAULT_HELD_FORGOTTEN,   /* there is nothing left of it */
	VAULT_HELD_OPENED,      /* another office opened what we keep private */
	VAULT_HELD_LIMITED,     /* it names its readers, or other audiences */
	VAULT_HELD_CONSENT,     /* somebody it is about has not consented */
	VAULT_HELD_UNNAMED,     /* or not to be called by the whole name */
	VAULT_LEAVES_TOMBSTONE, /* they got it, and are asked to forget it */
};
struct vault_leaving {
	char id[VAULT_ID_LEN];
	char type[VAULT_TYPE_LEN];
	const char *title;
	enum vault_leaves leaves;
	size_t versions, attachments;
	bool parts_held; /* not all of it leaves */
	bool opened; /* because another office opened what we keep private */
	size_t files_held; /* they belong to somebody who may not be named */
};

/* Somebody is named in what is to leave who must not be. */
enum vault_named_how {
	VAULT_NAMED_WHOLE,  /* by a whole name */
	VAULT_NAMED_NUMBER, /* by a number or an address */
	VAULT_NAMED_PART,   /* perhaps: by a part of a name */
};
struct vault_named {
	const char *record, *field; /* where; "attachment": its file name */
	const char *person;         /* the id of who */
	enum vault_named_how how;
	size_t at, len; /* in characters, from 0 */
};

struct vault_export_info {
	size_t records, versions, attachments, held;
	size_t tombstones;      /* requests to forget what they got before */
	size_t tombstones_held; /* of what only some of them got */
	uint64_t bytes;         /* of the attachments */
	size_t n_unknown;       /* contacts whose digits were never compared */
	const char *unknown;    /* their names, parted by commas */
	size_t names;           /* places that name who must not be named */
	size_t parts;           /* places with a part of such a name */
	size_t short_names;     /* people with a name too short to be found */
	bool changed; /* after vault_export_write: what was shown is not so */
};

/*
 * Decide what leaves; each, which may be NULL, is told of every record, and
 * of every tombstone, which leaves to those who all get its record, or got it.
 * VAULT_ENORECORD: *which is no contact, or no record.  VAULT_EREFUSED:
 * nothing is sent to *which.  VAULT_EVERSION: *which has no key that we know.
 * VAULT_EUSE: nobody, or one twice.
 */
struct vault_export;
VAULT_CHECKED enum vault_err vault_export_new(struct vault_export **out,
    struct vault *v, const struct vault_export_what *what, const char **which,
    void (*each)(void *ctx, const struct vault_leaving *l), void *ctx);
void vault_export_info(
    struct vault_export_info *out, const struct vault_export *e);

/* A person has looked at the parts of names, and they may leave. */
void vault_export_confirm_parts(struct vault_export *e);

/*
 * Write the bundle, and log what left and to whom.  VAULT_EREFUSED: nothing
 * leaves; somebody is named who must not be; or in parts that nobody has
 * confirmed.  VAULT_EBUSY: something has changed since it was decided, see
 * info.changed; this is looked at before the first byte and after the last,
 * and what was written until then is to be thrown away.
 */
#define VAULT_BUNDLE_LEN 33
VAULT_CHECKED enum vault_err vault_export_write(
    char bundle[static VAULT_BUNDLE_LEN], struct vault_export *e,
    const struct vault_sink *to);
void vault_export_free(struct vault_export *e);

/* ---- What may leave, and why ---- */

enum vault_may_why {
	VAULT_MAY,
	VAULT_MAY_NOT_FORGOTTEN,
	VAULT_MAY_NOT_WITHHELD,   /* nothing of it is here */
	VAULT_MAY_NOT_LEVEL,      /* its level is too high for them */
	VAULT_MAY_NOT_NO_RECORDS, /* they get figures only */
	VAULT_MAY_NOT_LIMITED,    /* it names other audiences */
	VAULT_MAY_NOT_READERS,    /* it names its readers */
	VAULT_MAY_NOT_CONSENT,    /* see the people */
};

enum vault_consent {
	VAULT_CONSENT_GIVEN,
	VAULT_CONSENT_NONE,
	VAULT_CONSENT_FOREIGN, /* only another office recorded one */
	VAULT_CONSENT_WITHDRAWN,
	VAULT_CONSENT_ENDED,       /* it has expired, or may have */
	VAULT_CONSENT_LATER,       /* it begins after today */
	VAULT_CONSENT_UNPUBLISHED, /* inferred, and no publication is here */
	VAULT_CONSENT_NOBODY,      /* nobody could be asked */
	VAULT_CONSENT_NO_SCOPE,    /* it allows other things */
};

enum vault_naming {
	VAULT_NAMING_FULL,
	VAULT_NAMING_INITIALS,
	VAULT_NAMING_PSEUDONYM,
	VAULT_NAMING_NONE,
};

/* Whom a record is about. */
struct vault_may_person {
	const char *person; /* an id */
	const char *title;
	bool here;
	bool exempt;    /* need not consent: no person, or only accused */
	bool protected; /* is looked for in every text that leaves */
	enum vault_consent consent;
	const char *by; /* the id of the consent that decides, or "" */
	enum vault_naming naming;
};

struct vault_may {
	enum vault_may_why why;
	int level, most; /* of the record, and of that audience; -1: none */
};

/* What left already: a bundle, a file, or what an intervention sent. */
struct vault_left {
	int64_t time;      /* 0: see the record */
	const char *what;  /* "export", "intervention" */
	const char *id;    /* of the bundle or the record; "": none */
	const char *title; /* of the record, or "" */
};

/* The codes of the audiences, in order; NULL behind the last. */
const char *vault_audience(size_t i);

/*
 * May the record leave to an audience, by its code?  person, if it is not
 * NULL, is told of each whom it is about, and left of each time that it left
 * before, or that an intervention used a consent of theirs.  VAULT_EUSE: there
 * is no such audience.  VAULT_ENORECORD.
 */
VAULT_CHECKED enum vault_err vault_may(struct vault_may *out, struct vault *v,
    const char *id, const char *audience,
    void (*person)(void *ctx, const struct vault_may_person *p),
    void (*left)(void *ctx, const struct vault_left *l), void *ctx);

/* ---- Plain files for an audience ---- */

/*
 * A plain export: the records that match as JSON, as an audience may read
 * them, unsealed.  With no audience all of every record, for our own office:
 * levels and consent are then passed over.
 */
struct vault_plain_what {
	const char *query;
	size_t query_len;
	const char *the_case; /* instead of a query: a case, and all of it */
	const char *audience; /* a code, or NULL */
	/* Told of each place where somebody is named; or NULL. */
	void (*named)(void *ctx, const struct vault_named *n);
	bool (*progress)(
	    void *ctx, uint64_t done, uint64_t total); /* or NULL */
};

/* What becomes of one record. */
struct vault_plain_row {
	const char *id, *type, *title;
	enum vault_may_why why;
};

struct vault_plain_info {
	size_t records, held;
	size_t types; /* how many types the records have that leave */
	size_t names, parts, short_names; /* as in vault_export_info */
	bool changed; /* after vault_plain_write: what was shown is not so */
};

/*
 * Decide what leaves; each, which may be NULL, is told of every record.
 * VAULT_EUSE: there is no such audience, or that is no case.  VAULT_ECANCELED.
 */
struct vault_plain;
VAULT_CHECKED enum vault_err vault_plain_new(struct vault_plain **out,
    struct vault *v, const struct vault_plain_what *what,
    void (*each)(void *ctx, const struct vault_plain_row *r), void *ctx);
void vault_plain_info(
    struct vault_plain_info *out, const struct vault_plain *p);
void vault_plain_confirm_parts(struct vault_plain *p);

/*
 * Write it and log it.  VAULT_EREFUSED: nothing leaves, or somebody is named.
 * VAULT_EBUSY: the vault has changed since it was decided; what was written
 * until then is to be thrown away.
 */
VAULT_CHECKED enum vault_err vault_plain_write(
    struct vault_plain *p, const struct vault_sink *to);
void vault_plain_free(struct vault_plain *p);

/*
 * The same of records of one type as a table: a column for the id and one for
 * each path that any record has; the first row is their names.  Cells are told
 * one by one, row at the end of each; they are borrowed for the call.
 * VAULT_EUSE: of several types.  Where versions disagree it is the oldest.
 */
struct vault_plain_sink {
	void *ctx;
	void (*cell)(void *ctx, const char *text);
	enum vault_err (*row)(void *ctx);
	bool (*progress)(
	    void *ctx, uint64_t done, uint64_t total); /* or NULL */
};
VAULT_CHECKED enum vault_err vault_plain_table(
    struct vault_plain *p, const struct vault_plain_sink *to);

/*
 * The same to be read by people: each record in reading order, the case first,
 * then people, what happened by date, what was said, and the rest; titles and
 * texts have people as they may be called, and other records by their number
 * in this order.  Borrowed for the call.  It is logged, when told, as a file
 * is: end is called before, and refuses it by an error of its own.
 */
struct vault_dossier_record {
	size_t number; /* from 1 */
	char id[VAULT_ID_LEN];
	const char *type, *title, *date; /* "": none */
	bool disagreeing;                /* versions disagree in something */
};
struct vault_dossier_sink {
	void *ctx;
	void (*listed)(void *ctx, const struct vault_dossier_record *r);
	void (*record)(void *ctx, const struct vault_dossier_record *r);
	void (*line)(void *ctx, const struct vault_line *l);
	enum vault_err (*end)(void *ctx);
};
VAULT_CHECKED enum vault_err vault_dossier(
    struct vault_plain *p, const struct vault_dossier_sink *to);

/* ---- Redacted copies ---- */

struct vault_redact_what {
	const char *id, *audience;
	const char *const *words; /* to be taken out, besides names */
	size_t n_words;
	/* By place: characters first to last of a field, from 1. */
	struct vault_passage {
		const char *field;
		size_t first, last;
	} const *passages;
	size_t n_passages;
	/* Told how many passages were taken out of a field; or NULL. */
	void (*taken)(void *ctx, const char *field, size_t n);
	void *ctx;
};

/*
 * The body, as JSON, of a copy of a record with all names taken out that the
 * audience may not read, and what is asked for; limited to that audience.  The
 * record itself stays as it is.  Private fields are not in it.  VAULT_EUSE:
 * there is no such audience, or none that gets records.  VAULT_EREFUSED: it is
 * a person, a status or a consent.  VAULT_ENORECORD: there is no such record,
 * or nothing of it here.  VAULT_ECONFLICT: a passage is in no text.
 */
VAULT_CHECKED enum vault_err vault_redact(
    struct buf *body, struct vault *v, const struct vault_redact_what *what);

/*
 * Keep such a copy as a new record, and log for whom it was made of which one,
 * and how many passages were taken out.
 */
VAULT_CHECKED enum vault_err vault_redact_keep(char id[static VAULT_ID_LEN],
    struct vault *v, struct vault_report *report,
    const struct vault_redact_what *what, const struct buf *body,
    size_t passages);

/* ---- Submissions to the United Nations ---- */

/*
 * A text draft of what we hold of a person, in the order of one of their
 * forms, to be copied into today's form (records.md, 11).  It has what the
 * audience "un" may read, and is in English.
 */
struct vault_named;

/* What a form asks for and is not there, or not as it is needed. */
enum vault_gap_why {
	VAULT_GAP_ABSENT,
	VAULT_GAP_VAGUE,   /* a date of which the month is not known */
	VAULT_GAP_KEPT,    /* it is there, and stays behind */
	VAULT_GAP_UNNAMED, /* the consent does not allow the whole name */
};
struct vault_gap {
	enum vault_gap_why why;
	bool must;
	const char *need;            /* "(a)", "must", "if known" */
	const char *section, *label; /* of the form */
	const char *paths;           /* "act.date status.date"; or an option */
	const char *record; /* where it can be written: its id; or "" */
	const char *type;   /* of that record, or of a new one; or "" */
	const char *field;  /* in it */
};

/* What stays behind: a record, or a field of one that is used. */
struct vault_kept_back {
	const char *id, *type, *title;
	const char *field;      /* "": all of it */
	enum vault_may_why why; /* VAULT_MAY: the field is private */
};

enum vault_urgency {
	VAULT_NOT_URGENT,
	VAULT_PERHAPS_URGENT, /* dates leave it open */
	VAULT_URGENT,
};

/* Why there is no draft. */
enum vault_submission_refused {
	VAULT_SUBMISSION_MAY,
	VAULT_SUBMISSION_RECORD,   /* the person's record may not leave: .may */
	VAULT_SUBMISSION_CONSENT,  /* no consent of theirs to "un": .consent */
	VAULT_SUBMISSION_GIVEN_BY, /* the form wants it of the family */
};

struct vault_submission_what {
	const char *form;     /* a code of vault_form */
	const char *person;   /* an id */
	const char *relation; /* of the office to the person; or NULL */
	void (*gap)(void *ctx, const struct vault_gap *g);
	void (*kept)(void *ctx, const struct vault_kept_back *k);
	void (*named)(void *ctx, const struct vault_named *n);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

struct vault_submission_info {
	enum vault_submission_refused refused;
	enum vault_may_why may;
	enum vault_consent consent;
	char by[VAULT_ID_LEN]; /* the consent that decides; or "" */
	bool conditions;       /* that it has: a person must read them */
	const char *mechanism; /* whose form it is, in English */
	size_t records, held;
	size_t must, known; /* gaps of the two kinds */
	size_t disagreeing; /* records of which versions disagree */
	size_t others; /* more records of this person, which are not in it */
	enum vault_urgency urgency;
	const char *urgency_words; /* in English, as in the draft; or "" */
	size_t names, parts, short_names; /* as in vault_export_info */
	bool changed; /* after writing: what was shown is not so */
};

/* The codes of the forms, in order; NULL behind the last. */
const char *vault_form(size_t i);

/*
 * Gather what a form asks for, and tell what is missing and what stays behind.
 * VAULT_EUSE: there is no such form, or that is no person.  VAULT_ENORECORD.
 * VAULT_ECANCELED.  Where info.refused says so there is no draft.
 */
struct vault_submission;
VAULT_CHECKED enum vault_err vault_submission_new(struct vault_submission **out,
    struct vault *v, const struct vault_submission_what *what);
void vault_submission_info(
    struct vault_submission_info *out, const struct vault_submission *s);
void vault_submission_confirm_parts(struct vault_submission *s);

/* The draft; borrowed.  NULL if it must not leave. */
const struct buf *vault_submission_text(const struct vault_submission *s);

/*
 * Write it and log it; and with kept, which may be NULL, keep in the same
 * commit exactly what was written, as the attachment of a document, and an
 * intervention: to whom, by which consents, what was left out.
 * VAULT_EREFUSED: it must not leave.  VAULT_EBUSY: the vault has changed since;
 * what was written is to be thrown away, and nothing is kept.
 */
struct vault_submission_kept {
	char intervention[VAULT_ID_LEN], document[VAULT_ID_LEN];
};
VAULT_CHECKED enum vault_err vault_submission_write(struct vault_submission *s,
    const struct vault_sink *to, struct vault_submission_kept *kept);
void vault_submission_free(struct vault_submission *s);

/* A file that can be read again; *got is less than len only at its end. */
struct vault_input {
	void *ctx;
	enum vault_err (*read)(
	    void *ctx, void *to, size_t len, uint64_t offset, size_t *got);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
	uint64_t size;
};

/* Why a bundle is refused. */
enum vault_bundle_fault {
	VAULT_BUNDLE_OK,
	VAULT_BUNDLE_NOT_AGE,   /* it does not begin as an age file does */
	VAULT_BUNDLE_ARCHIVE,   /* it holds something else */
	VAULT_BUNDLE_MANIFEST,  /* its list of files is not one */
	VAULT_BUNDLE_SIGNATURE, /* the signature is wrong */
	VAULT_BUNDLE_NOT_TO_US, /* made for others, sealed to us by one */
	VAULT_BUNDLE_FILES,     /* a file too many, too few, or changed */
	VAULT_BUNDLE_RECORD,    /* a record is damaged or forged */
	VAULT_BUNDLE_CHANGED,   /* it was changed while it was read */
	VAULT_BUNDLE_HEADER,    /* its header is damaged */
	VAULT_BUNDLE_CHUNK,     /* its payload is cut or changed: where */
	VAULT_BUNDLE_LIMIT,     /* its header is beyond our limits */
};
struct vault_bundle_bad {
	enum vault_bundle_fault fault;
	/* VAULT_BUNDLE_CHUNK: which chunk, from 1, and at which byte it is. */
	uint64_t chunk, byte;
};

/* Its place among those of its sender. */
enum vault_bundle_seen {
	VAULT_SEEN_NEXT,
	VAULT_SEEN_SAME,   /* imported already */
	VAULT_SEEN_GAP,    /* others before it have not come */
	VAULT_SEEN_OLDER,  /* later ones have come */
	VAULT_SEEN_NEW,    /* the sender restored a copy, or has two machines */
	VAULT_SEEN_OTHERS, /* its number was that of another one */
};

/* What an import does with a version, or at most with those of a record. */
enum vault_arrives {
	VAULT_NEW_RECORD,
	VAULT_NEW_VERSION,
	VAULT_COMPLETES, /* it is here, and lacks what comes */
	VAULT_IS_HERE,
	VAULT_WAS_FORGOTTEN, /* here, or by its office: no text is taken */
	/* The tombstones: an office has forgotten a record. */
	VAULT_FORGETS_NOTHING, /* known, or the record is gone */
	VAULT_FORGETS_LATER,   /* the record is not here: it is kept */
	VAULT_FORGET_REQUEST,  /* no version is that contact's */
	VAULT_FORGETS_TEXTS,   /* what that office wrote in the record goes */
	VAULT_FORGETS_RECORD,  /* the record goes */
	VAULT_OTHER_TYPE, /* a version not taken: the record has another type */
	VAULT_REVOKED,    /* a version not taken: its key was revoked before */
	VAULT_ARRIVES_N
};

/*
 * A record of a bundle; versions of it that are not taken are told for
 * themselves, by their office and type.  Borrowed for the call.
 */
struct vault_arriving {
	char id[VAULT_ID_LEN];
	char type[VAULT_TYPE_LEN];
	char type_here[VAULT_TYPE_LEN]; /* of VAULT_OTHER_TYPE */
	const char
	    *title; /* "" if withheld, or none; of a tombstone: as here */
	const char *office; /* who wrote the newest that is new */
	int64_t time;
	enum vault_arrives arrives;
	bool withheld;
	bool ours; /* our office had written what it changes */
	size_t versions, new_versions;
	size_t attachments, new_attachments;
	/* A version of a time that cannot be, and its office; NULL: none. */
	const char *wrong_clock;
	int64_t wrong_time;
};

struct vault_bundle_info {
	char id[VAULT_BUNDLE_LEN];
	bool is_signed;
	const char *sender; /* a contact, or the beginning of an unknown key */
	bool sender_known, sender_compared, sender_frozen;
	bool sender_announced; /* by a key that nobody has compared yet */
	bool sender_earlier;   /* by a key that the sender has renewed */
	bool sender_revoked;   /* by a key that was revoked: it is refused */
	char digits[72];       /* of a known sender */
	uint64_t number;
	enum vault_bundle_seen seen;
	size_t records, versions, attachments, tombstones;
	size_t new_records, new_versions, new_attachments;
	uint64_t bytes, new_bytes;     /* new_bytes: of new attachments */
	size_t count[VAULT_ARRIVES_N]; /* of both, by what they are */
};

/*
 * Verify a bundle, all of it, and write nothing.  VAULT_EDAMAGED,
 * VAULT_EVERSION: *bad says why.  VAULT_ENOTFORUS: it is sealed to somebody
 * else.
 */
struct vault_bundle;
VAULT_CHECKED enum vault_err vault_bundle_open(struct vault_bundle **out,
    struct vault *v, const struct vault_input *from,
    struct vault_bundle_bad *bad);
void vault_bundle_close(struct vault_bundle *b);

/* What an import would do; after one, what it did.  Records as they come. */
void vault_bundle_info(
    struct vault_bundle_info *out, const struct vault_bundle *b);
VAULT_CHECKED enum vault_err vault_bundle_each(struct vault_bundle *b,
    void (*each)(void *ctx, const struct vault_arriving *a), void *ctx);

/*
 * Import it without obeying or keeping its tombstones: what a person wants
 * who doubts that they are meant.
 */
void vault_bundle_keep(struct vault_bundle *b);

struct vault_imported {
	size_t records, versions, completed, known, attachments;
	size_t forgotten; /* versions of which no text was taken */
	size_t forgot_records, forgot_texts, requests, later, kept;
	size_t others;  /* versions not taken: of another type */
	size_t revoked; /* versions not taken: their key was revoked before */
	bool unswept;   /* attachments that were forgotten are still there: the
			 * next import, attach or forget overwrites them */
	/* VAULT_ESPACE, and need above room: refused before it was begun. */
	uint64_t need, room;
};

/*
 * Put it into the vault: all of it, or nothing.  Unless accept is set,
 * VAULT_EREFUSED: it is not signed by a contact.  With it too: it is signed
 * by a key that was revoked.  VAULT_ECONFLICT: its number
 * was that of another one.  VAULT_EEXISTS: it was imported already.
 */
VAULT_CHECKED enum vault_err vault_bundle_import(struct vault_imported *out,
    struct vault_bundle *b, bool accept, struct vault_bundle_bad *bad);

/*
 * After an import: where a version of another office has a lower level than
 * our office has given the record, or opens what we keep private.  Neither
 * counts: see vault_export_what.  Borrowed for the call.
 */
struct vault_lowered {
	char id[VAULT_ID_LEN];
	const char *office; /* the one that wrote it */
	int from, to;       /* levels; the same if it was not lowered */
	bool opened;
};
VAULT_CHECKED enum vault_err vault_bundle_lowered(struct vault_bundle *b,
    void (*each)(void *ctx, const struct vault_lowered *l), void *ctx);

/* ---- Destroying ---- */

/*
 * Forget a record: its key, its parts, its words; a signed tombstone stays,
 * and keeps it from coming back with a bundle.  It goes along when something
 * is next exported to those who got the record, and asks them to forget it
 * too.  What was copied or sent before is out of reach.  *unswept, which may
 * be NULL: its attachments could not be overwritten yet, without their key;
 * the next attach, import or forget does it.  VAULT_ENORECORD: not there, or
 * forgotten already.
 */
VAULT_CHECKED enum vault_err vault_forget(
    struct vault *v, const char *id, bool *unswept);

/*
 * Offices that have forgotten a record and ask that it be forgotten here:
 * contacts, and who wrote in it.  Those of one record if id is not NULL.
 */
struct vault_request {
	char id[VAULT_ID_LEN];
	char type[VAULT_TYPE_LEN];
	const char *title, *office; /* borrowed for the call */
	int64_t since;
};
VAULT_CHECKED enum vault_err vault_requests(struct vault *v, const char *id,
    void (*each)(void *ctx, const struct vault_request *r), void *ctx);

/* What would be lost with the vault. */
struct vault_losses {
	int64_t last_backup; /* 0: there never was one */
	uint64_t records;
	uint64_t only_here; /* written since the last backup */
};
VAULT_CHECKED enum vault_err vault_losses(
    struct vault_losses *out, struct vault *v);

/*
 * Destroy a vault: the keys first, then the rest; no passphrase is needed.
 * Each step is told with its outcome; a later one is tried whatever an
 * earlier one came to, and the first error is returned.
 */
enum vault_wipe_step {
	VAULT_WIPE_KEYS,      /* the file of keys overwritten, and synced */
	VAULT_WIPE_KEYS_FILE, /* and taken away */
	VAULT_WIPE_CELLS,     /* cells.db and its journal taken away */
	VAULT_WIPE_SYNC,      /* the folder synced */
	VAULT_WIPE_FOLDER,    /* the folder taken away */
};
VAULT_CHECKED enum vault_err vault_wipe(const struct vault_place *place,
    void (*step)(void *ctx, enum vault_wipe_step what, enum vault_err err),
    void *ctx);

/* ---- Lists ---- */

/*
 * A map says which columns of a table fill which fields (docs/MAPS.md).
 * VAULT_EUSE: *fault says why and where.
 */
enum vault_map_why {
	VAULT_MAP_JSON,      /* not JSON: value says what, where says where */
	VAULT_MAP_KIND,      /* not the sort of value that belongs there */
	VAULT_MAP_UNKNOWN,   /* a member that is not known, or out of place */
	VAULT_MAP_LACKS,     /* a member that must be there */
	VAULT_MAP_VERSION,   /* of a later program */
	VAULT_MAP_TYPE,      /* no such type of record */
	VAULT_MAP_FIELD,     /* no such field, or not one that a cell fills */
	VAULT_MAP_VALUE,     /* the field does not take this value */
	VAULT_MAP_TWICE,     /* given twice */
	VAULT_MAP_NOT_MANY,  /* split, and the field takes one value only */
	VAULT_MAP_NO_RECORD, /* no other record of the row has this name */
	VAULT_MAP_NO_LINK,   /* no field that links to such a record */
};
struct vault_map_fault {
	enum vault_map_why why;
	char where[128]; /* "columns[3]" */
	char value[128]; /* an excerpt, not made safe; or "" */
	char near[32];   /* what may have been meant; or "" */
};
#define VAULT_MAP_MAX ((size_t)1024 * 1024)
struct vault_map;
VAULT_CHECKED enum vault_err vault_map_read(struct vault_map **out,
    struct vault_map_fault *fault, const void *json, size_t len);
void vault_map_free(struct vault_map *map);

/* Why a file is refused. */
enum vault_table_why {
	VAULT_TABLE_OK,
	VAULT_TABLE_UTF8,        /* not UTF-8 at offset */
	VAULT_TABLE_NUL,         /* a byte of zero at offset */
	VAULT_TABLE_QUOTE,       /* a quote where none can be */
	VAULT_TABLE_CUT,         /* it ends inside quotes */
	VAULT_TABLE_CELLS,       /* so many cells, and so many columns */
	VAULT_TABLE_LONG,        /* a row is too long */
	VAULT_TABLE_EMPTY,       /* no line with the names of the columns */
	VAULT_TABLE_ENCODING,    /* not of the encoding at offset */
	VAULT_TABLE_NO_ENCODING, /* there is none of this name here */
	VAULT_TABLE_ZERO,        /* a zero character, in that encoding */
	VAULT_TABLE_JSON,        /* not JSON: see json */
	VAULT_TABLE_FLAT,     /* not an array of flat objects; or see column */
	VAULT_TABLE_NOT_UTF8, /* JSON is UTF-8 and has no other encoding */
	VAULT_TABLE_NAME,     /* it is not text, or has a line end */
	VAULT_TABLE_COLUMN,   /* it lacks a column that the map names */
	VAULT_TABLE_COLUMNS,  /* a column that the map names is there twice */
	VAULT_TABLE_CHANGED,  /* it was changed while it was read */
};
struct vault_table_fault {
	enum vault_table_why why;
	uint64_t row, line, offset; /* row 0: the names of the columns */
	size_t cells, columns;
	const char *column; /* or NULL */
	const char *json;   /* what is wrong with it; or NULL */
	bool mixed; /* UTF-8, and not ASCII alone, stands before offset */
};

/*
 * Read a file of comma-separated values, or of JSON if the map says so, all of
 * it, and write nothing.  name is what records will call it; map and encoding
 * (a name of iconv's; NULL: UTF-8) are borrowed.  VAULT_EUSE: each fault was
 * told.
 */
struct vault_table;
VAULT_CHECKED enum vault_err vault_table_open(struct vault_table **out,
    struct vault *v, const struct vault_map *map, const char *name,
    const char *encoding, const struct vault_input *from,
    void (*fault)(void *ctx, const struct vault_table_fault *f), void *ctx);
void vault_table_close(struct vault_table *t);

/* What becomes of a row, or of a cell; borrowed for the call. */
enum vault_row_why {
	VAULT_ROW_CODE,      /* in no code table: kept as it is */
	VAULT_ROW_VALUE,     /* its field does not take it: kept as it is */
	VAULT_ROW_DATE,      /* not understood as a date: kept as words */
	VAULT_ROW_DESTROYED, /* nothing but ? or U+FFFD: kept as it is */
	VAULT_ROW_MEANINGS,  /* more than one date: kept as words */
	VAULT_ROW_SEVERAL,   /* several dates: the same */
	VAULT_ROW_NO_DAY,    /* no such day: the same */
	VAULT_ROW_BACKWARDS, /* its end is before its beginning: the same */
	VAULT_ROW_SPAN,      /* not a duration: the same */
	VAULT_ROW_NO_KEY,    /* not imported: a cell of its key is missing */
	VAULT_ROW_SAME_KEY,  /* not imported: the key of row other */
	VAULT_ROW_REFUSED,   /* not imported: column is the field, see issue */
	VAULT_ROW_CHANGED,   /* column is a field: the file says value now; not
				changed */
	VAULT_ROW_RECORD,    /* the row has this record now; not made */
	VAULT_ROW_NO_RECORD, /* the row has no such record any more; kept */
	VAULT_ROW_SET,       /* column is a field: it has value from now on */
	VAULT_ROW_OURS,      /* the same: it was changed here, and is kept */
	VAULT_ROW_GONE,      /* the file does not have it any more; kept */
	VAULT_ROW_FIXED,     /* records of this type are written once; kept */
	VAULT_ROW_MADE,      /* a row that is here: this record is made of it */
	VAULT_ROW_CLASH,     /* versions of the record disagree; not changed */
	VAULT_ROW_DOUBTFUL,  /* a date that may be none, says the map: taken */
	VAULT_ROW_WHYS,
};
struct vault_row_note {
	enum vault_row_why why;
	uint64_t row, line, other;
	const char *record;         /* its name in the map; "" if it has none */
	const char *column, *value; /* "" if it is the whole row */
	const struct vault_issue *issue;
};

/* What has become of a row in the end. */
enum vault_row_end {
	VAULT_ROW_NEW,
	VAULT_ROW_SAME, /* unchanged */
	VAULT_ROW_KEPT, /* the file says otherwise now; not changed */
	VAULT_ROW_BAD,  /* refused: none of its records was made or changed */
	VAULT_ROW_UPDATED,
};

struct vault_table_info {
	char sha256[65];
	uint64_t rows;
	size_t columns, unmapped; /* unmapped: the map does not name them */
	const char *map;          /* its name; borrowed */
};
void vault_table_info(
    struct vault_table_info *out, const struct vault_table *t);

/* What may become of a row that is here, if the file says otherwise now. */
enum vault_policy {
	VAULT_POLICY_KEEP,   /* nothing: it is told */
	VAULT_POLICY_ADD,    /* fields and records that are absent are made */
	VAULT_POLICY_UPDATE, /* and what an import wrote last is replaced */
};

/*
 * Make records of the rows that are not here yet: of all, or of none.  What a
 * person has changed is never changed.  With preview nothing is written, and
 * everything is told as it would be.  VAULT_EUSE: the file has changed since
 * it was opened.
 */
struct vault_table_how {
	bool preview;
	enum vault_policy policy;
	/* NULL, or in place of policy, for each row that is here. */
	enum vault_policy (*choose)(void *ctx, uint64_t row);
	/* May be NULL; row is told after the notes of the row. */
	void (*note)(void *ctx, const struct vault_row_note *n);
	void (*row)(void *ctx, uint64_t row, enum vault_row_end end);
	void *ctx;
};
struct vault_table_done {
	uint64_t added, unchanged, changed, refused, updated; /* rows */
	uint64_t records;  /* that were made */
	uint64_t versions; /* of records that were here */
	uint64_t notes;    /* of cells that were not understood */
};
VAULT_CHECKED enum vault_err vault_table_import(struct vault_table_done *out,
    struct vault_table *t, const struct vault_table_how *how);

/* ---- Copies ---- */

/*
 * Write a whole copy of the vault, verified, to a folder that is not there;
 * restore makes a vault of such a copy.  VAULT_EEXISTS: something is there.
 */
VAULT_CHECKED enum vault_err vault_backup(struct vault *v, const char *folder,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx);

VAULT_CHECKED enum vault_err vault_restore(struct vault *backup,
    const char *folder,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx);

/* Make the index again; with identical answers. */
VAULT_CHECKED enum vault_err vault_reindex(struct vault *v,
    bool (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx);

#endif
