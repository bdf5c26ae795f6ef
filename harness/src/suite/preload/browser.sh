#!/bin/sh
# Runs when a suite starts a browser by itself: starts the machine's browser with the arguments that reach the simulated
# org. Chromium uses the last of two arguments with the same name.
all=" $* "
has() {
  case "$all" in *" --$1="* | *" --$1 "*) return 0 ;; esac
  return 1
}
# Without a separate profile folder, Chromium ignores the argument that names the trusted certificate.
has user-data-dir || set -- "$@" --user-data-dir=@FOLDER@/profile-$$
@ARGUMENTS@
for argument; do
  case "$argument" in --user-data-dir=*) printf '%s\n' "${argument#*=}" >>@PROFILES@ ;; esac
done
exec @BROWSER@ "$@"
