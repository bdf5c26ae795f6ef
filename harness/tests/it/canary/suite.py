"""A suite that reveals everything it knows: in its commands, in its output, and in a file that only the test reads."""
import base64
import json
import os
import sys
import urllib.parse
import urllib.request

PRIVATE_KEY = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqTflcl_iFKCultl_xq2yvfVNDTNHpJxbhOiAMjXoxKuhRANCAARXXX0SOrZEK6nN3nsKvsS3-ueCr7Gml4TWXcGfc857dmJqxGo98yJ-8oJ0TiXojdDUpgBVJiPA-i4XERCNzrIO"
ENDPOINT = os.environ["VESTIBULE_WEBDRIVER_URL"].rstrip("/")


def call(path, body):
    request = urllib.request.Request(
        ENDPOINT + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request))["value"]


def browse(token):
    session = "/session/" + call("/session", {"capabilities": {"alwaysMatch": {"browserName": "chrome"}}})["sessionId"]
    authenticator = call(session + "/webauthn/authenticator", {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    })
    call(session + "/webauthn/authenticator/" + authenticator + "/credential", {
        "credentialId": "AQID", "isResidentCredential": True, "rpId": "acme.example", "privateKey": PRIVATE_KEY,
        "userHandle": "AQ", "signCount": 0,
    })
    call(session + "/url", {"url": os.environ["VESTIBULE_LOGIN_URL"] + "?pw=" + urllib.parse.quote(os.environ["VESTIBULE_PASSWORD"])})
    call(session + "/cookie", {"cookie": {"name": "sid", "value": token}})
    field = list(call(session + "/element", {"using": "css selector", "value": "#username"}).values())[0]
    call(session + "/element/" + field + "/value", {"text": os.environ["VESTIBULE_PASSWORD"]})
    call(session + "/execute/sync", {"script": "console.error('told: ' + arguments[0])", "args": [os.environ["VESTIBULE_TOTP_SECRET"]]})
    call(session + "/url", {"url": os.environ["VESTIBULE_FRONTDOOR_URL"]})


def main():
    token = os.environ["VESTIBULE_ACCESS_TOKEN"]
    assertion = '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="canary-assertion">' + "x" * 200 + "</saml:Assertion>"
    response = "<samlp:Response>" + assertion + "</samlp:Response>"
    secrets = {
        "password": os.environ["VESTIBULE_PASSWORD"],
        "totp-secret": os.environ["VESTIBULE_TOTP_SECRET"],
        "session-id": token,
        "private-key": PRIVATE_KEY,
        "assertion": assertion,
        "saml-response": base64.b64encode(response.encode()).decode(),
        "id-token": "eyJhbGciOiJSUzI1NiJ9." + base64.urlsafe_b64encode(b'{"sub":"canary"}' * 8).decode().rstrip("=") + ".Y2FuYXJ5c2lnbmF0dXJl",
        "pem-key": "-----BEGIN PRIVATE KEY-----\n" + PRIVATE_KEY.replace("-", "+").replace("_", "/") + "\n-----END PRIVATE KEY-----",
    }
    told = {name: [secret] for name, secret in secrets.items()}
    forms = {name: [secret] for name, secret in secrets.items()}
    for name in ("password", "totp-secret", "session-id"):
        secret = secrets[name]
        quoted = urllib.parse.quote(secret, safe="")
        told[name] += [quoted, urllib.parse.quote_plus(quoted), json.dumps(secret)[1:-1]]
        forms[name] = list(told[name])
        for before in ("", "rep@acme.example:"):
            encoded = base64.b64encode((before + secret).encode()).decode()
            told[name].append(encoded)
            # The last characters also contain other bits.
            forms[name].append(encoded.rstrip("=")[-12:-2])
    with open(sys.argv[1], "a") as file:
        print(json.dumps(forms), file=file)
    try:
        browse(token)
    finally:
        for name, secret in secrets.items():
            # A key without its PEM lines is recognised only if it went through the browser.
            for text in told[name] if name != "private-key" else []:
                print("told:", name, text)
                print("told:", name, text, file=sys.stderr)
    sys.exit("login stopped: " + secrets["password"])


main()
