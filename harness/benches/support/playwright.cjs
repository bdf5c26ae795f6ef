// The two-step login with a TOTP code in a typical Playwright suite: one browser, a new context for each login.
//
// Arguments: folder of node_modules, browser binary, SPKI pin. Each line on stdin is a login as JSON. The answer is a
// line with the milliseconds that it took, including opening and closing the context.
"use strict";

const { createHmac } = require("node:crypto");
const path = require("node:path");
const readline = require("node:readline");

const [modules, executablePath, pin] = process.argv.slice(2);
const { chromium } = require(path.resolve(modules, "playwright-core"));

// RFC 6238: SHA-1, six digits, 30 seconds.
function totp(secret, now) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, "0");
}

async function login(browser, { url, username, password, secret }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.fill("#username", username);
  await page.click("#Login");
  await page.fill("#password", password);
  await page.click("#Login");
  await page.fill("#tc", totp(secret, Date.now()));
  await page.click("#save");
  await page.waitForURL("**/lightning/page/home");
  await context.close();
}

async function main() {
  const args = [`--ignore-certificate-errors-spki-list=${pin}`];
  const browser = await chromium.launch({ executablePath, args });
  console.log("ready");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const started = performance.now();
    await login(browser, JSON.parse(line));
    console.log(performance.now() - started);
  }
  await browser.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
