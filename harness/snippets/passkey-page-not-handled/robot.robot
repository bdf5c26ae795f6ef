*** Keywords ***
Log In With Passkey
    # The browser has an authenticator already, which answers the click.
    Wait Until Element Is Visible    xpath://button[contains(., 'Log In With a Passkey')]    30s
    Click Element    xpath://button[contains(., 'Log In With a Passkey')]
