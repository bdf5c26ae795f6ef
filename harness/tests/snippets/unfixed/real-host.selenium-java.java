driver.get("https://login.salesforce.com/");
