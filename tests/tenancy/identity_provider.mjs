/* A real OpenID provider for the tests: whoever `GET /as/<subject>?acr=…` named last is who signs in there. */
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, ...redirects] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
let who = { accountId: "nobody" };

const provider = new Provider(issuer, {
  clients: [{ client_id: "anzhen", client_secret: "the secret of the tests", redirect_uris: redirects }],
  cookies: { keys: ["the key of the tests"] },
  claims: { openid: ["sub", "acr", "amr"], profile: ["name"] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  acrValues: ["two-factor"],
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `示例${id}` }) }),
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});
const answer = provider.callback();

createServer(async (request, response) => {
  const url = new URL(request.url, issuer);
  if (url.pathname.startsWith("/as/")) {
    const acr = url.searchParams.get("acr");
    who = { accountId: url.pathname.slice(4), ...(acr ? { acr, amr: ["pwd", "otp"] } : {}) };
    response.end();
  } else if (url.pathname.startsWith("/interaction/")) {
    await provider.interactionFinished(request, response, { login: who });
  } else answer(request, response);
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
