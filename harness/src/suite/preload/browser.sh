#!/bin/sh
# Runs when a suite starts a browser by itself: starts the machine's browser with the arguments that reach the simulated
# org. What the suite passes under a name of ours is joined with ours or gives way to it. Ours come first, because
# Chromium reads no argument behind `--`.
all=" $* "
has() {
  case "$all" in *" --$1="* | *" --$1 "* | *" -$1="* | *" -$1 "*) return 0 ;; esac
  return 1
}
switches=yes
@UNKNOWN@
for argument; do
  shift
  name='' value=''
  case "$switches$argument" in
    yes--) switches='' ;;
    yes-*) name=${argument#-} name=${name#-} ;;
  esac
  case "$name" in *=*) value=${name#*=} name=${name%%=*} ;; esac
  case "$name" in
@TAKEN@
    *) set -- "$@" "$argument" ;;
  esac
done
@HARMLESS@
# Without a separate profile folder, Chromium ignores the argument that names the trusted certificate.
has user-data-dir || set -- --user-data-dir=@FOLDER@/profile-$$ "$@"
@ARGUMENTS@
for argument; do
  case "$argument" in
    --) break ;;
    --user-data-dir=* | -user-data-dir=*) printf '%s\n' "${argument#*=}" >>@PROFILES@ ;;
  esac
done
exec @BROWSER@ "$@"
