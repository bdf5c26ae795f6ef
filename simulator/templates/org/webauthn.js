// Runs the ceremony that the page describes and posts the credential back.
"use strict";

(() => {
  // By its id in the contract: a page may give it another one (`org.pages`).
  const byId = (id) => document.querySelector(`[data-contract-id="${id}"]`) ?? document.getElementById(id);
  const bytes = (text) => {
    const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  };
  const text = (buffer) => {
    if (!buffer) return null;
    const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
    return base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const read = (id) => {
    const element = byId(id);
    return element && JSON.parse(element.textContent).publicKey;
  };
  // The box is in the document only where there is an error: suites wait for it.
  const show = (message, before) => {
    const box = document.getElementById("ceremony-error") ?? document.createElement("div");
    box.id = "ceremony-error";
    box.className = byId("editPage") ? "errorMsg" : "loginError";
    box.role = "alert";
    box.textContent = message;
    before.before(box);
  };
  // A live region is announced only if it was there, empty, before its text.
  const statusBefore = (button) => {
    const line = document.createElement("p");
    line.className = "ceremony-status";
    line.role = "status";
    button.before(line);
    return line;
  };
  // Only the page knows how far a ceremony got: whoever drives the browser may be silent.
  const tell = (step) => fetch("/vestibule/ceremony/" + step, { method: "POST", keepalive: true }).catch(() => {});
  const tellOfAuthenticator = async () => {
    const found = await window.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.();
    if (found) tell("authenticator-found");
  };
  const post = (form, credential) => {
    byId("credential").value = JSON.stringify(credential);
    form.submit();
  };
  const once = async (button, status, ceremony) => {
    if (document.body.ariaBusy) return;
    document.body.ariaBusy = "true";
    const focused = document.activeElement === button;
    button.disabled = true;
    status.textContent = "Waiting for your passkey…";
    tell("started");
    tellOfAuthenticator();
    try {
      await ceremony();
    } catch (error) {
      const name = navigator.credentials ? error.name : "Unavailable";
      tell("failed/" + name);
      show("The passkey could not be used: " + name, button);
      document.body.ariaBusy = null;
      button.disabled = false;
      status.textContent = "";
      if (focused) button.focus();
    }
  };

  const create = async (form, options) => {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    for (const other of options.excludeCredentials ?? []) other.id = bytes(other.id);
    const made = await navigator.credentials.create({ publicKey: options });
    post(form, {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      extensions: {},
      response: {
        attestationObject: text(made.response.attestationObject),
        clientDataJSON: text(made.response.clientDataJSON),
        transports: made.response.getTransports ? made.response.getTransports() : [],
      },
    });
  };

  const get = async (form, options) => {
    options.challenge = bytes(options.challenge);
    for (const allowed of options.allowCredentials ?? []) allowed.id = bytes(allowed.id);
    const found = await navigator.credentials.get({ publicKey: options });
    post(form, {
      id: found.id,
      rawId: text(found.rawId),
      type: found.type,
      extensions: {},
      response: {
        authenticatorData: text(found.response.authenticatorData),
        clientDataJSON: text(found.response.clientDataJSON),
        signature: text(found.response.signature),
        userHandle: text(found.response.userHandle),
      },
    });
  };

  const editPage = byId("editPage");
  const creation = byId("create-passkey");
  if (creation) {
    const status = statusBefore(creation);
    const start = () => once(creation, status, () => create(editPage, read("webauthn-create")));
    creation.addEventListener("click", start);
    if (creation.dataset.autostart === "true") start();
  }
  const use = byId("use-passkey");
  if (use) {
    const status = statusBefore(use);
    const form = editPage ?? byId("login_form");
    use.addEventListener("click", () => once(use, status, () => get(form, read("webauthn-get"))));
  }
  // A click on a saved username starts the prompt at once; whoever cannot answer it goes on with the form.
  const saved = byId("idcard-identity")?.closest("[role=button]");
  if (saved) {
    const form = byId("login_form");
    const status = statusBefore(byId("idcard-container"));
    const start = () => once(saved, status, () => get(form, read("webauthn-get")));
    saved.addEventListener("click", start);
    saved.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") start();
    });
  }
  tellOfAuthenticator();
})();
