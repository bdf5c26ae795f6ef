"""What Authlib can use of what an OpenID provider advertises and openid-client cannot, used, and printed as JSON by the name of
the list in the discovery document. ISSUER is the provider, which registers clients; NAME and PASSWORD are those of a user."""

import json
import os
import re
import secrets
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests
from authlib.integrations.base_client.sync_app import BaseApp, OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT
from authlib.oidc.core import HybridIDToken, ImplicitIDToken

ISSUER = os.environ["ISSUER"]
REDIRECT = "http://127.0.0.1:1/callback"
USED = {}


class Client(OAuth2Mixin, OpenIDMixin, BaseApp):
    """As the integrations of Authlib build theirs."""

    client_cls = OAuth2Session


def uses(name, *values):
    USED.setdefault(name, set()).update(values)


def registered(**metadata):
    answer = requests.post(f"{ISSUER}/oidc/register", json={"redirect_uris": [REDIRECT], **metadata})
    answer.raise_for_status()
    return answer.json()


def arrives(url):
    """Where the browser of the user arrives at the client."""
    browser = requests.Session()
    answer = browser.get(url, allow_redirects=False)
    for _ in range(12):
        if location := answer.headers.get("location"):
            url = urljoin(url, location)
            if url.startswith(REDIRECT):
                return url
            answer = browser.get(url, allow_redirects=False)
            continue
        found = re.search(r'<form[^>]* action="([^"]*)"[^>]*>(.*?)</form>', answer.text, re.S)
        assert found, f"{url}: {answer.status_code} {answer.text[:300]}"
        pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', found[2])
        fields = {name: unescape(value) for name, value in pairs}
        fields.update(username=os.environ["NAME"], password=os.environ["PASSWORD"])
        url = urljoin(url, unescape(found[1]))
        answer = browser.post(url, data=fields, allow_redirects=False)
    raise AssertionError(f"no end: {url}")


def client_of(known, **settings):
    return Client(
        None,
        "vestibule",
        client_id=known["client_id"],
        client_secret=known.get("client_secret"),
        server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", **settings},
    )


for response_type in ["token", "id_token token", "code token", "code id_token token"]:
    client = client_of(
        registered(response_types=[response_type], grant_types=["authorization_code", "implicit"]),
        response_type=response_type,
    )
    asked = client.create_authorization_url(REDIRECT, nonce=secrets.token_urlsafe())
    arrived = arrives(asked["url"])
    answer = dict(parse_qsl(urlsplit(arrived).fragment))
    token = OAuth2Session(client.client_id, state=asked["state"]).token_from_fragment(arrived, asked["state"])
    user = client.userinfo(token=token)
    if "id_token" in response_type:
        claims = {"code id_token token": HybridIDToken}.get(response_type, ImplicitIDToken)
        user = client.parse_id_token(token, asked["nonce"], claims_cls=claims)
    assert user["sub"], user
    assert ("code" in response_type) == ("code" in answer), answer
    uses("response_types_supported", response_type)

metadata = client_of(registered()).load_server_metadata()
for algorithm in ["HS384", "HS512"]:
    known = registered(token_endpoint_auth_method="client_secret_jwt", grant_types=["client_credentials"])
    session = OAuth2Session(known["client_id"], known["client_secret"], token_endpoint_auth_method="client_secret_jwt")
    session.register_client_auth_method(ClientSecretJWT(metadata["token_endpoint"], alg=algorithm))
    assert session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")["access_token"]
    uses("token_endpoint_auth_signing_alg_values_supported", algorithm)

print(json.dumps({name: sorted(values) for name, values in USED.items()}))
