import fs, { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { announceSession, findSession, sessionClientConfig, type LocalSession } from "../../local/session";

const endpoint = "http://127.0.0.1:4566";
const session: LocalSession = {
  endpoint,
  accountId: "123456789012",
  region: "us-east-1",
  pid: process.pid,
  variables: { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: "LOCAL1", AWS_SECRET_ACCESS_KEY: "s" },
};

let project: string;
let forget: () => void;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "session-"));
  forget = announceSession(project, session);
});
afterEach(() => {
  process.off("exit", forget);
  rmSync(project, { recursive: true });
});

const note = (text: string) => writeFileSync(join(project, ".local-aws", "session.json"), text);

it("a running local AWS is found until it takes its note away", () => {
  expect(findSession(project)).toEqual(session);
  forget();
  expect(findSession(project)).toBeUndefined();
});

it("no other user can read the note, even where an older one was readable", () => {
  const file = join(project, ".local-aws", "session.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  process.off("exit", forget);
  forget = announceSession(project, session);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("an SDK client for it has its endpoint and access key, in the region that is asked for", () => {
  expect(sessionClientConfig(session, "eu-west-1")).toEqual({
    region: "eu-west-1",
    endpoint,
    credentials: { accessKeyId: "LOCAL1", secretAccessKey: "s" },
    forcePathStyle: true,
  });
});

it("one whose process is gone is not found", () => {
  note(JSON.stringify({ ...session, pid: 2 ** 30 }));
  expect(findSession(project)).toBeUndefined();
});

it.each([
  ["{"],
  ["null"],
  ["[]"],
  [JSON.stringify({ pid: process.pid })],
  [JSON.stringify({ ...session, endpoint: "https://dynamodb.us-east-1.amazonaws.com" })],
  [JSON.stringify({ ...session, variables: undefined })],
  [JSON.stringify({ ...session, variables: {} })],
  [JSON.stringify({ ...session, variables: { AWS_ENDPOINT_URL: endpoint } })],
  [JSON.stringify({ ...session, region: 5 })],
])("a damaged note leads nowhere, least of all to the real AWS: %s", (text) => {
  note(text);
  expect(findSession(project)).toBeUndefined();
});

describe("the local AWS of another user", () => {
  const refused = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };
  afterEach(() => jest.restoreAllMocks());

  it("runs: its process exists, although no signal may be sent to it", () => {
    jest.spyOn(process, "kill").mockImplementation(refused("EPERM"));
    expect(findSession(project)).toEqual(session);
  });

  it("is not called missing: its note belongs to that user alone", () => {
    const file = join(project, ".local-aws", "session.json");
    const owner = statSync(file).uid;
    jest.spyOn(fs, "readFileSync").mockImplementation(refused("EACCES"));
    expect(() => findSession(project)).toThrow(
      `The local AWS of this project was started by another user (id ${owner}), who alone may use it.\n` +
        "Use a copy of the project of your own, for example another git clone, and run npm run local there.",
    );
  });
});
