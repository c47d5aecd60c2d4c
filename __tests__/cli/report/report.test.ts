import { buildReport } from "../../../cli/report/report";
import type { ResourceChange } from "../../../cli/report/terraform-plan";
import { createOf, deleteOf, planOf, resource, stackOf, updateOf } from "../../support/change";
import { plannedStacks, type PlanName } from "../../support/plans/plans";

const report = (...changes: ResourceChange[]) =>
  buildReport([stackOf(planOf(changes))], { app: "automock-infra" });
const attention = (...changes: ResourceChange[]) =>
  report(...changes).stacks[0]!.attention.map(
    ({ kind, action, name, why }) => `${kind}: ${action} ${name}: ${why.join("; ")}`,
  );
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
      ["Planning failed: this plan is a part, and cannot be applied."],
      undefined,
    ]);
    expect(real("errored").verdict).toEqual({ level: "error", title: "staging: must not be applied" });
  });
  it("a plan with -target (real)", () => {
    const { stacks, verdict } = real("incomplete");
    expect(stacks[0]!.blocked).toEqual([
      "The plan is incomplete (-target, or a change that was put off): applying it does not reach what the code says.",
    ]);
    expect(verdict).toEqual({ level: "error", title: "staging: must not be applied, 15 destroy" });
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

describe("what needs attention", () => {
  it("a replacement: the attribute that forces it, what is lost, the order, what AWS refuses", () => {
    const before = { identifier: "a", deletion_protection: true, skip_final_snapshot: true };
    const change = replaced({ replace_paths: [["identifier"]] }, before, { ...before, identifier: "b" });
    expect(attention(resource("aws_db_instance.main", change))).toEqual([
      'stateful: replace main: identifier ("a" → "b") forces it; holds data; destroyed first, so there is a gap; ' +
        "deletion protection is on: AWS will refuse; no final snapshot is made",
    ]);
  });
  it("create before destroy", () => {
    const change = replaced(
      { actions: ["create", "delete"], replace_paths: [["name"], ["tags", "x", 0]] },
      { name: "a" },
      { name: "b" },
    );
    expect(attention(resource("aws_x.x", change))).toEqual([
      'replace: replace x: name ("a" → "b"), tags.x[0] force it; created first, no gap',
    ]);
  });
  it.each([
    ["replace_because_tainted", "marked as tainted: its last apply did not finish, or somebody asked for it"],
    ["replace_by_request", "asked for with -replace"],
    ["replace_by_triggers", "replace_triggered_by in the code"],
    ["a_reason_of_tomorrow", "a reason of tomorrow"],
  ])("%s", (action_reason, text) => {
    expect(attention(resource("aws_x.x", replaced({}), { action_reason }))).toEqual([
      `replace: replace x: ${text}; destroyed first, so there is a gap`,
    ]);
  });
  it("what is destroyed, and why", () => {
    expect(
      attention(
        resource("aws_s3_bucket.b", deleteOf({ force_destroy: true }), {
          action_reason: "delete_because_no_resource_config",
        }),
        resource("aws_x.x", deleteOf({}), { deposed: "1a2b" }),
      ),
    ).toEqual([
      "stateful: destroy b: holds objects; no longer in the code; force_destroy: what is in it is deleted with it",
      "destroy: destroy x: left behind by an unfinished apply (1a2b)",
    ]);
  });
  it("in a stack that is there each new rule; in a new one only a door that is open to all", () => {
    const rule = (cidr: string) =>
      createOf({
        cidr_ipv4: cidr,
        ip_protocol: "tcp",
        from_port: 443,
        to_port: 443,
        security_group_id: "sg-1",
      });
    const ingress = "aws_vpc_security_group_ingress_rule";
    const old = resource("aws_x.old", updateOf({ a: 1 }, { a: 1 }, { actions: ["no-op"] }));
    expect(attention(resource(`${ingress}.a`, rule("192.0.2.0/24")), old)).toEqual([
      "security: add a: tcp 443 for 192.0.2.0/24",
    ]);
    expect(attention(resource(`${ingress}.a`, rule("192.0.2.0/24")))).toEqual([]);
    expect(attention(resource(`${ingress}.a`, rule("0.0.0.0/0")))).toEqual([
      "security: add a: open to the whole internet; tcp 443 for 0.0.0.0/0",
    ]);
    expect(attention(resource("aws_vpc_security_group_egress_rule.a", rule("0.0.0.0/0")))).toEqual([]);
  });
  it("of a rule that is open to all wider ports, of a group no way out", () => {
    const open = { cidr_ipv4: "0.0.0.0/0", ip_protocol: "tcp" };
    const group = (...egress: string[]) => ({ id: "sg-1", egress: [{ cidr_blocks: egress }] });
    expect(
      attention(
        resource(
          "aws_vpc_security_group_ingress_rule.in",
          updateOf({ ...open, from_port: 443 }, { ...open, from_port: 0 }),
        ),
        resource(
          "aws_vpc_security_group_egress_rule.out",
          updateOf({ ...open, from_port: 443 }, { ...open, from_port: 0 }),
        ),
        resource("aws_security_group.g", updateOf(group(), group("0.0.0.0/0"))),
      ),
    ).toEqual([
      'security: change g: egress: {} → { cidr_blocks: ["0.0.0.0/0"] }',
      "security: change in: open to the whole internet; from_port: 443 → 0",
      "security: change out: from_port: 443 → 0",
    ]);
  });
  it("a rule that is replaced, when the new one lets everybody in and the old one did not", () => {
    const rule = (...cidr_blocks: string[]) => ({ type: "ingress", cidr_blocks, from_port: 443 });
    const paths = { replace_paths: [["cidr_blocks"]] };
    expect(
      attention(
        resource("aws_security_group_rule.a", replaced(paths, rule("192.0.2.0/24"), rule("0.0.0.0/0"))),
        resource(
          "aws_security_group_rule.b",
          replaced(paths, rule("0.0.0.0/0"), rule("0.0.0.0/0", "10.0.0.0/8")),
        ),
      ).filter((line) => line.startsWith("security")),
    ).toEqual(["security: replace a: open to the whole internet"]);
  });
  it("a rule that was opened by hand", () => {
    const rule = (cidr_ipv4: string) => ({ cidr_ipv4, ip_protocol: "tcp", from_port: 22, to_port: 22 });
    const drift = resource(
      "aws_vpc_security_group_ingress_rule.ssh",
      updateOf(rule("192.0.2.1/32"), rule("0.0.0.0/0")),
    );
    const plan = planOf([], { resource_drift: [drift] });
    const [item] = buildReport([stackOf(plan)], { app: "a" }).stacks[0]!.attention;
    expect([item!.loud, item!.why[1]]).toEqual([true, "open to the whole internet"]);
  });
  it("a value that says it is known after apply hides nothing", () =>
    expect(
      attention(
        resource(
          "aws_iam_policy.p",
          updateOf({ policy: '{"Action":"a"}' }, { policy: '{"Action":"*","Sid":"(known after apply)"}' }),
        ),
      ),
    ).toEqual(['security: change p: policy: { Action: "a" } → { Action: "*", Sid: "(known after apply)" }']));
  it("of many lines those that are few", () => {
    const rule = (...from: string[]) => ({
      policy: JSON.stringify({ Statement: [{ Principal: { AWS: from } }] }),
    });
    const accounts = Array.from({ length: 9 }, (_, i) => `account-${i}-`.padEnd(20, "x"));
    expect(attention(resource("aws_iam_policy.p", updateOf(rule(...accounts), rule("*"))))).toEqual([
      'security: change p: policy: 11 lines → AWS: ["*"]',
    ]);
  });
  it("what an unfinished apply has left says nothing about the one that is there", () =>
    expect(
      attention(
        resource("aws_db_instance.d", deleteOf({ deletion_protection: true })),
        resource("aws_db_instance.d", deleteOf({ skip_final_snapshot: true }), { deposed: "1a2b" }),
      ),
    ).toEqual([
      "stateful: destroy d: holds data; deletion protection is on: AWS will refuse",
      "stateful: destroy d: holds data; left behind by an unfinished apply (1a2b); no final snapshot is made",
    ]));
  it.each([
    [
      "a policy",
      "aws_iam_role_policy.p",
      { policy: '{"Action":"s3:Get*"}' },
      { policy: '{"Action":"*"}' },
      'policy: { Action: "s3:Get*" } → { Action: "*" }',
    ],
    [
      "the end of a protection",
      "aws_lb.l",
      { enable_deletion_protection: true },
      { enable_deletion_protection: false },
      "enable_deletion_protection: true → false",
    ],
    [
      "a public database",
      "aws_db_instance.d",
      { publicly_accessible: false },
      { publicly_accessible: true },
      "publicly_accessible: false → true",
    ],
  ])("a change in place of %s", (_, address, before, after, text) => {
    expect(attention(resource(address, updateOf(before, after)))).toEqual([
      `security: change ${address.split(".")[1]}: ${text}`,
    ]);
  });
  it("no more than that: a change of tags, of a size, of a retention", () => {
    expect(
      attention(
        resource(
          "aws_iam_role.r",
          updateOf({ tags: { a: "1" }, description: "x" }, { tags: { a: "2" }, description: "y" }),
        ),
        resource("aws_cloudwatch_log_group.l", updateOf({ retention_in_days: 1 }, { retention_in_days: 2 })),
      ),
    ).toEqual([]);
  });

  it("what follows from another replacement says so (real: the network of a VPC)", () => {
    const [stack] = real("replace").stacks;
    const kinds = stack!.attention.map(({ kind }) => kind);
    expect([...new Set(kinds)]).toEqual(["stateful", "replace", "security", "follows"]);
    expect(stack!.attention[0]).toMatchObject({
      name: "networking/vpc",
      why: [
        'cidr_block ("10.1.0.0/16" → "10.3.0.0/16") forces it',
        "everything in it goes with it",
        "created first, no gap",
      ],
    });
    const follows = stack!.attention.filter(({ kind }) => kind === "follows");
    expect(follows.find(({ name }) => name === "networking/a/private-route-table")!.why[0]).toBe(
      "vpc_id forces it, follows from networking/vpc",
    );
    // Every replacement is listed, none twice.
    const listed = stack!.attention
      .filter(({ action }) => action === "replace")
      .map(({ address }) => address);
    expect(listed).toHaveLength(stack!.counts.replace);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it("every one of 128 that are destroyed is listed (real)", () => {
    const [stack] = real("destroy").stacks;
    expect(new Set(stack!.attention.map(({ address }) => address)).size).toBe(128);
  });
});

describe("names", () => {
  const synthesized = {
    resource: { aws_x: { id_1: { "//": { metadata: { path: "automock-prod/ecs/service/rule" } } } } },
  };
  it.each([
    ["of the construct", "aws_x.id_1", "ecs/service/rule"],
    ["of the construct, with an index", 'aws_x.id_1["a"]', "ecs/service/rule"],
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
  it("what somebody did by hand, and not what the stack's own resources echo (real)", () => {
    const { stacks, verdict } = real("drift");
    expect(verdict).toEqual({ level: "danger", title: "staging: 1 change, 1 add, 3 drifted" });
    expect(stacks[0]!.drift.map(({ name, kind, planned }) => [name, kind, planned])).toEqual([
      ["ecs/cluster/insights-log-group", "changed", true],
      ["ecs/deployment-alarm/alarm", "gone", true],
      ["ecs/load-balancer/security-group/security-group", "changed", false],
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
  it("an echo only when another resource of the stack writes it", () => {
    const drifted = resource(
      "aws_iam_role.r",
      updateOf(
        { id: "r", name: "r", inline_policy: [] },
        { id: "r", name: "r", inline_policy: [{ name: "p" }] },
      ),
    );
    const kept = (role: string) =>
      resource("aws_iam_role_policy.p", { actions: ["no-op"], before: { role }, after: { role } });
    const drift = (...changes: ResourceChange[]) =>
      buildReport([stackOf(planOf(changes, { resource_drift: [drifted] }))], { app: "a" }).stacks[0]!.counts
        .drift;
    expect([drift(kept("r")), drift(kept("other")), drift()]).toEqual([0, 1, 1]);
  });
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
    ["replace", "mockserver/task-definition/expectations-loader-log", undefined, undefined],
    ["forget", "networking/flow-logs/flow-log", undefined, undefined],
    [
      "import",
      "ecs/cluster/insights-log-group",
      undefined,
      "/aws/ecs/containerinsights/automock-staging/performance",
    ],
    ["move", "networking/vpc", "aws_vpc.vpc", undefined],
  ]);
});
