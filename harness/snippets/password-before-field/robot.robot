*** Keywords ***
Log In
    # Page 1 has the username only; the password is on page 2, which has the same button.
    Wait Until Element Is Visible    id:username    30s
    Input Text    id:username    %{VESTIBULE_USERNAME}
    Click Element    id:Login
    Wait Until Element Is Visible    id:password    30s
    Input Password    id:password    %{VESTIBULE_PASSWORD}
    Click Element    id:Login
