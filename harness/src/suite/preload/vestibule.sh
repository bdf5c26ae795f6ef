#!/bin/sh
# Runs when a suite starts Vestibule by its name, as for a code: starts the one that runs the suite.
exec @PROGRAM@ "$@"
