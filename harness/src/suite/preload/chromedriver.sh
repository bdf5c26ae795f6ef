#!/bin/sh
# Runs when a suite starts ChromeDriver by itself: opens a port that leads to the WebDriver endpoint.
exec @PROGRAM@ chromedriver-shim --endpoint @ENDPOINT@ -- "$@"
