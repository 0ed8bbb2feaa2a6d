#compdef amparo
# SPDX-License-Identifier: ISC
# zsh completion for amparo(1).  It runs no program and reads no vault.

_amparo() {
	local context state line
	local -a commands types common vocabularies statuses
	commands=(init unlock lock info passphrase add show list find history revert
		resolve attach extract office contact export inspect import backup restore reindex check log new edit link same redact dossier submission may timeline due count report menu types vocab forget wipe help)
	types=(case person act status testimony document intervention consent count)
	vocabularies=(yn sex status certainty verdict reliability credibility right op monitoring priority
	    person-kind relation medium connection restriction scope name-kind name-order name-system
	    act method purpose position perpetrator role court wgad-category consistency doctor-when
	    doctor-kind intervention mechanism response impact state naming giver consent-form unit
	    count-mode country)
	statuses=(missing reappeared located held held-admin held-crim arrested house black-jail psych
	    travelled charged tried sentenced bail released served acquitted dropped exiled dead dead-custody executed unknown in-custody)
	common=('--json' '--yes' '--help')

	_arguments -C $common \
		'(-v --vault)'{-v,--vault}'[the vault]:folder:_directories' \
		'--keys[the file of keys]:file:_files' \
		'--passphrase-file[the passphrase]:file:_files' \
		'--passphrase-fd[the passphrase]:descriptor:' \
		'--progress[progress for programs]:form:(lines json)' \
		'--version' \
		'1:command:->command' '*::argument:->argument'
	case $state in
	command) compadd -a commands ;;
	argument)
		case $words[1] in
		init) _arguments $common '--office:name:' '--words:list:(en es pinyin)' '--paper-passphrase-file:file:_files' '--practice' ;;
		unlock) _arguments $common '--for:time:(5m 15m 1h)' '--at-most:time:(1h 4h 8h)' ;;
		lock) _arguments $common '--all' ;;
		passphrase) _arguments $common '1:what:(add change remove list)' '2:name:' '--new-passphrase-file:file:_files' '--words:list:(en es pinyin)' '--unknown' ;;
		add) _arguments $common "1:type:($types)" '2:file:_files' ;;
		new) _arguments $common "1:type:($types)" '*--set:path=value:' ;;
		types) _arguments $common "1:type:($types)" ;;
		count) _arguments $common '--since:date:' '--on:date:' '--known-at:date:' '--certainty:code:(confirmed likely possible unlikely)' '--case:case:' '--level:level:(0 1 2 3)' "*:status:(ever $statuses)" ;;
		report) _arguments $common '--audience:audience:(partner un gov un-public media court research)' '--parts-checked' '--by:fields:' '--over:period:(year month day)' '--count:what:(records persons)' '--hide-below:number:' '(--html)--csv' '(--csv)--html' '(-o --output)'{-o,--output}':file:_files' '*:query:' ;;
		redact) _arguments $common '1:id:' '--audience:audience:(partner un gov un-public media court)' '*--take-out:text:' '*--at:place:' '--from-closed' ;;
		dossier) _arguments $common '1:case:' '--audience:audience:(partner un gov un-public media court)' '--unfiltered' '--parts-checked' '-o:file:_files' ;;
		submission) _arguments $common '1:form:(wgeid wgad sr-torture special-procedures)' '2:person:' '--relation:text:' '--lang:language:(en fr es)' '--parts-checked' '--keep' '-o:file:_files' ;;
		may) _arguments $common '1:id:' '--audience:audience:(partner un gov un-public media court)' ;;
		link) _arguments $common '--not' '1:id:' '2:field or id:' '3:id:' ;;
		same) _arguments $common '--limit:number:' '--not' '1:id:' '2:id:' ;;
		due) _arguments $common '--within:days:' ;;
		timeline) _arguments $common '1:person:' ;;
		vocab) _arguments $common "1:name:($vocabularies)" '--lang:language:(en es zh)' ;;
		edit) _arguments $common '1:id:' '*--set:path=value:' ;;
		show) _arguments $common '1:id:' '--version:version:' '--with' '--raw' ;;
		list) _arguments $common '--limit:number:' '*:query:' ;;
		find) _arguments $common '--limit:number:' '--like:name:' '*:query:' ;;
		resolve) _arguments $common '1:id:' '--take:version:' ;;
		attach) _arguments $common '1:id:' '2:file:_files' '--name:name:' ;;
		extract) _arguments $common '1:id:' '2:name:' '--number:number:' '(-o --output)'{-o,--output}':file:_files' ;;
		office) _arguments $common '1:what:(renew retire revoke secret-key)' '--name:name:' '--card:file:_files' '--signing' '--prepare' '-o:file:_files' ;;
		contact) _arguments $common '1:what:(add list verify mark remove)' '2:card or name:_files' '--as:name:' '--digits:digits:' '--our-office' '--not-our-office' ;;
		export) _arguments $common '*--to:contact:' '-o:file:_files' '*--include:id:' '--with-sources' '--unsigned' '--parts-checked' '--plain:format:(json csv)' '--audience:audience:(partner un gov un-public media court)' '--unfiltered' '*:query:' ;;
		inspect) _arguments $common '1:file:_files' ;;
		import) _arguments $common '1:file:_files' '--anyway' '--keep' '--map:map:_files' '--encoding:encoding:' '--policy:policy:(keep add update ask)' '--forgotten' '--preview' ;;
		check) _arguments $common '--records' ;;
		backup | restore) _arguments $common '1:folder:_directories' ;;
		help) compadd -a commands ;;
		forget) _arguments $common '1:id:' '--asked' '--rows' ;;
		info | menu | history | revert | reindex | log | wipe) _arguments $common ;;
		esac
		;;
	esac
}

_amparo "$@"
