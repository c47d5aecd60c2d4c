import { renderHtml } from "../../../operations/review/html";
import { renderJson } from "../../../operations/review/json";
import { renderMarkdown } from "../../../operations/review/markdown";
import { buildReport, driftOf } from "../../../operations/review/report";
import type { ResourceChange } from "../../../operations/terraform/plan-json";
import { createOf, deleteOf, planOf, resource, stackOf, updateOf } from "../../support/change";
import { plannedStacks, type PlanName } from "../../support/plans/plans";

const report = (...changes: ResourceChange[]) =>
  buildReport([stackOf(planOf(changes))], { app: "automock-infra" });
const real = (name: PlanName) => buildReport(plannedStacks(name), { app: "automock-infra" });

const replaced = (change: Partial<ResourceChange["change"]>, before = {}, after = {}) =>
  updateOf(before, after, { actions: ["delete", "create"], ...change });

describe("verdict", () => {
  it.each([
    ["nothing", [], "none", "no changes"],
    [
      "a change that is none",
      [resource("aws_x.x", { actions: ["no-op"], before: {}, after: {} })],
      "none",
      "no changes",
    ],
    ["reading data", [resource("aws_x.x", { actions: ["read"] }, { mode: "data" })], "none", "no changes"],
    ["new ones", [resource("aws_x.x", createOf({}))], "change", "prod: 1 add"],
    [
      "the worst first",
      [
        resource("aws_x.a", createOf({})),
        resource("aws_x.b", updateOf({ a: 1 }, { a: 2 })),
        resource("aws_x.c", deleteOf({})),
        resource("aws_x.d", deleteOf({})),
        resource("aws_x.e", replaced({})),
        resource("aws_x.f", { actions: ["forget"], before: {} }),
      ],
      "danger",
      "prod: 1 replace, 2 destroy, 1 forget, 1 change, 1 add",
    ],
    [
      "moved and imported",
      [
        resource("aws_x.a", { actions: ["no-op"] }, { previous_address: "aws_x.b" }),
        resource("aws_x.c", { actions: ["no-op"], importing: { id: "i" } }),
      ],
      "change",
      "prod: 1 import, 1 move",
    ],
    [
      "a new revision of a task definition",
      [resource("aws_ecs_task_definition.t", replaced({}))],
      "change",
      "prod: 1 replace",
    ],
  ] as const)("%s", (_, changes, level, title) => {
    expect(report(...(changes as readonly ResourceChange[])).verdict).toEqual({ level, title });
  });

  it("outputs alone are a change", () => {
    const plan = planOf([], { output_changes: { url: { actions: ["create"], before: null, after: "x" } } });
    expect(buildReport([stackOf(plan)], { app: "a" }).verdict).toEqual({
      level: "change",
      title: "prod: 1 output",
    });
  });

  it.each([[[]], [""], [{}]])("an output that is %j is one too", (after) => {
    const plan = planOf([], { output_changes: { x: { actions: ["create"], before: null, after } } });
    expect(buildReport([stackOf(plan)], { app: "a" }).verdict).toEqual({
      level: "change",
      title: "prod: 1 output",
    });
  });

  it("the worst environment first, and stacks of one environment together", () => {
    const stack = (name: string, environment: string, ...changes: ResourceChange[]) =>
      stackOf(planOf(changes), { stack: `${name}-${environment}`, environment });
    const { verdict, stacks } = buildReport(
      [
        stack("automock", "staging", resource("aws_x.x", createOf({}))),
        stack("automock", "prod", resource("aws_x.x", deleteOf({}))),
        stack("task-api", "prod", resource("aws_x.x", updateOf({ a: 1 }, { a: 2 }))),
      ],
      { app: "a" },
    );
    expect(verdict).toEqual({ level: "danger", title: "prod: 1 destroy, 1 change; staging: 1 add" });
    expect(stacks.map(({ stack: name, title }) => [name, title])).toEqual([
      ["automock-prod", "1 destroy"],
      ["automock-staging", "1 add"],
      ["task-api-prod", "1 change"],
    ]);
  });

  it("more than four environments are counted", () => {
    const stacks = Array.from({ length: 6 }, (_, i) =>
      stackOf(planOf([resource("aws_x.x", createOf({}))]), { stack: `automock-e${i}`, environment: `e${i}` }),
    );
    expect(buildReport(stacks, { app: "a" }).verdict.title).toBe(
      "e0: 1 add; e1: 1 add; e2: 1 add; e3: 1 add; 2 more environments",
    );
  });

  it("a stack that could not be planned is an error, without colours and without secrets of any stack", () => {
    const plan = planOf([resource("aws_x.x", createOf({ password: "hunter2-and-more" }))]);
    const { verdict, failed } = buildReport([stackOf(plan)], {
      app: "a",
      failed: [
        { stack: "task-api-prod", error: "\u001b[31mError:\u001b[0m cannot log in with hunter2-and-more" },
      ],
    });
    expect(verdict).toEqual({ level: "error", title: "1 not planned; prod: 1 add" });
    expect(failed).toEqual([{ stack: "task-api-prod", error: "Error: cannot log in with (sensitive)" }]);
  });
});

