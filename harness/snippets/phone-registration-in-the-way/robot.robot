*** Keywords ***
Register No Phone
    # The page has a way out, which the org remembers.
    Wait Until Element Is Visible    partial link:Want to Register My Phone    30s
    Click Link    partial link:Want to Register My Phone
