/* SPDX-License-Identifier: ISC */
/* prompt - our own prompt on the alternate screen; see prompt.c. */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "cli.h"

/* Returns the exit status of the program. */
int prompt_run(struct cli *c);

/* True while a command runs inside of the prompt. */
bool prompt_is_around(void);

#endif
