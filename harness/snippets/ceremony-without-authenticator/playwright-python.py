import os

# The passkey that the user enrolled, as your secret store keeps it.
cdp = page.context.new_cdp_session(page)
cdp.send("WebAuthn.enable")
added = cdp.send("WebAuthn.addVirtualAuthenticator", {
    "options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    },
})
cdp.send("WebAuthn.addCredential", {
    "authenticatorId": added["authenticatorId"],
    "credential": {
        "isResidentCredential": True,
        "rpId": os.environ["VESTIBULE_PASSKEY_RP_ID"],
        "credentialId": os.environ["VESTIBULE_PASSKEY_CREDENTIAL_ID_BASE64"],
        "privateKey": os.environ["VESTIBULE_PASSKEY_PRIVATE_KEY_BASE64"],
        "userHandle": os.environ["VESTIBULE_PASSKEY_USER_HANDLE_BASE64"],
        "signCount": int(os.environ["VESTIBULE_PASSKEY_SIGN_COUNT"]),
    },
})
page.get_by_role("button", name="Log In With a Passkey").click()
