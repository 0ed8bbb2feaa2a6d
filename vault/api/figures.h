/* SPDX-License-Identifier: ISC */
/*
 * figures - what changed for a person, how many there are, and what belongs
 * together.  Part of vault.h, which includes it.
 */
#ifndef VAULT_API_FIGURES_H
#define VAULT_API_FIGURES_H

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
	uint64_t records; /* of them, that these have */
	/* Pairs of them who may be one (vault_alike), as far as that is seen
	 * at once; VAULT_DOUBLES_MAX: so many, or more. */
#define VAULT_DOUBLES_MAX 1000
	uint64_t alike;
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
	char
	    of[VAULT_ID_LEN]; /* which record of the person; "": the only one */
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
	/* Of persons: who has several records, and how many all of them have;
	 * and how many pairs may be one, as in vault_count_result. */
	struct vault_figure same, person_records;
	uint64_t alike;
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
	bool is_bool;      /* they are "yes" and "no" */
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
 * Log that it leaves, in this form: a word; before it does.  VAULT_ESPACE: the
 * vault cannot be written to.  VAULT_ECONFLICT: it is for an audience, and the
 * vault, or the day, is not what it was when it was counted.
 */
VAULT_CHECKED enum vault_err vault_tally_log(
    struct vault *v, struct vault_tally *t, const char *form);

#endif
