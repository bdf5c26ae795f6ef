create = page.get_by_role("button", name="Create Passkey")
create.wait_for(timeout=30_000)
# The gate wants a passkey: a virtual authenticator makes one. It is lost with the browser, so keep it if you log in again.
cdp = page.context.new_cdp_session(page)
cdp.send("WebAuthn.enable")
cdp.send("WebAuthn.addVirtualAuthenticator", {
    "options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    },
})
create.click()
