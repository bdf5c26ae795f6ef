#!/bin/sh
# Answers in place of Selenium Manager, which would look for a browser and a driver on the network.
case " $* " in
  *" firefox "* | *" edge "* | *" MicrosoftEdge "* | *" safari "* | *" iexplorer "*)
    echo '{"logs":[],"result":{"code":65,"message":"vestibule has a driver for Chromium only","driver_path":"","browser_path":""}}'
    exit 65
    ;;
esac
cat <<'ANSWER'
@ANSWER@
ANSWER
