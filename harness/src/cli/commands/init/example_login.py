"""Logs in as many suites do, over plain WebDriver, without any packages.

`vestibule init --example` wrote this example. A run of it says so: it tells nothing about your own suite.
"""
import json
import os
import sys
import time
import urllib.request

ENDPOINT = os.environ["VESTIBULE_WEBDRIVER_URL"].rstrip("/")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def webdriver(method, path, body=None):
    data = json.dumps(body or {}).encode() if method == "POST" else None
    request = urllib.request.Request(ENDPOINT + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return json.load(answer)["value"]


def element(css):
    for _ in range(50):
        try:
            return webdriver("POST", session + "/element", {"using": "css selector", "value": css})[ELEMENT]
        except urllib.error.HTTPError:
            time.sleep(0.1)
    sys.exit(f"there is no {css} on {webdriver('GET', session + '/title')}")


def type_into(css, text):
    webdriver("POST", f"{session}/element/{element(css)}/value", {"text": text})


def click(css):
    webdriver("POST", f"{session}/element/{element(css)}/click")


options = {"args": ["--headless=new"]}
capabilities = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}
session = "/session/" + webdriver("POST", "/session", {"capabilities": capabilities})["sessionId"]
try:
    webdriver("POST", session + "/url", {"url": os.environ["VESTIBULE_LOGIN_URL"]})
    type_into("#username", os.environ["VESTIBULE_USERNAME"])
    click("#Login")
    type_into("#password", os.environ["VESTIBULE_PASSWORD"])
    click("#Login")
    element("button[title='App Launcher']")
    print("signed in:", webdriver("GET", session + "/title"))
finally:
    webdriver("DELETE", session)
