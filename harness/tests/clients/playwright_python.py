"""A login as in most suites, with Playwright for Python: both fields on one page, then a URL that looks like home."""
import os
import re

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    browser = playwright.chromium.launch()
    try:
        page = browser.new_page()
        page.goto(os.environ["SF_URL"])
        page.fill("#username", os.environ["SF_USERNAME"])
        page.fill("#password", os.environ["SF_PASSWORD"], timeout=15_000)
        page.click("#Login")
        page.wait_for_url(re.compile("home|lightning"), timeout=15_000)
        print("signed in, title:", page.title())
    finally:
        browser.close()
