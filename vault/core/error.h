/* SPDX-License-Identifier: ISC */
/*
 * error - the codes that every function of the library returns.  The numbers
 * are stable: scripts and tests compare them.
 */
#ifndef CORE_ERROR_H
#define CORE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#define VAULT_CHECKED __attribute__((warn_unused_result))

/* What went wrong, named for what the caller can do about it. */
enum vault_err {
	VAULT_OK = 0,
	VAULT_EIO = 1,        /* the system could not read or write: errno */
	VAULT_EUSE = 2,       /* an argument that cannot be */
	VAULT_ENOMEM = 3,     /* out of memory */
	VAULT_EABSENT = 4,    /* no such file */
	VAULT_EEXISTS = 5,    /* already there */
	VAULT_ECANCELED = 6,  /* stopped by the caller */
	VAULT_ENOVAULT = 10,  /* no vault there */
	VAULT_ELOCKED = 11,   /* locked while working */
	VAULT_EPASS = 12,     /* wrong passphrase */
	VAULT_EDAMAGED = 13,  /* damaged or forged */
	VAULT_EKDFMEM = 14,   /* not enough memory for the key derivation */
	VAULT_ENORECORD = 15, /* no such record */
	VAULT_ECONFLICT = 16, /* two versions disagree */
	VAULT_EREFUSED = 17,  /* refused by consent or confidentiality */
	VAULT_EBUSY = 18,     /* another process is writing */
	VAULT_ESPACE = 19,    /* no space, or read-only */
	VAULT_ENOTFORUS = 20, /* sealed to somebody else */
	VAULT_EVERSION = 21,  /* needs a newer version or a higher limit */
};

/* A lower-case sentence without a full stop, in English; never NULL. */
const char *vault_strerror(enum vault_err err);

/* Where it went wrong, for the message; n is a number of that kind of thing. */
enum vault_where {
	VAULT_WHERE_UNKNOWN,
	VAULT_WHERE_KEYS,    /* the file keys */
	VAULT_WHERE_CELLS,   /* cells.db: its header, schema or structure */
	VAULT_WHERE_CELL,    /* cell n */
	VAULT_WHERE_INNER,   /* the inner database */
	VAULT_WHERE_LOG,     /* entry n of the log */
	VAULT_WHERE_JOURNAL, /* a write cut short, on a read-only medium */
};
struct vault_fault {
	enum vault_where where;
	int64_t n;
};

/* Called while another process holds what is wanted; false gives up. */
struct vault_waiting {
	bool (*call)(void *ctx, unsigned waited_ms);
	void *ctx;
};

#endif
