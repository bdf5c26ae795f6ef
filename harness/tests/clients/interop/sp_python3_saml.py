"""A service provider of python3-saml. IDP_METADATA is the URL of the metadata of its identity provider."""

import os
import re

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser as IdpMetadata
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from web_app import ORIGIN, Refused, serve

SP = {
    "strict": True,
    "sp": {
        "entityId": f"{ORIGIN}/metadata",
        "assertionConsumerService": {"url": f"{ORIGIN}/acs"},
        "singleLogoutService": {"url": f"{ORIGIN}/slo"},
    },
    # By default it refuses a user without attributes.
    "security": {"wantAssertionsSigned": True, "wantAttributeStatement": False},
}


def toolkit(request):
    settings = IdpMetadata.merge_settings(IdpMetadata.parse_remote(os.environ["IDP_METADATA"]), SP)
    host = ORIGIN.removeprefix("http://")
    data = {"https": "off", "http_host": host, "script_name": request.path, "query_string": request.raw_query}
    return OneLogin_Saml2_Auth({**data, "get_data": request.query, "post_data": request.form}, settings)


def login(request):
    auth = toolkit(request)
    location = auth.login(return_to=f"{ORIGIN}/")
    request.session["request"] = auth.get_last_request_id()
    return location


def acs(request):
    auth = toolkit(request)
    auth.process_response(request_id=request.session.pop("request", None))
    if not auth.is_authenticated():
        raise Refused(f"{auth.get_errors()}: {auth.get_last_error_reason()}")
    classes = re.findall(r"AuthnContextClassRef[^>]*>([^<]*)<", str(auth.get_last_response_xml()))
    name = {"name_id": auth.get_nameid(), "name_id_format": auth.get_nameid_format()}
    request.session["name"] = {**name, "session_index": auth.get_session_index()}
    request.session["user"] = auth.get_nameid()
    request.session.update(amr=auth.get_attributes().get("amr", []), acr=classes[0] if classes else None)
    return "/"


def logout(request):
    auth, name = toolkit(request), request.session.pop("name", None)
    request.session.clear()
    if name is None or auth.get_slo_url() is None:
        return "/"
    location = auth.logout(return_to=f"{ORIGIN}/", **name)
    request.session["logout"] = auth.get_last_request_id()
    return location


def slo(request):
    auth = toolkit(request)
    asked = request.session.pop("logout", None)
    location = auth.process_slo(request_id=asked, delete_session_cb=request.session.clear)
    if auth.get_errors():
        raise Refused(f"{auth.get_errors()}: {auth.get_last_error_reason()}")
    return location or "/"


def metadata(_):
    document = OneLogin_Saml2_Settings(SP, sp_validation_only=True).get_sp_metadata()
    return document if isinstance(document, bytes) else document.encode()


serve({"/login": login, "/acs": acs, "/logout": logout, "/slo": slo, "/metadata": metadata})
