*** Keywords ***
Wait For Home
    # Lightning shows the App Launcher to everybody, and no page before it does; a URL proves nothing.
    Wait Until Element Is Visible    css:button[title='App Launcher']    30s
