"""pyforce, called as the first argument says. It compresses its calls. Says one line of JSON, as with_simple_salesforce.py."""

import json
import os
import sys

from pyforce import PythonClient

USERNAME = os.environ["VESTIBULE_USERNAME"]
PASSWORD = os.environ["VESTIBULE_PASSWORD"] + os.environ["INTEROP_TOKEN"]


def logged_in(password=PASSWORD):
    client = PythonClient(os.environ["VESTIBULE_ORG_URL"] + "/services/Soap/u/59.0")
    return client, client.login(USERNAME, password)


def who():
    client, answer = logged_in()
    assert client.getUserInfo() == answer["userInfo"], answer
    return answer["userInfo"]["userEmail"]


def after_logout():
    client, _ = logged_in()
    assert client.logout()
    return client.getUserInfo()


CALLS = {"soap": who, "soap, wrong password": lambda: logged_in("wrong"), "soap, logged out": after_logout}

try:
    print(json.dumps({"ok": CALLS[sys.argv[1]]()}))
except Exception as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
