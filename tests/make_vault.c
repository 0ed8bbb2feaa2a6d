/* SPDX-License-Identifier: ISC */
/*
 * make_vault FOLDER - a small vault in FOLDER/v for readers in other
 * languages: passphrases "dusk" and "Ame\u0301lie" (typed decomposed), the
 * office "Office A", three passphrases added and one of them removed.
 * Its key derivation is far below the floor: test builds only.
 */
#include "support.h"

int
main(int argc, char **argv)
{
	struct secret *second, *third;
	struct opened o;

	if (argc != 2 || vault_setup() != VAULT_OK)
		return 2;
	second = secret_text("Ame\xcc\x81lie");
	third = secret_text("third");
	vault_make(argv[1]);
	if (vault_try(&o, argv[1], "dusk") != VAULT_OK ||
	    vault_passphrase_add(o.vault, "paper", second) != VAULT_OK ||
	    vault_passphrase_add(o.vault, "third", third) != VAULT_OK ||
	    vault_passphrase_remove(o.vault, "third") != VAULT_OK)
		return 1;
	vault_done(&o);
	secret_free(second);
	secret_free(third);
	return 0;
}
