# The browser has an authenticator already, which answers the click.
page.get_by_role("button", name="Log In With a Passkey").click()
