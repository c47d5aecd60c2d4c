import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Cli } from "../../../cli/context";
import type { PlanTarget } from "../../../cli/plan/make-plan";
import { resultOf } from "../../../cli/plan/plan-command";
import { planStacks } from "../../../cli/plan/plan-stacks";
import { plannedStack } from "../../../cli/plan/planned-stack";
import { buildReport } from "../../../cli/report/report";
import { planOf } from "../../support/change";

const place = { accountId: "123456789012", region: "us-east-1" };
const targets: readonly PlanTarget[] = ["a", "b", "c", "d"].map((environment) => ({
  id: `automock-${environment}`,
  system: "automock",
  environment,
  ...place,
}));
const [first] = targets as [PlanTarget];

let sts: Server;
beforeAll(async () => {
  sts = createServer((_, response) => {
    response.setHeader("content-type", "text/xml");
    response.end(
      `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${place.accountId}</Account>` +
        "</GetCallerIdentityResult></GetCallerIdentityResponse>",
    );
  });
  await new Promise<void>((resolve) => void sts.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => void sts.close(resolve)));

let project: string;
let out: string;
let lines: string[];
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "plans-"));
  out = join(project, "plans");
  lines = [];
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "app" }));
  synthesized("before");
});
afterEach(() => rmSync(project, { recursive: true }));

function synthesized(text: string): void {
  for (const { id } of targets) {
    const folder = join(project, "cdktf.out", "stacks", id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ text }));
  }
}

/** A terraform during whose plans somebody else synthesizes the same checkout. */
function cli(failing?: string): Cli {
  const terraform = {
    version: "1.11.4",
    with: () => terraform,
    init: async (folder: string) => {
      if (failing !== undefined && basename(folder).startsWith(`.${failing}-`))
        throw new Error("no provider");
    },
    plan: async (folder: string) => {
      synthesized("after");
      writeFileSync(join(folder, "tfplan"), "plan");
      return { hasChanges: true };
    },
    showPlan: async () => JSON.stringify(planOf([])),
    statePull: async () => "",
  };
  return {
    projectFolder: project,
    options: {},
    output: { progress: (line: string) => void lines.push(line) },
    terraform: async () => terraform,
    clientConfig: (region: string) => ({
      region,
      endpoint: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }),
  } as unknown as Cli;
}

it("plans what was synthesized when it began, whoever synthesizes meanwhile", async () => {
  const { plans, failed } = await planStacks(cli(), targets, { out });
  expect(failed).toEqual([]);
  expect(plans.map(({ target, synthesized }) => [target.id, synthesized])).toEqual(
    targets.map(({ id }) => [id, { text: "before" }]),
  );
  expect(readFileSync(join(project, "cdktf.out", "stacks", first.id, "cdk.tf.json"), "utf8")).toBe(
    '{"text":"after"}',
  );
  expect(readdirSync(out).sort()).toEqual(targets.map(({ id }) => id));
  expect(readdirSync(join(out, first.id)).sort()).toEqual(["cdk.tf.json", "meta.json", "tfplan"]);
});

it("goes on when one fails, and leaves nothing of it behind", async () => {
  const { plans, failed } = await planStacks(cli(first.id), targets, { out });
  expect(plans.map(({ target }) => target.id)).toEqual(["automock-b", "automock-c", "automock-d"]);
  expect(failed).toEqual([{ stack: first.id, error: "no provider" }]);
  expect(lines).toContain("automock-a: could not be planned");
  expect(readdirSync(out).sort()).toEqual(["automock-b", "automock-c", "automock-d"]);
});

it("leaves nothing behind when there is no terraform", async () => {
  const without = { ...cli(), terraform: () => Promise.reject(new Error("no terraform")) };
  await expect(planStacks(without, targets, { out })).rejects.toThrow("no terraform");
  expect(readdirSync(out)).toEqual([]);
});

it("is told as JSON with the place, instants to the second, and the digest that deploy takes", async () => {
  const { plans } = await planStacks(cli(), [first], { out });
  const [{ meta }] = plans as [(typeof plans)[0]];
  const report = buildReport([plannedStack(cli(), plans[0]!)], { app: "app" });
  const result = resultOf(report, plans, []);
  expect(result.plans).toMatchObject([{ stack: first.id, ...place, hasChanges: true, digest: meta.digest }]);
  expect(meta.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(report.stacks[0]!.meta.digest).toBe(meta.digest);
  expect(result.plans[0]!.applyCommand).toContain(`--digest ${meta.digest}`);
  expect(meta.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(Date.parse(meta.expiresAt) - Date.parse(meta.createdAt)).toBe(24 * 3_600_000);
  expect(result.plans[0]!.expiresAt).toBe(meta.expiresAt);
  expect(result.plans[0]!.usdMonthlyDelta).toBe(report.stacks[0]!.cost!.usdMonthlyDelta);
});

it("has no cost where the plan is not complete, rather than one of nothing", async () => {
  const { plans } = await planStacks(cli(), [first], { out });
  const { cost: _, ...stack } = buildReport([plannedStack(cli(), plans[0]!)], { app: "app" }).stacks[0]!;
  const report = { ...buildReport([], { app: "app" }), stacks: [stack] };
  expect(resultOf(report, plans, []).plans[0]).not.toHaveProperty("usdMonthlyDelta");
});
