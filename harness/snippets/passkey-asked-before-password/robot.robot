*** Keywords ***
Log In With Password
    # Page 2 asks a user with a passkey for it first. The button that leads to the password is there only then.
    Wait Until Element Is Visible    id:username    30s
    Input Text    id:username    %{VESTIBULE_USERNAME}
    Click Element    id:Login
    Wait Until Element Is Visible    css:#password, #Login[value="Use Password Instead"]    30s
    ${offered}=    Get Element Count    css:#Login[value="Use Password Instead"]
    IF    ${offered}    Click Element    css:#Login[value="Use Password Instead"]
    Wait Until Element Is Visible    id:password    30s
    Input Password    id:password    %{VESTIBULE_PASSWORD}
    Click Element    id:Login
