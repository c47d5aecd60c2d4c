import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClients } from "../../../../cleanup/aws/clients";
import { clock, identity } from "../../../../lambda/ttl-cleanup/aws/identity";

const AT = "Sat, 31 Jan 2026 09:00:00 GMT";
const ANSWERS: Readonly<Record<string, string>> = {
  GetCallerIdentity:
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
  ListAccountAliases:
    "<ListAccountAliasesResponse><ListAccountAliasesResult><AccountAliases/></ListAccountAliasesResult></ListAccountAliasesResponse>",
};

let server: Server;
let date: string | undefined = AT;
let calls = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (text: Buffer) => (body += text.toString()));
    request.on("end", () => {
      calls += 1;
      response.sendDate = false;
      if (date !== undefined) response.setHeader("Date", date);
      response.setHeader("Content-Type", "text/xml");
      response.end(ANSWERS[new URLSearchParams(body).get("Action") ?? ""]);
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const clients = () =>
  createClients({
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "s" },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shareReads: true,
  });

test("AWS's time is in the answer, also for those who share another's", async () => {
  const read = clients();
  const [time, who] = [clock(read), identity(read, "us-east-1")];
  calls = 0;
  const asked = await Promise.all([
    who.get(),
    time.authority(),
    who.get(),
    ...Array.from({ length: 8 }, () => time.authority()),
  ]);
  const at = Date.parse(AT);
  expect(asked.filter((one) => typeof one === "number")).toEqual(Array(9).fill(at));
  expect(asked[0]).toEqual({ accountId: "111122223333", region: "us-east-1", alias: undefined });
  // Two of each: the first, and the one that all others share.
  expect(calls).toBe(4);
});

test("an answer without a readable time is an error, not our own time", async () => {
  date = undefined;
  await expect(clock(clients()).authority()).rejects.toThrow("no readable Date header");
  date = "yesterday";
  await expect(clock(clients()).authority()).rejects.toThrow("no readable Date header");
});
