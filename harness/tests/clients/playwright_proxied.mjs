// A login through a proxy of the suite's own, which shows the pages under its own address, as some runners do.
import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import { chromium } from "playwright-core";

const org = new URL(process.env.SF_URL);

async function passOn(request, response) {
  const headers = { ...request.headers, host: org.host };
  for (const name of ["accept-encoding", "referer"]) delete headers[name];
  if (headers.origin) headers.origin = org.origin;
  const asked = https.request(new URL(request.url, org), { method: request.method, headers });
  request.pipe(asked);
  const answer = await new Promise((resolve, reject) => asked.on("response", resolve).on("error", reject));
  const own = { ...answer.headers };
  for (const name of ["content-length", "transfer-encoding"]) delete own[name];
  if (own.location) own.location = own.location.replace(org.origin, "");
  own["set-cookie"] = (own["set-cookie"] ?? []).map((cookie) => cookie.replace(/; (Secure|SameSite=None)/g, ""));
  response.writeHead(answer.statusCode, own);
  response.end((await text(answer)).replaceAll(org.origin, ""));
}

const proxy = http.createServer((request, response) => passOn(request, response).catch(() => response.destroy()));
await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch();
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`http://localhost:${proxy.address().port}/`);
  await page.fill("#username", process.env.SF_USERNAME);
  await page.click("#Login");
  await page.fill("#password", process.env.SF_PASSWORD);
  await page.click("#Login");
  await page.getByRole("button", { name: "Create Passkey" }).click();
  await page.getByRole("button", { name: "App Launcher" }).waitFor();
} finally {
  await browser.close();
  proxy.closeAllConnections();
  proxy.close();
}
