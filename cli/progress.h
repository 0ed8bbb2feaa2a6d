/* SPDX-License-Identifier: ISC */
/*
 * progress - one line on standard error while long work goes on.
 *
 * On a terminal: nothing in the first second, then at most four times a
 * second, cleared at the end.  Elsewhere silence, but for SIGUSR1, which asks
 * for a line.  Only counts are shown, never a name, a title or a path.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "say.h"

enum progress_form { PROGRESS_TERMINAL, PROGRESS_LINES, PROGRESS_JSON };

/* --progress lines|json; false if form is neither. */
bool progress_form(const char *form);

struct progress {
	enum say what;
	int64_t began_ms, shown_ms;
	bool shown;
	bool on_terminal, plain; /* standard error; without ACCESSIBLE */
};

void progress_begin(struct progress *p, enum say what);

/* done of total; false once Ctrl-C has been pressed: stop. */
bool progress_step(struct progress *p, uint64_t done, uint64_t total);
void progress_end(struct progress *p);

#endif
