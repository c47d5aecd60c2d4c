import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GetFunctionCommand } from "@aws-sdk/client-lambda";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { createClients, type Clients } from "../../../cleanup/aws/clients";

/** How many calls of a service are under way at the same time, seen by the other side. */

let server: Server;
let attempts: number;
let most: number;
/** Requests that wait until so many are there. */
let together: number;
let waiting: (() => void)[];
/** HTTP status of the answers. */
let status: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/probe") return void response.end();
    attempts += 1;
    waiting.push(() => response.writeHead(status, { "x-amzn-errortype": "ServiceException" }).end("{}"));
    most = Math.max(most, waiting.length);
    if (waiting.length === together)
      void settled().then(() => waiting.splice(0).forEach((answer) => answer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  [attempts, most, together, status] = [0, 0, 1, 200];
  waiting = [];
});

/** Ends when calls that are not held back have arrived too: as many requests of another client have been answered. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await (await fetch(`${endpointOf(server)}/probe`)).text();
}

function endpointOf(one: Server): string {
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}

function clients(): Clients {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createClients({
    region: "us-east-1",
    endpoint,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
}

it.each<[string, number, (clients: Clients) => Promise<unknown>]>([
  ["lambda", 3, ({ lambda }) => lambda.send(new GetFunctionCommand({ FunctionName: "f" }))],
  ["iam", 2, ({ iam }) => iam.send(new GetRoleCommand({ RoleName: "r" }))],
])("%s: at most %i at once", async (_, limit, send) => {
  together = limit;
  const made = clients();
  await Promise.allSettled(Array.from({ length: 18 }, () => send(made)));
  expect(attempts).toBe(18);
  expect(most).toBe(limit);
});

it("a call that fails at the server is tried eight times", async () => {
  status = 500;
  const call = clients().lambda.send(new GetFunctionCommand({ FunctionName: "f" }));
  await expect(call).rejects.toThrow();
  expect(attempts).toBe(8);
});
