import { By, until } from 'selenium-webdriver';
import { Protocol, Transport, VirtualAuthenticatorOptions } from 'selenium-webdriver/lib/virtual_authenticator.js';

const create = await driver.wait(until.elementLocated(By.xpath("//button[contains(., 'Create Passkey')]")), 30_000);
// The gate wants a passkey: a virtual authenticator makes one. It is lost with the browser, so keep it if you log in again.
const options = new VirtualAuthenticatorOptions();
options.setProtocol(Protocol.CTAP2);
options.setTransport(Transport.INTERNAL);
options.setHasResidentKey(true);
options.setHasUserVerification(true);
options.setIsUserVerified(true);
await driver.addVirtualAuthenticator(options);
await create.click();
