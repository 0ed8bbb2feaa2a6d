/* SPDX-License-Identifier: ISC */
#include "core/error.h"

const char *
vault_strerror(enum vault_err err)
{
	switch (err) { /* no default: the compiler names a missing case */
	case VAULT_OK:
		return "no error";
	case VAULT_EIO:
		return "cannot read or write";
	case VAULT_EUSE:
		return "that cannot be used here";
	case VAULT_ENOMEM:
		return "out of memory";
	case VAULT_EABSENT:
		return "no such file";
	case VAULT_EEXISTS:
		return "already there";
	case VAULT_ECANCELED:
		return "stopped";
	case VAULT_ENOVAULT:
		return "no vault there";
	case VAULT_ELOCKED:
		return "locked";
	case VAULT_EPASS:
		return "wrong passphrase";
	case VAULT_EDAMAGED:
		return "damaged or forged";
	case VAULT_EKDFMEM:
		return "not enough memory for the key derivation";
	case VAULT_ENORECORD:
		return "no such record";
	case VAULT_ECONFLICT:
		return "two versions disagree, a person must decide";
	case VAULT_EREFUSED:
		return "refused by consent or confidentiality";
	case VAULT_EBUSY:
		return "another process is writing";
	case VAULT_ESPACE:
		return "no space, or read-only";
	case VAULT_ENOTFORUS:
		return "sealed to somebody else";
	case VAULT_EVERSION:
		return "needs a newer version, or a higher limit";
	}
	return "unknown error";
}
