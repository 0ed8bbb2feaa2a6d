# SPDX-License-Identifier: ISC
# Every language says the same: sentences change with it, and nothing else.
command -v msgfmt > /dev/null || skip "no msgfmt: there are no translations"
in_lang() { # LANGUAGE COMMAND...
	lang=$1
	shift
	LANGUAGE=$lang "$@"
}
vault
printf '{"title":"Crackdown in Exampletown"}' > case.json
expect_status 0 opened add case case.json
kase=$(the_id)

# ---- Which language ----

expect_status 0 in_lang zh_CN "$AMPARO" help
expect_out "建立保险库"
expect_out "退出状态"
expect_status 0 in_lang es "$AMPARO" help
expect_out "crea una bóveda"
expect_out "Estado de salida"
expect_status 10 in_lang es "$AMPARO" -v nothing info
expect_err "amparo: no hay ninguna bóveda en nothing"
expect_err "sugerencia: 'amparo -v nothing init'"
# A locale that is not installed; one of another country; the second choice.
for locale in es es_MX es_MX.UTF-8 es_ES.ISO-8859-1 es_GT@euro; do
	expect_status 0 env LC_ALL=$locale "$AMPARO" help
	expect_out "crea una bóveda"
	expect_status 0 env -u LC_ALL LANG=$locale "$AMPARO" help
	expect_out "crea una bóveda"
	expect_status 0 env -u LC_ALL LANG=C.UTF-8 LC_MESSAGES=$locale "$AMPARO" help
	expect_out "crea una bóveda"
done
expect_status 0 env LC_ALL=zh_CN.GB18030 "$AMPARO" help
expect_out "建立保险库"
expect_status 0 in_lang tlh:ar:zh_CN "$AMPARO" help
expect_out "建立保险库"
# What nobody has translated is English, as is the locale C.
expect_status 0 "$AMPARO" help
cp "$OUT" english
expect_out "make a vault"
for locale in ar_EG.UTF-8 fa he_IL tlh en_GB.UTF-8 zh_TW.UTF-8 C POSIX "" nonsense ../../es; do
	expect_status 0 env LC_ALL="$locale" LANG= "$AMPARO" help
	expect_same english "$OUT"
done
expect_status 0 env LC_ALL=C LANGUAGE=es "$AMPARO" help
expect_same english "$OUT"

# ---- What no language changes ----

for command in "info" "log" "check --records" "list" "find crackdown" "show $kase" \
    "history $kase" "help" "types" "types act" "passphrase list" "office" \
    "contact list" "vocab" "timeline $kase" "may $kase --audience partner" "count released"; do
	got=0
	opened --json $command > want 2> "$ERR" || got=$?
	sed -i '/^ "sentence": /d' want
	for l in es zh_CN ar nothing; do
		expect_status $got in_lang $l opened --json $command
		sed -i '/^ "sentence": /d' "$OUT"
		expect_same want "$OUT"
	done
done
expect_status 0 opened log
cp "$OUT" log
expect_status 0 in_lang es opened log
expect_same log "$OUT"
# Errors as JSON: the word is for programs, the message for people.
expect_status 15 in_lang es opened --json show nobody
expect_json_error no-record 15
$CRAFT json "$ERR" '"no existe" in d["message"]' || fail "the message is not Spanish"
for command in "unlok" "show nobody" "show" "list --nope" "add nothing" "unlock --for x" \
    "extract $kase x" "wipe" "init" "edit $kase --set nothing=x" "import nothing" "vocab x"; do
	got=0
	opened $command > "$OUT" 2> "$ERR" < /dev/null || got=$?
	[ $got != 0 ] || fail "no error: $command"
	for l in es zh_CN; do
		expect_status $got in_lang $l opened $command
		cp "$ERR" said
		# Not in English.
		opened $command > "$OUT" 2> "$ERR" < /dev/null || true
		if cmp -s said "$ERR"; then fail "$l is English: $command"; fi
	done
done

