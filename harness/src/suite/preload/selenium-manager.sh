#!/bin/sh
# Answers in place of Selenium Manager, which would look for Chrome and a driver on the network. Other browsers are left as
# they are: their drivers are found where Selenium Manager finds them, and what is not there is left to Selenium Manager.
wanted=chrome
given=
before=
for argument; do
  case "$before" in --browser | --driver) wanted=$argument ;; --browser-path) given=$argument ;; esac
  case "$argument" in
    --browser=* | --driver=*) wanted=${argument#*=} ;;
    --browser-path=*) given=${argument#*=} ;;
  esac
  before=$argument
done

# tell DRIVER BROWSER: the answer of Selenium Manager.
tell() {
  driver=$(printf %s "$1" | sed 's/[\\"]/\\&/g')
  browser=$(printf %s "$2" | sed 's/[\\"]/\\&/g')
  printf '{"logs":[],"result":{"code":0,"message":"","driver_path":"%s","browser_path":"%s"}}\n' "$driver" "$browser"
  exit 0
}

# first NAME...: the first of these programs in PATH, or what Selenium Manager keeps of them.
first() {
  for name; do
    command -v "$name" && return
  done
  for name; do
    for kept in "${SE_CACHE_PATH:-$HOME/.cache/selenium}/$name"/*/*/"$name"; do
      if [ -x "$kept" ]; then
        echo "$kept"
        return
      fi
    done
  done
}

# own: the Selenium Manager that comes with the suite's Selenium, for Node and for Python.
own() {
  folder=$PWD
  while [ "$folder" != / ]; do
    echo "$folder/node_modules/selenium-webdriver/bin/linux/selenium-manager"
    folder=$(dirname "$folder")
  done
  case "$(readlink "/proc/$PPID/exe")" in
    *python*) "/proc/$PPID/exe" -c 'from selenium.webdriver import common; print(common.__path__[0] + "/linux/selenium-manager")' ;;
  esac 2>/dev/null
}

case "$(printf %s "$wanted" | tr '[:upper:]' '[:lower:]')" in
  chrome | chromium | chromedriver | '')
    cat <<'ANSWER'
@ANSWER@
ANSWER
    exit 0
    ;;
  firefox | geckodriver) driver=$(first geckodriver) browser=$(first firefox firefox-esr) ;;
  edge | microsoftedge | msedgedriver) driver=$(first msedgedriver) browser=$(first microsoft-edge microsoft-edge-stable) ;;
  *) driver='' browser='' ;;
esac
browser=${given:-$browser}
[ -n "$driver" ] && [ -n "$browser" ] && tell "$driver" "$browser"
manager=$(own | while read -r found; do [ -x "$found" ] && echo "$found" && break; done)
if [ -n "$manager" ]; then
  # Without this run it would look on the network.
  unset SE_OFFLINE SE_MANAGER_PATH
  exec "$manager" "$@"
fi
printf '{"logs":[],"result":{"code":65,"message":"vestibule found no driver for %s here, and no Selenium Manager that could get one","driver_path":"","browser_path":""}}\n' "$wanted"
exit 65
