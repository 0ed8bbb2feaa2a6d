/* SPDX-License-Identifier: ISC */
/*
 * vault - an encrypted, offline-first store of records.  The library never
 * prints, never exits, and keeps no state outside the objects it hands out.
 *
 * This is the whole public interface; cli/ includes no other header of the
 * library.  Here are keys, the vault, its records and its copies; the headers
 * of api/, included at the end, have the rest.  Four small headers of core/ are
 * part of it: error codes, secrets, buffers and text.
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
 * In which language titles have the labels of codes from now on, as far as
 * there are any ("es", "zh_CN.UTF-8"); in English otherwise.
 */
void vault_titles_in(struct vault *v, const char *lang);

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
 * Words in the reader's language for what vault_title, vault_lines,
 * vault_clashes, vault_find and vault_dossier hand out: in the place of a
 * record that is not here, and for yes and no.  English without; words, and
 * its texts, are borrowed for as long as the vault is open.
 */
struct vault_speech {
	const char *not_here, *yes, *no;
};
void vault_speak(struct vault *v, const struct vault_speech *words);

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
	bool index_old;   /* made by another Unicode: see vault_reindex */
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
	const char *path;    /* "names[1].text", or "line 3, column 7" */
	const char *value;   /* an excerpt, not made safe; what is no JSON */
	size_t line, column; /* of what is no JSON, or 0 */
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

/*
 * Why a query may have found nothing: its first part that can find nothing, or
 * that is read as words though it looks like a field.  Needs no vault.  Give
 * *out to vault_query_doubt_free, also after an error.
 */
enum vault_query_doubts {
	VAULT_QUERY_NO_DOUBT,
	VAULT_QUERY_NO_FIELD, /* field is none that can be searched by */
	VAULT_QUERY_NO_VALUE, /* value is nothing that field can be */
	VAULT_QUERY_NO_DATE,  /* value is not understood as days */
	VAULT_QUERY_NO_CASE,  /* value is not the id of a case */
};
struct vault_query_doubt {
	enum vault_query_doubts what;
	struct buf field, value; /* or empty */
	const char *near[3];     /* fields or values: constant */
	size_t n_near;
};
VAULT_CHECKED enum vault_err vault_query_doubt(
    struct vault_query_doubt *out, const char *query, size_t len);
void vault_query_doubt_free(struct vault_query_doubt *d);

/* The i-th field of a query, from 0 on; NULL: there are no more. */
const char *vault_query_field(unsigned i);

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
	bool no_date;      /* a date in it is words alone */
	bool no_span;      /* a duration is */
};
VAULT_CHECKED enum vault_err vault_lines(struct vault *v,
    const struct buf *body, void (*each)(void *ctx, const struct vault_line *l),
    void *ctx);

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

/* A file that can be read again; *got is less than len only at its end. */
struct vault_input {
	void *ctx;
	enum vault_err (*read)(
	    void *ctx, void *to, size_t len, uint64_t offset, size_t *got);
	bool (*progress)(void *ctx, uint64_t done, uint64_t total);
	uint64_t size;
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

/* ---- Destroying ---- */

/*
 * Forget a record: its key, its parts, its words; a signed tombstone stays,
 * and keeps it from coming back with a bundle; a mark in this vault keeps it
 * from coming back with a list.  The tombstone goes along when something
 * is next exported to those who got the record, and asks them to forget it
 * too.  What was copied or sent before is out of reach.  *unswept, which may
 * be NULL: its attachments could not be overwritten yet, without their key;
 * the next attach, import or forget does it.  VAULT_ENORECORD: not there, or
 * forgotten already.
 */
VAULT_CHECKED enum vault_err vault_forget(
    struct vault *v, const char *id, bool *unswept);

/*
 * How many rows of lists have such a mark; and take all marks away: then their
 * lists bring them back.
 */
VAULT_CHECKED enum vault_err vault_forgotten_rows(uint64_t *n, struct vault *v);
VAULT_CHECKED enum vault_err vault_forget_rows(struct vault *v);

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

/* Somebody's name in what is to leave: api/exchange.h. */
struct vault_named;

#include "api/model.h"
#include "api/figures.h"
#include "api/lists.h"
#include "api/exchange.h"
#include "api/leaving.h"

#endif
