await 1 test -e never
