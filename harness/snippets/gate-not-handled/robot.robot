*** Keywords ***
Create Passkey
    Wait Until Element Is Visible    xpath://button[contains(., 'Create Passkey')]    30s
    # The gate wants a passkey: a virtual authenticator makes one. It is lost with the browser, so keep it if you log in again.
    ${library}=    Get Library Instance    SeleniumLibrary
    ${options}=    Evaluate
    ...    selenium.webdriver.common.virtual_authenticator.VirtualAuthenticatorOptions()
    ...    modules=selenium.webdriver.common.virtual_authenticator
    ${options.transport}=    Set Variable    internal
    ${options.has_resident_key}=    Set Variable    ${True}
    ${options.has_user_verification}=    Set Variable    ${True}
    ${options.is_user_verified}=    Set Variable    ${True}
    Call Method    ${library.driver}    add_virtual_authenticator    ${options}
    Click Element    xpath://button[contains(., 'Create Passkey')]
