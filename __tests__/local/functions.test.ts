import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { LocalFunctions } from "../../local/functions";

const ARN = "arn:aws:lambda:us-east-1:123456789012:function:f";
const CODE = `
export async function handler(event, context) {
  if (event.fail) throw new TypeError("no such thing");
  if (event.exit) process.exit(7);
  if (event.hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (event.silent) return undefined;
  return { event, name: context.functionName, left: context.getRemainingTimeInMillis() > 0, color: process.env.COLOR, base: process.env.BASE, key: process.env.AWS_ACCESS_KEY_ID };
}`;

let folder: string;
let log: string[];
let functions: LocalFunctions;
const deployed = (changes: object = {}) => ({
  functionArn: ARN,
  runtime: "nodejs22.x",
  handler: "code.handler",
  variables: { COLOR: "green" },
  timeoutSeconds: 30,
  zip: zipSync({ "code.mjs": strToU8(CODE) }),
  ...changes,
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "functions-"));
  log = [];
  functions = new LocalFunctions({
    folder,
    env: () => ({ PATH: process.env.PATH, BASE: "local", COLOR: "red", AWS_ACCESS_KEY_ID: "k" }),
    log: (line) => log.push(line),
  });
});
afterEach(async () => {
  await functions.stop();
  rmSync(folder, { recursive: true });
});

it("gives the handler event, context, the function's variables and AWS's, nothing of the developer's environment", async () => {
  expect(await functions.run(deployed(), { a: 1 })).toEqual({
    kind: "returned",
    value: { event: { a: 1 }, name: "f", left: true, color: "green", key: "k" },
  });
  expect(await functions.run(deployed(), { silent: true })).toEqual({ kind: "returned", value: null });
  expect(log).toEqual([]);
});

it("says what was thrown, and notes it", async () => {
  expect(await functions.run(deployed(), { fail: true })).toEqual({
    kind: "threw",
    errorType: "TypeError",
    errorMessage: "no such thing",
    error: expect.stringMatching(/^TypeError: no such thing\n\s+at .*handler/) as string,
  });
  expect(log).toEqual([expect.stringContaining(`${ARN} failed: TypeError: no such thing`)]);
});

it("says how a process ended that gave no answer, and ends one at its time limit", async () => {
  expect(await functions.run(deployed(), { exit: true })).toMatchObject({ kind: "ended", exitCode: 7 });
  expect(await functions.run(deployed({ timeoutSeconds: 1 }), { hang: true })).toMatchObject({
    kind: "ended",
    exitCode: 128,
  });
  expect(log).toHaveLength(2);
});

it("runs new code after an update", async () => {
  await functions.run(deployed(), {});
  const zip = zipSync({ "code.mjs": strToU8("export const handler = async () => 'new';") });
  expect(await functions.run(deployed({ zip }), {})).toEqual({ kind: "returned", value: "new" });
});

it.each([["../outside.mjs"], ["a/../../outside.mjs"], ["/outside.mjs"], ["..\\outside.mjs"]])(
  "writes nothing when the entry %j leaves the folder",
  async (entry) => {
    const zip = zipSync({ "code.mjs": strToU8(CODE), [entry]: strToU8("outside") });
    await expect(functions.run(deployed({ zip }), {})).rejects.toThrow(
      `The zip entry ${JSON.stringify(entry)} would be written outside the function's folder.`,
    );
    expect(readdirSync(folder)).toEqual([]);
  },
);

it("unpacks folders, and names with dots in them", async () => {
  const zip = zipSync({
    "code.mjs": strToU8('export { handler } from "./lib/..x/a..b.mjs";'),
    lib: { "..x": { "a..b.mjs": strToU8("export const handler = async () => 'nested';") } },
  });
  expect(await functions.run(deployed({ zip }), {})).toEqual({ kind: "returned", value: "nested" });
});

it("ends what still runs when it is stopped", async () => {
  const hanging = functions.run(deployed(), { hang: true });
  // The child must have started before it can be ended.
  while (functions.count === 0) await new Promise((resolve) => setImmediate(resolve));
  await functions.stop();
  expect(await hanging).toMatchObject({ kind: "ended" });
  expect(functions.count).toBe(0);
});
