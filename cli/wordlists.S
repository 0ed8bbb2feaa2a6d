/* SPDX-License-Identifier: ISC */
/*
 * The word lists lie in the program, so that one file on a stick is enough.
 * Assembled from the root of the project.
 */
	.section .rodata

	.macro list name file
	.globl words_\name
	.hidden words_\name
words_\name:
	.incbin "\file"
	.globl words_\name\()_end
	.hidden words_\name\()_end
words_\name\()_end:
	.byte 0
	.endm

	list en "cli/words/en.txt"
	list es "cli/words/es.txt"
	list pinyin "cli/words/pinyin.txt"

	/* No code here needs a stack that can be executed. */
	.section .note.GNU-stack, "", %progbits
