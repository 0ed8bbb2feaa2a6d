/* SPDX-License-Identifier: ISC */
/*
 * Word lists and practice records lie in the program, so that one file on a
 * stick is enough.
 * Assembled from the root of the project.
 */
	.section .rodata

	.macro data name file
	.globl \name
	.hidden \name
\name:
	.incbin "\file"
	.globl \name\()_end
	.hidden \name\()_end
\name\()_end:
	.byte 0
	.endm

	data words_en "cli/words/en.txt"
	data words_es "cli/words/es.txt"
	data words_pinyin "cli/words/pinyin.txt"
	data practice_records "cli/practice/records.txt"

	/* No code here needs a stack that can be executed. */
	.section .note.GNU-stack, "", %progbits
