await browser.url('https://login.salesforce.com/');
