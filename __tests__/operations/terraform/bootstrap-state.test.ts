import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { bootstrap } from "../../../operations/terraform/bootstrap-state";
import type { Terraform } from "../../../operations/terraform/terraform";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "bootstrap-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A bootstrap stack whose state is in its bucket already. */
async function again({ hasChanges, confirmed = true }: { hasChanges: boolean; confirmed?: boolean }) {
  const calls: string[] = [];
  const terraform = {
    init: async () => void calls.push("init"),
    plan: async () => ({ hasChanges, text: "the plan" }),
    showPlan: async () => "the plan as JSON",
  } as unknown as Terraform;
  const applied: string[] = [];
  const result = await bootstrap({
    folder,
    localState: join(folder, "local.tfstate"),
    bucket: "state",
    key: "bootstrap/shared/terraform.tfstate",
    s3: { send: async () => ({}) } as unknown as S3Client,
    terraform,
    log: () => undefined,
    planFile: "tfplan",
    apply: async (plan) => {
      applied.push(plan);
      return confirmed;
    },
  });
  return { result, calls, applied };
}

it("hands on a plan without changes, which may contain drift", async () => {
  expect(await again({ hasChanges: false })).toEqual({
    result: { result: "unchanged", shownPlan: "the plan as JSON" },
    calls: ["init"],
    applied: [],
  });
});

it("applies a plan with changes once it is confirmed", async () => {
  expect(await again({ hasChanges: true })).toEqual({
    result: { result: "updated" },
    calls: ["init"],
    applied: ["the plan as JSON"],
  });
  expect(await again({ hasChanges: true, confirmed: false })).toEqual({
    result: { result: "declined" },
    calls: ["init"],
    applied: ["the plan as JSON"],
  });
});
