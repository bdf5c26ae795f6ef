*** Keywords ***
Choose Authenticator App
    # The org offers several methods, and asks for the strongest: go to the list, and select the one that the suite can answer.
    Wait Until Element Is Visible    css:#other_method, input[value="One-Time Password App"]    30s
    ${asked}=    Get Element Count    id:other_method
    IF    ${asked}    Click Element    id:other_method
    Wait Until Element Is Visible    css:input[value="One-Time Password App"]    30s
    Click Element    css:input[value="One-Time Password App"]
    Click Element    id:save
