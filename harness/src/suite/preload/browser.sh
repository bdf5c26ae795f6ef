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
    # The headless shell takes an empty argument for a page.
    yes) continue ;;
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
url='' profile='' port=''
for argument; do
  case "$argument" in
    --) url=yes; break ;;
    --user-data-dir=* | -user-data-dir=*) profile=${argument#*=} ;;
    --remote-debugging-port=* | -remote-debugging-port=*) port=${argument#*=} ;;
    -*) ;;
    ?*) url=yes ;;
  esac
done
# The browser of a WebDriver session is known: its commands come by the endpoint.
[ -n "${@OF_OUR_DRIVER@:-}" ] || printf '%s\t%s\n' "$profile" "$port" >>@BROWSERS@
# The headless shell opens no page by itself, as Chromium does.
case @BROWSER@ in
  *headless*) [ -n "$url" ] || has no-startup-window || set -- "$@" about:blank ;;
esac
exec @BROWSER@ "$@"
