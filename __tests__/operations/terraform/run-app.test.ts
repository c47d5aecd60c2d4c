import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../contract/user-error";
import { faultIn, runApp, stackFolder } from "../../../operations/terraform/run-app";

let projectFolder: string;
beforeEach(() => {
  projectFolder = mkdtempSync(join(tmpdir(), "app-"));
});
afterEach(() => rmSync(projectFolder, { recursive: true }));

const config = (value: unknown) => writeFileSync(join(projectFolder, "cdktf.json"), JSON.stringify(value));

/** A project whose app is this program. */
function app(program: string): void {
  writeFileSync(join(projectFolder, "app.js"), program);
  config({ app: `${process.execPath} app.js`, terraformModules: ["./own", "terraform-aws-modules/vpc/aws"] });
}

const manifest = (annotations: readonly object[]) =>
  `require("node:fs").writeFileSync(process.env.CDKTF_OUTDIR + "/manifest.json", ${JSON.stringify(
    JSON.stringify({ stacks: { a: { annotations }, b: { annotations } } }),
  )});`;

const error = { constructPath: "a/b", level: "@cdktf/error", message: "is not encrypted" };

/** What is thrown; always for the user, never with a stack trace. */
async function refusal(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const thrown: unknown = await runApp({ projectFolder, outputFolder: "out", env }).catch((e: unknown) => e);
  expect(thrown).toBeInstanceOf(UserError);
  return (thrown as Error).message;
}

it("tells the app where to write and what cdktf would tell it, but no Terraform variables", async () => {
  app(`${manifest([])} require("node:fs").writeFileSync("seen.json", JSON.stringify(process.env));`);
  mkdirSync(join(projectFolder, "out"));
  const env = { ...process.env, TF_VAR_secret: "1", CDKTF_CONTEXT_JSON: '{"mine":1}' };
  await runApp({ projectFolder, outputFolder: "out", env });
  const seen = JSON.parse(readFileSync(join(projectFolder, "seen.json"), "utf8")) as NodeJS.ProcessEnv;
  expect(seen).toMatchObject({ CDKTF_OUTDIR: "out", CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS: "true" });
  expect(seen.TF_VAR_secret).toBeUndefined();
  expect(JSON.parse(seen.CDKTF_CONTEXT_JSON!)).toEqual({ mine: 1, cdktfRelativeModules: ["./own"] });
});

it("reports every error of every construct once, and no warning", async () => {
  const warning = { ...error, level: "@cdktf/warn", message: "plain HTTP" };
  app(manifest([warning, error, { ...error, constructPath: "a/c" }]));
  mkdirSync(join(projectFolder, "out"));
  expect(await refusal()).toBe("a/b\n  is not encrypted\n\na/c\n  is not encrypted");
});

it("reports what the app threw, without its stack trace", async () => {
  app(`throw new Error("Validation failed with the following errors:\\n  [a/b] too long")`);
  expect(await refusal()).toBe(
    `"${process.execPath} app.js" failed with exit code 1:\nValidation failed with the following errors:\n  [a/b] too long`,
  );
});

it("reports what the app printed when it ended without an exception", async () => {
  app(`console.error("3 faults, nothing was synthesized."); process.exitCode = 1;`);
  expect(await refusal()).toBe(
    `"${process.execPath} app.js" failed with exit code 1:\n3 faults, nothing was synthesized.`,
  );
});

it("reports an app that does not synthesize", async () => {
  app("");
  expect(await refusal()).toMatch(/ended without writing .*out\/manifest\.json: does it call synth\(\)/);
});

it.each([
  [undefined, /cdktf\.json cannot be read: ENOENT/],
  [{}, /cdktf\.json: app\n {2}given: {3}nothing\n/],
  [{ app: " " }, /cdktf\.json: app\n {2}given: {3}nothing\n/],
])("reports a cdktf.json that is not one: %j", async (value, message) => {
  if (value !== undefined) config(value);
  expect(await refusal()).toMatch(message);
});

it.each([
  [
    "/p/main.ts:3\n  code\n  ^\n\nTypeError: no such thing\n    at f (x.ts:1:2)\n\nNode.js v20.1.0",
    "no such thing",
  ],
  ["MyError: one\nline\n\nNode.js v22.1.0", "one\nline"],
  ["Error: last words", "last words"],
  ["plain", "plain"],
])("finds the message in %j", (output, message) => expect(faultIn(output)).toBe(message));

it("knows where a synthesized stack is", () => {
  expect(stackFolder({ projectFolder: "/p" }, "s")).toBe("/p/cdktf.out/stacks/s");
  expect(stackFolder({ projectFolder: "/p", outputFolder: "o" }, "s")).toBe("/p/o/stacks/s");
});
