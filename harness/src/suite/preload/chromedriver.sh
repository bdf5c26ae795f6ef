#!/bin/sh
# A ChromeDriver that a suite starts by itself: a port that leads to the WebDriver endpoint.
exec @PROGRAM@ chromedriver-shim --endpoint @ENDPOINT@ -- "$@"
