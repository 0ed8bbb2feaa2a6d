/* SPDX-License-Identifier: ISC */
/* prompt - our own prompt on the alternate screen; see prompt.c. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "cli.h"

/* With ten things to choose from, or commands.  Returns the exit status. */
int prompt_run(struct cli *c, bool menu);

/* True while a command runs inside of the prompt. */
bool prompt_is_around(void);

/* True if it is around and that command cannot be used there. */
bool prompt_refuses(const char *name);

#endif
