*** Keywords ***
Create Passkey
    # The browser has an authenticator already, which answers the click.
    Wait Until Element Is Visible    xpath://button[contains(., 'Create Passkey')]    30s
    Click Element    xpath://button[contains(., 'Create Passkey')]