describe("what must not be applied", () => {
  it("an errored plan (real)", () => {
    const [stack] = real("errored").stacks;
    expect([stack!.level, stack!.title, stack!.blocked, stack!.cost]).toEqual([
      "error",
      "planning failed",
      ["Planning failed. This plan is incomplete and cannot be applied."],
      undefined,
    ]);
    expect(real("errored").verdict).toEqual({ level: "error", title: "staging: must not be applied" });
  });
  it("a plan with -target (real)", () => {
    const { stacks, verdict } = real("incomplete");
    expect(stacks[0]!.blocked).toEqual([
      "The plan is incomplete (-target or a deferred change). Applying it does not produce the state that the code describes.",
    ]);
    expect(verdict).toEqual({ level: "error", title: "staging: must not be applied, 15 destroy" });
  });
  it("a changed network: the load balancer cannot follow, and the old VPC is not empty", () => {
    const vpc = resource(
      "aws_vpc.vpc",
      replaced({}, { id: "vpc-1", cidr_block: "10.0.0.0/16" }, { id: "vpc-1", cidr_block: "10.9.0.0/16" }),
    );
    const subnet = resource("aws_subnet.a", updateOf({ vpc_id: "vpc-1" }, { vpc_id: "vpc-1" }));
    const { level, blocked } = report(vpc, subnet).stacks[0]!;
    expect([level, blocked]).toEqual([
      "error",
      [
        "The VPC 10.0.0.0/16 would be replaced by 10.9.0.0/16. Everything in it would be deleted " +
          'first, and the apply would then fail. Restore its settings (vpcCidr: "10.0.0.0/16"). To use another network, ' +
          "create a second environment with it, move the callers and destroy this one; or destroy this stack and deploy it " +
          "again, which deletes its data.",
      ],
    ]);
    // As an interrupted apply leaves it, it has nothing in it.
    expect(report(vpc, resource("aws_subnet.a", createOf({ vpc_id: "vpc-2" }))).stacks[0]!.blocked).toEqual(
      [],
    );
    expect(report(resource("aws_vpc.vpc", deleteOf({}))).stacks[0]!.blocked).toEqual([]);
    expect(report(resource("aws_vpc.vpc", updateOf({ a: 1 }, { a: 2 }))).stacks[0]!.blocked).toEqual([]);
  });
  it("a policy error", () => {
    const policy = [{ level: "error" as const, constructPath: "automock-prod/x", message: "no" }];
    const { verdict, stacks } = buildReport([stackOf(planOf([]), { policy })], { app: "a" });
    expect([verdict, stacks[0]!.blocked]).toEqual([
      { level: "error", title: "prod: must not be applied" },
      ["1 policy error."],
    ]);
  });
});

describe("names", () => {
  const synthesized = {
    resource: { aws_x: { id_1: { "//": { metadata: { path: "automock-prod/ecs/service/rule" } } } } },
  };
  it.each([
    ["of the construct", "aws_x.id_1", "ecs/service/rule"],
    ["of the construct, with an index", 'aws_x.id_1["a"]', 'ecs/service/rule["a"]'],
    ["of a count", "aws_x.id_1[0]", "ecs/service/rule[0]"],
    ["of a key with brackets", 'aws_x.id_1["a]b[0]"]', 'ecs/service/rule["a]b[0]"]'],
    [
      "from the address of one that is no longer in the code",
      "aws_eip.networking_a_nat-eip_E5548687",
      "networking/a/nat-eip",
    ],
    ["from an address that is not cdktf's", "aws_eip.main", "main"],
  ])("%s", (_, address, name) => {
    const stack = stackOf(planOf([resource(address, createOf({}))]), { synthesized });
    expect(buildReport([stack], { app: "a" }).stacks[0]!.resources.map((each) => each.name)).toEqual([name]);
  });
});

