await page.goto('https://login.salesforce.com/');
