#!/bin/sh
# A browser that a suite starts by itself: the machine's own, with what it needs to reach the simulated org.
# Chromium takes the last of two arguments that have one name.
all=" $* "
has() {
  case "$all" in *" --$1="* | *" --$1 "*) return 0 ;; esac
  return 1
}
# Without a profile folder of its own, Chromium ignores which certificate to trust.
has user-data-dir || set -- "$@" --user-data-dir=@FOLDER@/profile-$$
@ARGUMENTS@
for argument; do
  case "$argument" in --user-data-dir=*) printf '%s\n' "${argument#*=}" >>@PROFILES@ ;; esac
done
exec @BROWSER@ "$@"
