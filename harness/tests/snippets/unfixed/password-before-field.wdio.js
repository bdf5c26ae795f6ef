await browser.$('#username').setValue(process.env.VESTIBULE_USERNAME);
await browser.$('#password').setValue(process.env.VESTIBULE_PASSWORD);
await browser.$('#Login').click();
