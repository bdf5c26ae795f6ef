"""A relying party of Authlib. ISSUER is its OpenID provider; CLIENT_ID and CLIENT_SECRET are what it is known by there."""

import os
from hmac import compare_digest

from authlib.integrations.base_client.sync_app import BaseApp, OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from web_app import ORIGIN, Refused, serve

CALLBACK = f"{ORIGIN}/callback"


class Client(OAuth2Mixin, OpenIDMixin, BaseApp):
    """As the integrations of Authlib build theirs."""

    client_cls = OAuth2Session


client = Client(
    None,
    "vestibule",
    client_id=os.environ.get("CLIENT_ID", "my-app"),
    client_secret=os.environ.get("CLIENT_SECRET", "my-secret"),
    server_metadata_url=f"{os.environ['ISSUER']}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
)


def login(request):
    request.session["asked"] = client.create_authorization_url(CALLBACK)
    return request.session["asked"]["url"]


def callback(request):
    asked, query = request.session.pop("asked", {}), request.query
    if "error" in query:
        raise Refused(f"{query['error']}: {query.get('error_description')}")
    if not compare_digest(asked.get("state", ""), query.get("state", " ")):
        raise Refused("the state is not that of this browser")
    verifier = asked["code_verifier"]
    token = client.fetch_access_token(CALLBACK, code=query["code"], code_verifier=verifier)
    claims = client.parse_id_token(token, nonce=asked["nonce"])
    if claims is None:
        raise Refused("there is no ID token")
    request.session.update(user=claims["sub"], amr=claims.get("amr", []), acr=claims.get("acr"))
    request.session["id_token"] = token["id_token"]
    return "/"


def logout(request):
    hint = request.session.pop("id_token", None)
    request.session.clear()
    return client.create_logout_url(f"{ORIGIN}/", id_token_hint=hint)["url"] if hint else "/"


serve({"/login": login, "/callback": callback, "/logout": logout})
