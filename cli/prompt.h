/* SPDX-License-Identifier: ISC */
/* prompt - our own prompt on the alternate screen; see prompt.c. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "cli.h"

/* Returns the exit status of the program. */
int prompt_run(struct cli *c);

/* True while a command runs inside of the prompt. */
bool prompt_is_around(void);

/* True if it is around and that command cannot be used there. */
bool prompt_refuses(const char *name);

#endif
