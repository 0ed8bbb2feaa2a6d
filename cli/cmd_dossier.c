/* SPDX-License-Identifier: ISC */
/* dossier: all that may leave of a case, to be read. */
#include "plain.h"

int
cmd_dossier(struct cli *c, int argc, char **argv)
{
	struct plain_wanted want = { .unfiltered = false };
	const struct option_of options[] = {
		{ "--audience", &want.audience, NULL },
		{ "-o", &want.file, NULL },
		{ "--unfiltered", NULL, &want.unfiltered },
		{ "--parts-checked", NULL, &want.parts_checked },
	};
	int words = cli_options(argc, argv, options, 4);

	if (words != 1 || want.file == NULL ||
	    (want.audience != NULL) == want.unfiltered)
		return say_usage("dossier CASE (--audience AUDIENCE |"
				 " --unfiltered) -o FILE [--parts-checked]");
	return plain_run(c, &want, argv[1]);
}
