import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { assumedRole, roleVariables } from "../../../operations/test-environments/credentials";

const ROLE = { arn: "arn:aws:iam::222222222222:role/automock-test-env", externalId: "jenkins-orders" };

let server: Server;
let asked: URLSearchParams[];
/** Minutes for which a session is given. */
let minutes: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      asked.push(new URLSearchParams(body));
      const until = new Date(Date.now() + minutes * 60_000).toISOString();
      response.setHeader("content-type", "text/xml");
      response.end(
        `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>key${asked.length}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => (asked = []));

function session() {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  return assumedRole({ region: "us-east-1", endpoint, credentials }, ROLE, "orders-k3f9aa");
}

it("the role is assumed with the external id, for an hour, under the name of the run", async () => {
  minutes = 60;
  await session()();
  expect(Object.fromEntries(asked[0]!)).toMatchObject({
    RoleArn: ROLE.arn,
    ExternalId: "jenkins-orders",
    DurationSeconds: "3600",
    RoleSessionName: "orders-k3f9aa",
  });
});

it.each([
  ["used by all that ask", 60, ["key1", "key1"]],
  ["renewed five minutes before its end", 4, ["key1", "key2"]],
])("a session is %s", async (_, given, keys) => {
  minutes = given;
  const read = session();
  expect([(await read()).accessKeyId, (await read()).accessKeyId]).toEqual(keys);
});

it("programs get the session and no profile, which some SDKs would prefer", async () => {
  minutes = 60;
  const variables = roleVariables(await session()());
  expect(variables).toEqual({
    AWS_PROFILE: undefined,
    AWS_ACCESS_KEY_ID: "key1",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
  });
  expect(Object.keys(variables)).toContain("AWS_PROFILE");
});
