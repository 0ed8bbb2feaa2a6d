/* SPDX-License-Identifier: ISC */
/*
 * leaving - what may leave for an audience, and the ways out: plain files,
 * redacted copies, submissions.  Part of vault.h, which includes it.
 */
#ifndef VAULT_API_LEAVING_H
#define VAULT_API_LEAVING_H

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
	VAULT_CONSENT_DISPUTED,    /* another version does not allow that */
	VAULT_CONSENT_FORGOTTEN,   /* withdrawn; the record of that is gone */
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
	/* Of a case: records that leave of persons who have several, as our
	 * office has said.  A case follows no private link: same_as is one. */
	size_t several;
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
	bool from_closed; /* a person has agreed to that, as below */
	/* Told how many passages were taken out of a field; or NULL. */
	void (*taken)(void *ctx, const char *field, size_t n);
	/* Told which of words, from 1, is in no text; 0: a passage; or NULL. */
	void (*absent)(void *ctx, size_t word);
	void *ctx;
};

/*
 * The body, as JSON, of a copy of a record with all names taken out that the
 * audience may not read, and what is asked for; limited to that audience.  The
 * record itself stays as it is.  Private fields are not in it.  *closed: the
 * record is of level 3, or names its readers, or other audiences.  VAULT_EUSE:
 * there is no such audience, or none that gets records.  VAULT_EREFUSED: it is
 * a person, a status or a consent.  VAULT_ENORECORD: there is no such record,
 * or nothing of it here.  VAULT_ECONFLICT: a passage, or one of words, is in
 * no text that the copy would have.
 */
VAULT_CHECKED enum vault_err vault_redact(struct buf *body, bool *closed,
    struct vault *v, const struct vault_redact_what *what);

/*
 * Keep such a copy as a new record, and log for whom it was made of which one,
 * and how many passages were taken out.  VAULT_EREFUSED: that record is closed,
 * and nobody has agreed to a copy of what is.
 */
VAULT_CHECKED enum vault_err vault_redact_keep(char id[static VAULT_ID_LEN],
    struct vault *v, struct vault_report *report,
    const struct vault_redact_what *what, const struct buf *body,
    size_t passages);

/* ---- Submissions to the United Nations ---- */

/*
 * A text draft of what we hold of a person, in the order of one of their
 * forms, to be copied into today's form (records.md, 11).  It has what the
 * audience "un" may read; its labels are in English, French or Spanish.
 */
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

/* Another record of the person, as our office has said: vault_same_say. */
struct vault_submission_same {
	const char *id, *title;
	bool used;       /* its consent lets it in, and what hangs on it */
	const char *by;  /* that consent; or "" */
	bool conditions; /* that it has */
};

/* Something that two of these records say differently: a person must settle
 * it; the draft has both. */
struct vault_difference {
	const char *label; /* of the form */
	const char *path;  /* "person.born" */
	const char *a, *b; /* the records */
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
	const char *lang;     /* of the labels; NULL: "en" */
	void (*same)(void *ctx, const struct vault_submission_same *r);
	void (*differs)(void *ctx, const struct vault_difference *d);
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
	size_t same;        /* more records of this person, which are in it */
	size_t others; /* and which are not: their consents do not allow it */
	size_t differences; /* between those that are in it */
	enum vault_urgency urgency;
	const char *urgency_words; /* in English, as in the draft; or "" */
	size_t names, parts, short_names; /* as in vault_export_info */
	bool changed; /* after writing: what was shown is not so */
};

/* The codes of the forms, in order; NULL behind the last. */
const char *vault_form(size_t i);

/* The languages that labels can be in, "en" first; NULL behind the last. */
const char *vault_form_language(size_t i);

/*
 * Gather what a form asks for, and tell what is missing and what stays behind.
 * VAULT_EUSE: there is no such form, language, or that is no person.
 * VAULT_ENORECORD. VAULT_ECANCELED.  Where info.refused says so there is no
 * draft.
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

#endif
