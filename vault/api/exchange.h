/* SPDX-License-Identifier: ISC */
/*
 * exchange - offices, and the bundles that they send each other.  Part of
 * vault.h, which includes it.
 */
#ifndef VAULT_API_EXCHANGE_H
#define VAULT_API_EXCHANGE_H

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

/* ---- Bundles that arrive ---- */

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

#endif
