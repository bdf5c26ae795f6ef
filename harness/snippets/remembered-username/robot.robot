*** Keywords ***
Forget Remembered Username
    # The org remembers a username and hides its field: ask for the empty form before you type.
    Wait Until Page Contains Element    id:username    30s
    ${visible}=    Run Keyword And Return Status    Element Should Be Visible    id:username
    IF    not ${visible}    Click Element    id:clear_link
