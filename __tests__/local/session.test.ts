import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { announceSession, findSession, type LocalSession } from "../../local/session";

const endpoint = "http://127.0.0.1:4566";
const session: LocalSession = {
  endpoint,
  accountId: "123456789012",
  region: "us-east-1",
  pid: process.pid,
  variables: { AWS_ENDPOINT_URL: endpoint },
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
  [JSON.stringify({ ...session, region: 5 })],
])("a damaged note leads nowhere, least of all to the real AWS: %s", (text) => {
  note(text);
  expect(findSession(project)).toBeUndefined();
});
