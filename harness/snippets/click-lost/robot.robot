*** Keywords ***
Log In With Lost Clicks
    # A popup of the browser can take a click: look for the next page, and click again if it does not come.
    Wait Until Element Is Visible    id:username    30s
    Input Text    id:username    %{VESTIBULE_USERNAME}
    FOR    ${try}    IN RANGE    3
        Click Element    id:Login
        ${came}=    Run Keyword And Return Status    Wait Until Element Is Visible    id:password    10s
        IF    ${came}    BREAK
    END
    Input Password    id:password    %{VESTIBULE_PASSWORD}
    Click Element    id:Login