# ---- Plural forms ----

# Before it asks, wipe of an open vault says what would be lost.
expect_status 0 opened unlock --for 5m
expect_status 1 in_lang es opened wipe
expect_err "su 1 registro no está"
expect_status 1 in_lang zh_CN opened wipe
expect_err "1 条记录"
expect_status 0 opened add case case.json
expect_status 1 in_lang es opened wipe
expect_err "sus 2 registros no están"
expect_status 1 in_lang zh_CN opened wipe
expect_err "2 条记录"
expect_status 0 amparo lock

# ---- Words that the library says ----

printf '{"act":"arbitrary-arrest","victims":["7zzzzzzzzzzzzzzzzzzzzzzzzz"]}' > act.json
expect_status 0 opened add act act.json
act=$(the_id)
printf '{"names":[{"text":"Wei Example","primary":true}],"protected":true}' > person.json
expect_status 0 opened add person person.json
person=$(the_id)
echo '{"a": 1.5}' > bad.json
while IFS='|' read -r l not_here yes at missing; do
	for command in "list type:act" "show $act"; do
		expect_status 0 in_lang "$l" opened $command
		expect_out "$not_here"
		if [ $l != C ] && grep -q withheld "$OUT"; then fail "$l is English: $command"; fi
	done
	expect_status 0 in_lang "$l" opened show "$person"
	expect_out "primary: $yes)"
	expect_out "  $yes"
	expect_status 0 in_lang "$l" opened report type:person --by protected
	expect_out "$yes"
	expect_status 2 in_lang "$l" opened add person bad.json
	expect_err "$at"
	expect_status 0 in_lang "$l" opened count ever missing
	expect_out "$missing"
	# A program reads English.
	expect_status 0 in_lang "$l" opened --json list type:act
	expect_out "withheld or unknown"
done << 'END'
C|withheld or unknown|yes|line 1, column 7: a fraction: write it as text|ever missing (
es|retenido o desconocido|sí|línea 1, columna 7: una fracción: escríbala como texto|paradero desconocido
zh_CN|未提供或未知|是|第 1 行第 7 列: 小数：请写成文本|失踪：下落不明
END

# ---- Help fits the screen: Chinese characters are two columns ----

for l in en es zh_CN; do
	expect_status 0 in_lang $l "$AMPARO" help
	cp "$OUT" all
	for command in $(sed -n '/COMMAND \.\.\./,/^$/s/^  \([a-z]*\) .*/\1/p' all); do
		expect_status 0 in_lang $l "$AMPARO" help "$command"
		expect_out "amparo $command"
		cat "$OUT" >> all
	done
	[ "$(grep -c '' all)" -ge 150 ] || fail "the help of $l is short"
	/usr/bin/python3 - all <<- 'END' || fail "the help of $l is wider than 80 columns"
		import sys, unicodedata
		wide = [line for line in open(sys.argv[1], encoding="utf-8").read().split("\n")
		        if sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line) > 80]
		print("\n".join(wide))
		sys.exit(len(wide) > 0)
	END
	# The statuses are those of the manual in every language, in their order.
	sed -n '/COMMAND \.\.\./,/^$/s/^  \([a-z]*\) .*/\1/p' all > commands.$l
	expect_same commands.en commands.$l
done

# ---- Titles ----

# They are kept in no language.
printf '{"act":"torture","cases":["%s"],"date":{"edtf":"2011-02"},"places":[{"text":"Exampletown"}]}' "$kase" > act.json
expect_status 0 opened add act act.json
act=$(the_id)
expect_status 0 opened list type:act
expect_out "torture, 2011-02, Exampletown"
expect_status 0 in_lang es opened list type:act
expect_out "tortura, 2011-02, Exampletown"
expect_status 0 in_lang zh_CN opened show "$act"
expect_out "酷刑, 2011-02, Exampletown"
expect_status 0 in_lang es opened --json list type:act
expect_json 'd[0]["title"] == "torture, 2011-02, Exampletown"'
