import { GetHostedZoneCountCommand, type Route53Client } from "@aws-sdk/client-route-53";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { optionsFrom, run } from "../../../lambda/ttl-cleanup";
import type { WorldOptions } from "../../../lambda/ttl-cleanup/world";
import { awsError, fakeClients } from "../../support/fake-clients";

const invocation = { requestId: "r", remainingMs: () => 900_000, wait: async () => undefined };
const inserted = (environment: string) => ({
  eventName: "INSERT",
  dynamodb: { Keys: { pk: { S: `ENV#${environment}` }, sk: { S: "META" } }, NewImage: {} },
});

/** A world whose registry answers for an environment when the test says so. */
function registryThatWaits() {
  const asked: string[] = [];
  const answers = new Map<string, (fault?: Error) => void>();
  const read = fakeClients({
    GetItem: ({ Key }: { readonly Key: { readonly pk: { readonly S: string } } }) => {
      const environment = Key.pk.S.slice("ENV#".length);
      asked.push(environment);
      return new Promise((answer, refuse) =>
        answers.set(environment, (fault) => (fault ? refuse(fault) : answer({}))),
      );
    },
  });
  const world: WorldOptions = {
    accountId: "111122223333",
    region: "us-east-1",
    read,
    clientsFor: () => read,
    clock: { now: () => 0, authority: async () => 0, sleep: async () => undefined },
    logger: { info: () => undefined },
    metrics: { add: () => undefined },
    boxMetrics: { add: () => undefined },
  };
  const answer = async (environment: string, fault?: Error) => {
    answers.get(environment)!(fault);
    await new Promise<void>((resume) => setImmediate(resume));
  };
  return { asked, answer, world };
}

test("a record of the stream that waits does not delay those behind it, and one that fails fails the event at its end", async () => {
  const { asked, answer, world } = registryThatWaits();
  let ended: unknown = "no";
  const running = run({ Records: ["a", "b", "c"].map(inserted) }, world, invocation).then(
    () => (ended = "with results"),
    (error: unknown) => (ended = error),
  );
  await new Promise<void>((resume) => setImmediate(resume));
  expect(asked).toEqual(["a", "b", "c"]);
  await answer("b", awsError("ThrottlingException"));
  await answer("c");
  // c has no record: its pass has looked once more.
  expect(asked).toEqual(["a", "b", "c", "c"]);
  await answer("c");
  expect(ended).toBe("no");
  await answer("a");
  await answer("a");
  await running;
  expect(ended).toMatchObject({ name: "ThrottlingException" });
});

describe("the function's clients", () => {
  const CREDENTIALS = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s" };
  const before = { ...process.env };
  const requests: string[] = [];
  let server: Server;
  let options: WorldOptions;
  beforeAll(async () => {
    Object.assign(process.env, CREDENTIALS);
    server = createServer((request, response) => {
      request.resume().on("end", () => {
        requests.push(request.url!);
        response.setHeader("Content-Type", "text/xml");
        response.end(request.url === "/" ? "<GetCallerIdentityResponse/>" : "<GetHostedZoneCountResponse/>");
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    options = optionsFrom({
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      REAPER_ACCOUNT_ID: "111122223333",
    });
  });
  afterAll(() => {
    for (const name of Object.keys(CREDENTIALS)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    const { sts, route53 } = options.read;
    (sts as STSClient).destroy();
    (route53 as Route53Client).destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  test("share equal reads", async () => {
    const { sts } = options.read;
    requests.length = 0;
    await Promise.all(Array.from({ length: 5 }, () => sts.send(new GetCallerIdentityCommand({}))));
    // The first, and the next one for all others.
    expect(requests).toHaveLength(2);
  });

  test("have one budget of calls, whatever their credentials", async () => {
    const { read, clientsFor } = options;
    const session = clientsFor({ accessKeyId: "b", secretAccessKey: "t" });
    requests.length = 0;
    const began = performance.now();
    await Promise.all(
      [read, session].flatMap(({ route53 }) =>
        Array.from({ length: 3 }, () => route53.send(new GetHostedZoneCountCommand({}))),
      ),
    );
    expect(requests).toHaveLength(6);
    // 0.95 of five per second, at once four: the last two wait for 0.42 s. Each client alone would not wait.
    expect(performance.now() - began).toBeGreaterThan(350);
  });
});
