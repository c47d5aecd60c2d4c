import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPlan } from "../../../operations/delivery/apply-plan";
import type { Finished } from "../../../operations/process";
import type { Terraform } from "../../../operations/terraform/terraform";
import { createOf, planOf, resource } from "../../support/change";

const TARGET = {
  id: "automock-demo",
  system: "automock",
  environment: "demo",
  accountId: "123456789012",
  region: "us-east-1",
};
const ADDRESS = "aws_s3_bucket.config_0A1B2C3D";
const CREATED = JSON.stringify({
  type: "apply_complete",
  hook: { resource: { addr: ADDRESS }, action: "create" },
});
const failure = (summary: string) =>
  JSON.stringify({ type: "diagnostic", diagnostic: { severity: "error", summary } });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "apply-"));
  writeFileSync(join(folder, "cdk.tf.json"), "{}");
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** What is said of an apply that has such events and ends so. */
async function said(events: readonly string[], end: Partial<Finished>): Promise<string> {
  const terraform = {
    applyPlan: async (_: string, __: string, { onEvent }: { onEvent: (line: string) => void }) => {
      events.forEach(onEvent);
      return { exitCode: 1, signal: null, stdout: "", stderr: "", ...end };
    },
  } as unknown as Terraform;
  const plan = planOf([resource(ADDRESS, createOf({}))]);
  const error: unknown = await applyPlan(
    TARGET,
    { folder, terraform },
    { plan, command: "deploy", progress: () => undefined, onStopped: () => undefined },
  ).catch((reason: unknown) => reason);
  return (error as Error).message;
}

it("that failed: says what is known", async () => {
  expect(await said([failure("NoSuchBucket")], {})).toContain("automock bootstrap");
});

it("that failed on the way: says how far it came, and takes no bucket of the stack for that of the state", async () => {
  expect(await said([CREATED, failure("putting object: NoSuchBucket")], {})).toBe(
    "deploy of automock-demo failed after 1 of 1 steps, 0 s:\n\nputting object: NoSuchBucket\n\n" +
      "The state holds the finished steps. Fix the cause, then run automock deploy automock-demo again.",
  );
});

it("whose state could not be saved: says where it is, whatever else is known", async () => {
  writeFileSync(join(folder, "errored.tfstate"), "{}");
  const text = await said([failure("Failed to save state: NoSuchBucket")], {});
  expect(text).toContain("Failed to save state: NoSuchBucket");
  expect(text).toContain(`It is in ${join(folder, "errored.tfstate")}: keep that file.`);
  expect(text).not.toContain("What was done is in the state");
});

it("that was cut off: does not claim that the state is saved", async () => {
  expect(await said([CREATED], { exitCode: 128, signal: "SIGKILL" })).toBe(
    "deploy of automock-demo failed after 1 of 1 steps, 0 s:\n\nterraform was ended by SIGKILL\n\n" +
      "Terraform was killed. Check the state and its lock with automock plan automock-demo.",
  );
});
