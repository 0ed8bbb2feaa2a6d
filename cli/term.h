/* SPDX-License-Identifier: ISC */
/*
 * term - the terminal as it was found, also when a signal ends us.
 *
 * Whoever changes the modes of a terminal holds it from before that change
 * until they are changed back: the prompts, the editor, the pager.  One of
 * them at a time.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <sys/types.h>
#include <termios.h>

/* What leaves nothing on a terminal, on either screen or scrolled away. */
#define TERM_CLEAR "\033[H\033[2J\033[?1049l\033[H\033[2J\033[3J"

/*
 * From here on a signal that would end the process (HUP, INT, QUIT, TERM)
 * first sets fd back to the modes before, and writes away, a constant, to it.
 * fd stays open until term_let_go.  Signals that are ignored, or that have a
 * handler already, which ends the work in its own way, are left alone.
 */
void term_hold(int fd, const struct termios *before, const char *away);

/* A child that draws on the terminal, and is ended first; 0: none. */
void term_hold_child(pid_t child);

void term_let_go(void);

#endif
