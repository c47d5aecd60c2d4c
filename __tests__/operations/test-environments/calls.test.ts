import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClients, type Clients } from "../../../cleanup/aws/clients";
import { GetFunctionCommand } from "@aws-sdk/client-lambda";
import { openBreaker } from "../../../operations/test-environments/breaker";
import { CallRecorder, type CallLine } from "../../../operations/test-environments/calls";

/** The recorder on the SDK's own clients, against answers on the loopback. */

interface Answer {
  readonly status: number;
  readonly error?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The connection ends without an answer. */
const LOST: Answer = { status: 0 };

let answers: Answer[] = [];
let server: Server;
let folder: string;

beforeAll(async () => {
  server = createServer((_, response) => {
    const { status, error, headers } = answers.shift()!;
    if (status === LOST.status) return void response.destroy();
    response.writeHead(status, { "x-amzn-requestid": `r${answers.length}`, ...headers, ...(error !== undefined && { "x-amzn-errortype": error }) }); // prettier-ignore
    response.end(JSON.stringify({ message: "no", secret: "s3cr3t" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "calls-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function clientsOf(recorder: CallRecorder): Clients {
  return createClients({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    instrument: recorder.instrument,
  });
}

/** Answers of AWS in turn, and the error that the last one becomes. */
async function failing(recorder: CallRecorder, ...given: readonly Answer[]): Promise<unknown> {
  answers = [...given];
  return clientsOf(recorder)
    .lambda.send(new GetFunctionCommand({ FunctionName: "s3cr3t" }))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
}

it("keeps one line of each attempt, without a body, that only the user may read", async () => {
  const file = join(folder, "runs", "calls.jsonl");
  const recorder = new CallRecorder(file);
  await failing(recorder, { status: 500, error: "InternalFailure" }, { status: 200 });
  const lines = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line) as CallLine); // prettier-ignore
  const line = {
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: "Lambda",
    operation: "GetFunction",
    durationMs: expect.any(Number),
  };
  expect(lines).toEqual([
    { ...line, requestId: "r1", status: 500, attempt: 1 },
    { ...line, requestId: "r0", status: 200, attempt: 2 },
  ]);
  expect(recorder.count).toBe(2);
  expect(readFileSync(file, "utf8")).not.toContain("s3cr3t");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("an attempt without an answer is a line with its error", async () => {
  const file = join(folder, "calls.jsonl");
  await failing(new CallRecorder(file), LOST, { status: 200 });
  const [first] = readFileSync(file, "utf8").split("\n");
  const line = JSON.parse(first!) as CallLine;
  expect(line).toEqual({
    at: line.at,
    service: "Lambda",
    operation: "GetFunction",
    error: expect.stringMatching(/Error/),
    attempt: 1,
    durationMs: expect.any(Number),
  });
});

it("a file that cannot be written stops no call", async () => {
  writeFileSync(join(folder, "file"), "");
  const recorder = new CallRecorder(join(folder, "file", "calls.jsonl"));
  expect(await failing(recorder, { status: 200 })).toBeUndefined();
  expect(recorder.count).toBe(1);
});

it("the difference of the clocks is that of the last answer with a time", async () => {
  const recorder = new CallRecorder();
  const date = new Date(Date.now() + 600_000).toUTCString();
  await failing(recorder, { status: 500, error: "InternalFailure", headers: { date } }, { status: 200, headers: { date: "never" } }); // prettier-ignore
  expect(recorder.clockOffsetMs).toBeGreaterThan(590_000);
  expect(recorder.clockOffsetMs).toBeLessThanOrEqual(600_000);
});

describe("the breaker of a service", () => {
  const eight = (answer: Answer) => Array.from({ length: 8 }, () => answer);

  it.each<[string, readonly Answer[], string[]]>([
    ["is opened when it fails after all retries", eight({ status: 500, error: "ServiceException" }), ["lambda", "61000", "api: no"]], // prettier-ignore
    [
      "stays closed when it refuses for another reason",
      [{ status: 403, error: "AccessDeniedException" }],
      [],
    ],
    ["stays closed when something is missing", [{ status: 404, error: "ResourceNotFoundException" }], []],
  ])("%s", async (_, given, expected) => {
    const calls = new CallRecorder();
    const error = await failing(calls, ...given);
    const opened: string[] = [];
    const registry = { openBreaker: async (...args: unknown[]) => void opened.push(...args.map(String)) };
    await openBreaker(
      { registry: registry as never, now: () => 1000, calls },
      { error, node: "api", message: "no" },
    );
    expect(answers).toEqual([]);
    expect(opened).toEqual(expected);
  });

  it("is opened when it throttles, by the name of its error", async () => {
    const calls = new CallRecorder();
    const error = await failing(calls, { status: 403, error: "AccessDeniedException" });
    const opened: unknown[] = [];
    const registry = { openBreaker: async (service: string) => void opened.push(service) };
    (error as Error).name = "TooManyRequestsException";
    await openBreaker(
      { registry: registry as never, now: () => 0, calls },
      { error, node: "api", message: "no" },
    );
    expect(opened).toEqual(["lambda"]);
  });
});
