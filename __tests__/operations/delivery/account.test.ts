import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { checkAccount } from "../../../operations/delivery/account";

let server: Server;
beforeAll(async () => {
  server = createServer((_, response) => {
    response.setHeader("content-type", "text/xml");
    response.end(
      "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>" +
        "</GetCallerIdentityResult></GetCallerIdentityResponse>",
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => void server.close(resolve)));

const check = (accountId: string) =>
  checkAccount(
    {
      clientConfig: (region) => ({
        region,
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
      }),
    },
    { id: "automock-prod", accountId, region: "us-east-1" },
  );

it("accepts the credentials of the stack's account", async () => {
  await expect(check("123456789012")).resolves.toBeUndefined();
});

it("refuses those of another account, naming both", async () => {
  await expect(check("210987654321")).rejects.toThrow(
    "The credentials belong to account 123456789012, but automock-prod belongs to 210987654321.\n" +
      "Use credentials of that account (--profile), or correct accountId in the environment's file.",
  );
});
