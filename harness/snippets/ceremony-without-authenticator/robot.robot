*** Keywords ***
Log In With Passkey
    ${library}=    Get Library Instance    SeleniumLibrary
    ${options}=    Evaluate
    ...    selenium.webdriver.common.virtual_authenticator.VirtualAuthenticatorOptions()
    ...    modules=selenium.webdriver.common.virtual_authenticator
    ${options.transport}=    Set Variable    internal
    ${options.has_resident_key}=    Set Variable    ${True}
    ${options.has_user_verification}=    Set Variable    ${True}
    ${options.is_user_verified}=    Set Variable    ${True}
    Call Method    ${library.driver}    add_virtual_authenticator    ${options}
    # The passkey that the user enrolled, as your secret store keeps it.
    ${count}=    Convert To Integer    %{VESTIBULE_PASSKEY_SIGN_COUNT}
    ${passkey}=    Create Dictionary    isResidentCredential=${True}    signCount=${count}
    ...    rpId=%{VESTIBULE_PASSKEY_RP_ID}    userHandle=%{VESTIBULE_PASSKEY_USER_HANDLE}
    ...    credentialId=%{VESTIBULE_PASSKEY_CREDENTIAL_ID}    privateKey=%{VESTIBULE_PASSKEY_PRIVATE_KEY}
    ${credential}=    Evaluate    selenium.webdriver.common.virtual_authenticator.Credential.from_dict($passkey)
    ...    modules=selenium.webdriver.common.virtual_authenticator
    Call Method    ${library.driver}    add_credential    ${credential}
    Wait Until Element Is Visible    xpath://button[contains(., 'Log In With a Passkey')]    30s
    Click Element    xpath://button[contains(., 'Log In With a Passkey')]
