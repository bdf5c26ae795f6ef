"""Signs in over HTTP, without a browser, to the org of `vestibule serve`: as the user with this key, by the client of
`vestibule authenticator`. Prints the pages on the way."""

import html
import json
import os
import re
import sys
import urllib.parse
import urllib.request

from vestibule_authenticator import Authenticator, AuthenticatorError

key = sys.argv[1].upper()
username = os.environ["VESTIBULE_USERNAME_" + key]
password = os.environ["VESTIBULE_PASSWORD_" + key]
authenticator = Authenticator()
http = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())


def post(url, fields):
    with http.open(url, urllib.parse.urlencode(fields).encode()) as answer:
        return answer.geturl(), answer.read().decode()


def options(page, name):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.S)[1])


url, page = post(os.environ["VESTIBULE_ORG_URL"] + "/", {"un": username, "pw": password})
for _ in range(4):
    name = re.search(r'<meta name="vestibule-page" content="([^"]+)"', page)[1]
    print(name)
    at = urllib.parse.urlsplit(url)
    origin = f"{at.scheme}://{at.netloc}"
    if name == "verify-totp":
        typed = {"tc": authenticator.code(username, at.hostname)}
    elif name == "create-passkey":
        made = authenticator.create(username, origin, options(page, "webauthn-create"))
        typed = {"credential": json.dumps(made)}
    elif name == "verify-passkey":
        asserted = authenticator.get(username, origin, options(page, "webauthn-get"))
        typed = {"credential": json.dumps(asserted)}
    else:
        break
    hidden = re.findall(r'<input type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    fields = {html.unescape(name): html.unescape(value) for name, value in hidden}
    action = html.unescape(re.search(r'<form[^>]*action="([^"]+)"', page)[1])
    url, page = post(urllib.parse.urljoin(url, action), {**fields, **typed})

try:
    authenticator.code(username, "elsewhere.example")
except AuthenticatorError as error:
    print(error.error)
