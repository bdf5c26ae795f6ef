// A client of `vestibule authenticator`: TOTP codes and passkeys for HTTP tests. Node 18 or newer, nothing else.

/** Why there is no answer. `error` is a stable name; for a passkey, that of the browser's DOM exception. */
export class AuthenticatorError extends Error {
  constructor(status, problem) {
    super(problem.fix ? `${problem.message}; ${problem.fix}` : problem.message);
    this.name = "AuthenticatorError";
    this.status = status;
    this.error = problem.error;
  }
}

/** The authenticator at `url`; without arguments, the one that started this program. */
export class Authenticator {
  #url;
  #token;

  constructor(url = process.env.VESTIBULE_AUTHENTICATOR_URL, token = process.env.VESTIBULE_AUTHENTICATOR_TOKEN) {
    if (!url || !token) throw new Error("set VESTIBULE_AUTHENTICATOR_URL and VESTIBULE_AUTHENTICATOR_TOKEN");
    this.#url = url.replace(/\/$/, "");
    this.#token = token;
  }

  /** The accounts of the vault, without secrets. */
  accounts() {
    return this.#ask("GET", "/accounts");
  }

  /** A TOTP code that is given to nobody else; waits for one if need be. */
  async code(user, host, wait = true) {
    return (await this.#ask("POST", "/totp", { user, host, wait })).code;
  }

  /** `navigator.credentials.create()`: options of the site to `RegistrationResponseJSON`. */
  create(user, origin, options, fault) {
    return this.#ask("POST", "/webauthn/create", { user, origin, options, fault });
  }

  /** `navigator.credentials.get()`: options of the site to `AuthenticationResponseJSON`. */
  get(user, origin, options, fault) {
    return this.#ask("POST", "/webauthn/get", { user, origin, options, fault });
  }

  async #ask(method, path, body) {
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    const answer = await fetch(this.#url + path, { method, headers, body: body && JSON.stringify(body) });
    const json = await answer.json();
    if (!answer.ok) throw new AuthenticatorError(answer.status, json);
    return json;
  }
}
