// An OpenID provider on a port of the loopback, with one client: the org.
import Provider from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: process.env.INTEROP_KEY,
      client_secret: process.env.INTEROP_SECRET,
      redirect_uris: [redirectUri],
    },
  ],
  claims: { openid: ["sub"], email: ["email"], profile: ["name"] },
});
provider.listen(Number(port), "127.0.0.1");
