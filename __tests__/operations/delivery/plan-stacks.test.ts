import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { MakePlanOptions, PlanTarget, SavedPlan } from "../../../operations/delivery/make-plan";
import type { Terraform } from "../../../operations/terraform/terraform";
import { planStacks } from "../../../operations/delivery/plan-stacks";
import { openSavedPlan } from "../../../operations/delivery/saved-plan";
import type { StackRef } from "../../../environments/schema/stacks";
import { plannedStack, reportOf } from "../../../operations/delivery/planned-stack";
import { buildReport } from "../../../operations/review/report";
import { planLines } from "../../../operations/review/terminal";
import { suppressedText } from "../../../contract/suppression";
import { planOf } from "../../support/change";
import { FakeStates } from "../../support/fake-states";

const place = { accountId: "123456789012", region: "us-east-1" };
const targets: readonly PlanTarget[] = ["a", "b", "c", "d"].map((environment) => ({
  id: `automock-${environment}`,
  system: "automock",
  environment,
  ...place,
}));
const [first] = targets as [PlanTarget];
const KEY = "automock/a/terraform.tfstate";

let aws: FakeStates;
beforeAll(async () => void (aws = await FakeStates.start(place.accountId)));
afterAll(() => aws.stop());

let project: string;
let out: string;
let options: MakePlanOptions;
let lines: string[];
beforeEach(() => {
  aws.states.clear();
  project = mkdtempSync(join(tmpdir(), "plans-"));
  out = join(project, "plans");
  lines = [];
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "app" }));
  options = { synthFolder: join(project, "synth"), out };
  for (const { id } of targets) {
    mkdirSync(join(options.synthFolder, "stacks", id), { recursive: true });
    writeFileSync(join(options.synthFolder, "stacks", id, "cdk.tf.json"), JSON.stringify({ text: id }));
  }
});
afterEach(() => rmSync(project, { recursive: true }));

/** @param failing id of a stack whose init fails */
function terraformThat(failing?: string): Terraform {
  const terraform = {
    version: "1.11.4",
    with: () => terraform,
    init: async (folder: string) => {
      if (failing !== undefined && basename(folder).startsWith(`.${failing}-`))
        throw new Error("no provider");
    },
    plan: async (folder: string) => {
      writeFileSync(join(folder, "tfplan"), "plan");
      return { hasChanges: true, text: "" };
    },
    showPlan: async () => JSON.stringify(planOf([])),
  };
  return terraform as unknown as Terraform;
}

const workspace = () => ({
  projectFolder: project,
  progress: (line: string) => void lines.push(line),
  clientConfig: aws.clientConfig,
});

const plan = (wanted: readonly PlanTarget[], failing?: string) =>
  planStacks(workspace(), terraformThat(failing), wanted, options);

it("plans what was synthesized for it, in copies", async () => {
  const { plans, failed } = await plan(targets);
  expect(failed).toEqual([]);
  expect(plans.map(({ target, synthesized }) => [target.id, synthesized])).toEqual(
    targets.map(({ id }) => [id, { text: id }]),
  );
  expect(readdirSync(out).sort()).toEqual(targets.map(({ id }) => id));
  expect(readdirSync(join(out, first.id)).sort()).toEqual(["cdk.tf.json", "meta.json", "tfplan"]);
  expect(readdirSync(join(options.synthFolder, "stacks", first.id))).toEqual(["cdk.tf.json"]);
});

it("replaces a plan, and nothing else that has its name", async () => {
  const { plans } = await plan([first]);
  mkdirSync(join(out, "automock-b"));
  writeFileSync(join(out, "automock-b", "notes.txt"), "mine");
  mkdirSync(join(out, "automock-c"));
  writeFileSync(join(out, "automock-d"), "mine");
  const again = await plan(targets);
  expect(again.plans.map(({ folder }) => folder)).toEqual([plans[0]!.folder, join(out, "automock-c")]);
  expect(again.failed).toEqual(
    ["automock-b", "automock-d"].map((stack) => ({
      stack,
      error:
        `The plan would replace ${join(out, stack)}, which already exists and does not contain a plan (meta.json).\n` +
        "Move it, or name another folder with --out.",
    })),
  );
  expect(readFileSync(join(out, "automock-b", "notes.txt"), "utf8")).toBe("mine");
});

