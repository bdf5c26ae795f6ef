"""A client of `vestibule authenticator`: TOTP codes and passkeys for HTTP tests. Python's standard library, nothing else."""

import json
import os
import urllib.error
import urllib.request


class AuthenticatorError(Exception):
    """Why there is no answer. `error` is a stable name; for a passkey, that of the browser's DOM exception."""

    def __init__(self, status, problem):
        super().__init__(f"{problem['message']}; {problem['fix']}" if problem.get("fix") else problem["message"])
        self.status = status
        self.error = problem["error"]


class Authenticator:
    """The authenticator at `url`; without arguments, the one that started this program."""

    def __init__(self, url=None, token=None):
        self.url = (url or os.environ["VESTIBULE_AUTHENTICATOR_URL"]).rstrip("/")
        self.token = token or os.environ["VESTIBULE_AUTHENTICATOR_TOKEN"]
        # It is on this machine, so no proxy leads to it.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def accounts(self):
        """The accounts of the vault, without secrets."""
        return self._ask("/accounts")

    def code(self, user, host, wait=True):
        """A TOTP code that is given to nobody else; waits for one if need be."""
        return self._ask("/totp", {"user": user, "host": host, "wait": wait})["code"]

    def create(self, user, origin, options, fault=None):
        """`navigator.credentials.create()`: options of the site to `RegistrationResponseJSON`."""
        return self._ceremony("/webauthn/create", user, origin, options, fault)

    def get(self, user, origin, options, fault=None):
        """`navigator.credentials.get()`: options of the site to `AuthenticationResponseJSON`."""
        return self._ceremony("/webauthn/get", user, origin, options, fault)

    def _ceremony(self, path, user, origin, options, fault):
        body = {"user": user, "origin": origin, "options": options}
        return self._ask(path, {**body, "fault": fault} if fault else body)

    def _ask(self, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        try:
            with self.opener.open(urllib.request.Request(self.url + path, data, headers)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AuthenticatorError(error.code, json.load(error)) from None
