# SPDX-License-Identifier: ISC
# bash completion for amparo(1): commands, options, types, codes, files.
#
# It runs no program and reads no vault: nothing that is in one, not even a
# name, can appear at a shell's prompt.  scripts/check-docs compares it with
# the commands there are.

_amparo() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev='' command='' at=1 words=0 offered=''
	local commands='init unlock lock info passphrase add show list find history
	    revert resolve attach extract office contact export inspect import backup restore reindex check log new edit link same redact dossier submission may timeline due count report menu types vocab forget wipe
	    help'
	local types='case person act status testimony document intervention consent count'
	local vocabularies='yn sex status certainty verdict reliability credibility right op monitoring priority
	    person-kind relation medium connection restriction scope name-kind name-order name-system
	    act method purpose position perpetrator role court wgad-category consistency doctor-when
	    doctor-kind intervention mechanism response impact state naming giver consent-form unit
	    count-mode country'
	local statuses='missing reappeared located held held-admin held-crim arrested house black-jail psych
	    travelled charged tried sentenced bail released served acquitted dropped exiled dead dead-custody executed unknown in-custody'

	((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()

	# The command, and how many words follow it before the one at hand.
	while ((at < COMP_CWORD)); do
		case ${COMP_WORDS[at]} in
		-v | --vault | --keys | --passphrase-file | --passphrase-fd | --progress | --office | \
			--words | --paper-passphrase-file | --new-passphrase-file | --for | --at-most | \
			--version | --limit | --like | --take | --name | --set | -o | --output | --card | \
			--as | --to | --include | --lang | --since | --on | --within | --known-at | --certainty | --case | --level | --audience | --plain | --take-out | --at | --relation | \
			--by | --over | --count | --hide-below | --map | --encoding | --policy | --digits | --number)
			[[ -z $command && ${COMP_WORDS[at]} == --version ]] || ((at += 1))
			;;
		-*) ;;
		*)
			if [[ -z $command ]]; then
				command=${COMP_WORDS[at]}
			else
				((words += 1))
			fi
			;;
		esac
		((at += 1))
	done

	# The value of an option.
	case $prev in
	-v | --vault)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--keys | --card | --passphrase-file | --paper-passphrase-file | --new-passphrase-file | -o | --output)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--progress) offered='lines json' ;;
	--words) offered='en es pinyin' ;;
	--lang) offered='en es fr zh' ;;
	--certainty) offered='confirmed likely possible unlikely' ;;
	--level) offered='0 1 2 3' ;;
	--plain) offered='json csv' ;;
	--over) offered='year month day' ;;
	--policy) offered='keep add update ask' ;;
	--count) offered='records persons' ;;
	--audience) offered='partner un gov un-public media court' ;;
	--for) offered='5m 15m 1h' ;;
	--at-most) offered='1h 4h 8h' ;;
	--version) [[ -n $command ]] && return ;;
	--passphrase-fd | --office | --limit | --within | --like | --take | --name | --set | --as | --digits | \
		--to | --include | --by | --hide-below | --take-out | --at | --relation) return ;;
	esac
	if [[ -n $offered ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$cur")
		return
	fi

	case $cur in
	-*)
		offered='--json --yes --help'
		case $command in
		'') offered+=' -v --vault --keys --passphrase-file --passphrase-fd --progress --version' ;;
		init) offered+=' --office --words --paper-passphrase-file --practice' ;;
		unlock) offered+=' --for --at-most' ;;
		lock) offered+=' --all' ;;
		passphrase) offered+=' --new-passphrase-file --words --unknown' ;;
		same) offered+=' --limit --not' ;;
		due) offered+=' --within' ;;
		link) offered+=' --not' ;;
		show) offered+=' --version --with --raw' ;;
		list) offered+=' --limit' ;;
		find) offered+=' --limit --like' ;;
		resolve) offered+=' --take' ;;
		attach) offered+=' --name' ;;
		extract) offered+=' -o --output --number' ;;
		office) offered+=' --name --card --signing --prepare -o' ;;
		contact) offered+=' --as --digits --our-office --not-our-office' ;;
		export) offered+=' --to --include --with-sources --unsigned --parts-checked --plain --audience --unfiltered -o' ;;
		import) offered+=' --anyway --keep --map --encoding --policy --forgotten --preview' ;;
		forget) offered+=' --asked --rows' ;;
		check) offered+=' --records' ;;
		vocab) offered+=' --lang' ;;
		may) offered+=' --audience' ;;
		redact) offered+=' --audience --take-out --at --from-closed' ;;
		dossier) offered+=' --audience --unfiltered --parts-checked -o' ;;
		submission) offered+=' --relation --lang --parts-checked --keep -o' ;;
		count) offered+=' --since --on --known-at --certainty --case --level' ;;
		report) offered+=' --by --over --count --hide-below --csv --html -o --output --audience --parts-checked' ;;
		new | edit) offered+=' --set' ;;
		esac
		;;
	*)
		case $command:$words in
		:0 | help:0) offered=$commands ;;
		add:0 | new:0 | types:0) offered=$types ;;
		vocab:0) offered=$vocabularies ;;
		count:0) offered="ever $statuses" ;;
		count:*) offered=$statuses ;;
		submission:0) offered='wgeid wgad sr-torture special-procedures' ;;
		passphrase:0) offered='add change remove list' ;;
		office:0) offered='renew retire revoke secret-key' ;;
		contact:0) offered='add list verify mark remove' ;;
		add:1 | attach:1 | contact:1 | inspect:0 | import:0)
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		backup:0 | restore:0)
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -d -- "$cur")
			return
			;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$cur")
}

complete -F _amparo amparo