it("says that a plan cannot be written, and leaves no file behind", async () => {
  const assets = join(options.synthFolder, "stacks", first.id, "assets");
  mkdirSync(assets);
  symlinkSync("nowhere", join(assets, "code.zip"));
  const { failed } = await plan([first]);
  expect(failed).toMatchObject([{ stack: first.id }]);
  // Node 20 follows the link and fails; Node 22 copies it, and a link is refused.
  expect(failed[0]!.error).toMatch(
    /^The plan of automock-a cannot be written: ENOENT: .*\.$|code\.zip is neither a file nor a folder/,
  );
  expect(readdirSync(out)).toEqual([]);
});

it("refuses to plan while an earlier apply waits for its state to be saved", async () => {
  const folder = join(project, ".automock", "work", `${first.id}-1`, first.id);
  mkdirSync(folder, { recursive: true });
  expect((await plan([first])).failed).toEqual([]);
  writeFileSync(join(folder, "errored.tfstate"), "{}");
  const { plans, failed } = await plan(targets);
  expect(plans).toHaveLength(3);
  expect(failed[0]!.error).toMatch(
    /^An earlier apply of automock-a could not save its state. The state exists only in/,
  );
});

it("continues when one fails, and leaves none of its files behind", async () => {
  const { plans, failed } = await plan(targets, first.id);
  expect(plans.map(({ target }) => target.id)).toEqual(["automock-b", "automock-c", "automock-d"]);
  expect(failed).toEqual([{ stack: first.id, error: "no provider" }]);
  expect(lines).toContain("automock-a: could not be planned");
  expect(readdirSync(out).sort()).toEqual(["automock-b", "automock-c", "automock-d"]);
});

it("is sealed with its digest and expires after 24 hours", async () => {
  const { plans } = await plan([first]);
  const { digest, createdAt, expiresAt } = plans[0]!.meta;
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(24 * 3_600_000);
});

it.each([
  ["2027-01-31T23:00:00Z", "info", "Open. Suppressed until 2027-01-31: No fixed address.", 0],
  ["2027-02-01T00:00:00Z", "error", "Open. Its suppression expired on 2027-01-31: No fixed address.", 1],
] as const)("a suppressed finding, planned at %s, is of level %s", (createdAt, level, message, blocked) => {
  const suppression = { rule: "openIngress", reason: "No fixed address.", expires: "2027-01-31" };
  const annotation = {
    level: "@cdktf/info",
    constructPath: "s/door",
    message: suppressedText(suppression, "Open."),
  };
  mkdirSync(join(project, "cdktf.out"), { recursive: true });
  const manifest = { stacks: { [first.id]: { annotations: [annotation] } } };
  writeFileSync(join(project, "cdktf.out", "manifest.json"), JSON.stringify(manifest));
  const meta = { app: "app", digest: "d", createdAt, expiresAt: createdAt, terraformVersion: "1.11.4" };
  const saved = { target: first, folder: out, meta, plan: planOf([]), synthesized: {}, warnings: [] };
  const workspace = { projectFolder: project, profile: undefined, localEndpoint: undefined };
  const planned = plannedStack(workspace, saved as unknown as SavedPlan);
  expect(planned.policy).toEqual([{ level, constructPath: "s/door", message, suppression }]);
  expect(buildReport([planned], { app: "app" }).stacks[0]!.blocked).toHaveLength(blocked);
});

it("shows the warnings of the plan that is made again when a saved plan is opened for deploy", async () => {
  const warned = {
    ...terraformThat(),
    plan: async (folder: string, { out: file }: { out: string }) => {
      writeFileSync(join(folder, file), "plan");
      return { hasChanges: true, text: "╷\n│ Warning: Deprecated attribute\n│ \n│ Use another one.\n╵\n" };
    },
    with: () => warned,
  } as unknown as Terraform;
  aws.states.set(KEY, JSON.stringify({ version: 4, lineage: "l", serial: 3 }));
  const { plans } = await planStacks(workspace(), warned, [first], options);
  const ref = first as unknown as StackRef;
  const { saved, work } = await openSavedPlan(workspace(), warned, ref, { folder: plans[0]!.folder });
  try {
    expect(saved.warnings).toEqual(["Deprecated attribute Use another one."]);
    const shown = planLines(reportOf(workspace(), saved)).join("\n");
    expect(shown).toContain("Deprecated attribute Use another one.");
  } finally {
    work.remove();
  }
});
