"""simple-salesforce, called as the first argument says. Says one line of JSON: whom the org took it for, or the error."""

import json
import os
import sys
import warnings
from urllib.parse import urlparse

from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceError

USERNAME = os.environ["VESTIBULE_USERNAME"]
PASSWORD = os.environ["VESTIBULE_PASSWORD"]
TOKEN = os.environ["INTEROP_TOKEN"]
KEY = os.environ["INTEROP_KEY"]
SECRET = os.environ["INTEROP_SECRET"]
# What stands before `.salesforce.com` in the URL of the org: that is how it is told where to go.
HOST = urlparse(os.environ["VESTIBULE_ORG_URL"]).hostname
DOMAIN = HOST.removesuffix(".salesforce.com")


def who(org):
    """Who the session is of."""
    found = org.query(f"SELECT Username FROM User WHERE Username = '{USERNAME}'")
    assert (found["totalSize"], found["done"]) == (1, True), found
    assert org.sf_instance == HOST, org.sf_instance
    return found["records"][0]["Username"]


def soap(password=PASSWORD, token=TOKEN, **more):
    return Salesforce(**{"username": USERNAME, "password": password, "security_token": token, "domain": DOMAIN, **more})


def jwt(domain=DOMAIN, username=USERNAME, **more):
    """The domain is the audience too."""
    key_file = os.environ["INTEROP_KEY_FILE"]
    return Salesforce(username=username, consumer_key=KEY, privatekey_file=key_file, domain=domain, **more)


def client_credentials(secret=SECRET, domain=DOMAIN):
    return Salesforce(consumer_key=KEY, consumer_secret=secret, domain=domain)


def by_password(password=PASSWORD + TOKEN):
    return Salesforce(username=USERNAME, password=password, consumer_key=KEY, consumer_secret=SECRET, domain=DOMAIN)


def with_session(session_id, **more):
    return Salesforce(session_id=session_id, instance=HOST, **more)


CALLS = {
    "soap": lambda: who(soap()),
    "soap at the shared host": lambda: who(soap(domain="login")),
    "soap, wrong password": lambda: who(soap(password="wrong")),
    "soap, no token": lambda: who(soap(token="")),
    "soap 65.0": lambda: who(soap(version="65.0")),
    "jwt": lambda: who(jwt()),
    "jwt at the shared host": lambda: who(jwt(domain="login")),
    "jwt, wrong audience": lambda: who(jwt(domain="globex.my", instance_url=DOMAIN)),
    "jwt, unknown user": lambda: who(jwt(username="nobody@acme.example")),
    "client credentials": lambda: who(client_credentials()),
    "client credentials, wrong secret": lambda: who(client_credentials(secret="wrong")),
    "password": lambda: who(by_password()),
    "password, no token": lambda: who(by_password(PASSWORD)),
    "unknown session": lambda: who(with_session("00D000000000001!unknown")),
    "wrong query": lambda: soap().query("SELECT FROM User"),
    "query 29.0": lambda: who(with_session(soap().session_id, version="29.0")),
    "described": lambda: str("Username" in [field["name"] for field in soap().User.describe()["fields"]]),
    # Its own way to learn of a session that is over is to log in again.
    "a session that is over": lambda: renewed(soap()),
}


def renewed(org):
    org.session_id = "00D000000000001!over"
    org._generate_headers()
    return who(org)


def main():
    warnings.simplefilter("ignore")
    try:
        print(json.dumps({"ok": CALLS[sys.argv[1]]()}))
    except SalesforceAuthenticationFailed as error:
        print(json.dumps({"error": f"{error.code}: {error.auth_message}"}))
    except SalesforceError as error:
        first = error.content[0]
        print(json.dumps({"error": f"{type(error).__name__}: {first['errorCode']}: {first['message']}"}))


main()
