// Loads the passkey that it keeps, as JSON, into a virtual authenticator of its own, by DevTools.
import { chromium } from "playwright-core";

const passkey = (name) => process.env[`VESTIBULE_PASSKEY_${name}`];

const browser = await chromium.launch();
const page = await browser.newPage();
page.setDefaultTimeout(15_000);
try {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await cdp.send("WebAuthn.addCredential", {
    authenticatorId,
    credential: {
      credentialId: passkey("CREDENTIAL_ID_BASE64"),
      isResidentCredential: true,
      rpId: passkey("RP_ID"),
      privateKey: passkey("PRIVATE_KEY_BASE64"),
      userHandle: passkey("USER_HANDLE_BASE64"),
      signCount: Number(passkey("SIGN_COUNT")),
    },
  });
  await page.goto(process.env.SF_URL);
  await page.fill("#username", process.env.SF_USERNAME);
  await page.click("#Login");
  await page.fill("#password", process.env.SF_PASSWORD);
  await page.click("#Login");
  await page.getByRole("button", { name: "Log In With a Passkey" }).click();
  await page.locator("button[title='App Launcher']").waitFor();
} finally {
  await browser.close();
}
