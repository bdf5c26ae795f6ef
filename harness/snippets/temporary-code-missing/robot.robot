*** Keywords ***
Type Temporary Code
    # The code that an admin made for this user in Setup; it expires.
    Wait Until Element Is Visible    id:tc    30s
    Input Text    id:tc    %{VESTIBULE_TEMPORARY_CODE}
    Click Element    id:save
