*** Keywords ***
Log In Until The Page Goes
    # The page may make its form anew after you filled it: fill it again, and click again if the page stays.
    FOR    ${try}    IN RANGE    3
        Wait Until Element Is Visible    id:password    30s
        Input Text    id:username    %{VESTIBULE_USERNAME}
        Input Password    id:password    %{VESTIBULE_PASSWORD}
        Click Element    id:Login
        ${left}=    Run Keyword And Return Status    Wait Until Element Is Not Visible    id:Login    10s
        IF    ${left}    BREAK
    END
