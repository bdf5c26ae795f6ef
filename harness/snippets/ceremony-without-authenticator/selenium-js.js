import { By, until } from 'selenium-webdriver';
import { Credential, Protocol, Transport, VirtualAuthenticatorOptions } from 'selenium-webdriver/lib/virtual_authenticator.js';

// The passkey that the user enrolled, as your secret store keeps it.
const options = new VirtualAuthenticatorOptions();
options.setProtocol(Protocol.CTAP2);
options.setTransport(Transport.INTERNAL);
options.setHasResidentKey(true);
options.setHasUserVerification(true);
options.setIsUserVerified(true);
await driver.addVirtualAuthenticator(options);
const bytes = (name) => new Uint8Array(Buffer.from(process.env[name], 'base64url'));
await driver.addCredential(new Credential().createResidentCredential(
  bytes('VESTIBULE_PASSKEY_CREDENTIAL_ID'), process.env.VESTIBULE_PASSKEY_RP_ID, bytes('VESTIBULE_PASSKEY_USER_HANDLE'),
  Buffer.from(process.env.VESTIBULE_PASSKEY_PRIVATE_KEY, 'base64url').toString('binary'), Number(process.env.VESTIBULE_PASSKEY_SIGN_COUNT),
));
const button = await driver.wait(until.elementLocated(By.xpath("//button[contains(., 'Log In With a Passkey')]")), 30_000);
await button.click();
