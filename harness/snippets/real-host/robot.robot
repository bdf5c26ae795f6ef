*** Keywords ***
Open Login Page
    # The address is the run's, and is not written into the suite.
    Open Browser    %{VESTIBULE_LOGIN_URL}    headlesschrome