describe("drift", () => {
  it("what someone did by hand, and not what the stack's own resources echo (real)", () => {
    const { stacks, verdict } = real("drift");
    expect(verdict).toEqual({ level: "danger", title: "staging: 1 change, 1 add, 3 drifted" });
    expect(stacks[0]!.drift.map(({ name, kind, planned }) => [name, kind, planned])).toEqual([
      ["networking/flow-logs/log-group", "changed", true],
      ["web/deployment-alarm/alarm", "gone", true],
      ["web/entrance/load-balancer/security-group/security-group", "changed", false],
    ]);
    const port = stacks[0]!.attention.find(({ address }) => /security_group/.test(address))!;
    expect([port.kind, port.loud, port.why[1]]).toEqual(["drift", true, "open to the whole internet"]);
    expect(
      stacks[0]!.drift[2]!.attributes.map(({ name, after }) => [name, /203\.0\.113/.test(after!)]),
    ).toEqual([["ingress", false]]);
  });
  it.each(["none", "update", "replace", "errored"] as const)(
    "none where nobody did anything (real: %s)",
    (name) => {
      expect(real(name).stacks.flatMap(({ drift }) => drift)).toEqual([]);
    },
  );
  it("a default that was read where nothing was set is none; a flag that was turned off is", () => {
    const drift = (before: object, after: object) =>
      buildReport(
        [
          stackOf(
            planOf([], { resource_drift: [resource("aws_x.x", updateOf({ ...before }, { ...after }))] }),
          ),
        ],
        {
          app: "a",
        },
      ).stacks[0]!.counts.drift;
    expect(drift({ a: null, b: [{ c: null }] }, { a: 0, b: [{ c: false }] })).toBe(0);
    expect(drift({ a: true }, { a: false })).toBe(1);
  });
});

it("driftOf finds the same outside of a report (real)", () => {
  const [planned] = plannedStacks("drift");
  expect(driftOf(planned!.plan, planned!.synthesized)).toEqual(real("drift").stacks[0]!.drift);
});

it("moved, imported, forgotten, tainted (real)", () => {
  const [stack] = real("move").stacks;
  expect(stack!.counts).toEqual({
    add: 0,
    change: 0,
    replace: 1,
    destroy: 0,
    move: 1,
    import: 1,
    forget: 1,
    drift: 0,
    outputs: 0,
  });
  expect(
    stack!.resources.map(({ action, name, movedFrom, importedId }) => [action, name, movedFrom, importedId]),
  ).toEqual([
    ["replace", "web/cluster/insights-log-group", undefined, undefined],
    ["forget", "networking/flow-logs/flow-log", undefined, undefined],
    ["import", "networking/flow-logs/log-group", undefined, "/automock-staging/vpc-flow-logs"],
    ["move", "networking/vpc", "aws_vpc.vpc", undefined],
  ]);
});

it("checks that fail and warnings are shown, without their secrets, and are no 'no changes'", () => {
  const plan = planOf([], {
    checks: [
      {
        address: { to_display: "check.health" },
        status: "fail",
        instances: [{ problems: [{ message: "password: hunter2 is refused" }] }],
      },
      { address: { to_display: "check.fine" }, status: "pass" },
      { address: { to_display: "check.later" }, status: "unknown" },
    ],
  });
  const { stacks, verdict } = buildReport([stackOf(plan, { warnings: ["Deprecated argument"] })], {
    app: "a",
  });
  expect(stacks[0]!.warnings).toEqual([
    "check.health fails: password: (sensitive) is refused",
    "Deprecated argument",
  ]);
  expect(verdict.level).toBe("change");
});

it("names the commit and what was pushed, also when nothing could be planned", () => {
  const source = { commit: "c".repeat(40), head: "a".repeat(40) };
  const nothing = buildReport([], { app: "a", failed: [{ stack: "The project", error: "x" }], source });
  expect(renderMarkdown(nothing)).toContain(
    `Not planned: push \`${source.head}\`, merged as commit \`${source.commit}\`.`,
  );
  expect(renderHtml(nothing)).toContain(`push <code>${"a".repeat(12)}</code>`);
  expect(JSON.parse(renderJson(nothing))).toMatchObject({ source });
});
