import { buildReport } from "../../../operations/review/report";
import type { ResourceChange } from "../../../operations/terraform/plan-json";
import { createOf, deleteOf, planOf, resource, stackOf, updateOf } from "../../support/change";
import { plannedStacks, type PlanName } from "../../support/plans/plans";

const attention = (...changes: ResourceChange[]) =>
  buildReport([stackOf(planOf(changes))], { app: "automock-infra" }).stacks[0]!.attention.map(
    ({ kind, action, name, why }) => `${kind}: ${action} ${name}: ${why.join("; ")}`,
  );
const real = (name: PlanName) => buildReport(plannedStacks(name), { app: "automock-infra" });

const replaced = (change: Partial<ResourceChange["change"]>, before = {}, after = {}) =>
  updateOf(before, after, { actions: ["delete", "create"], ...change });

describe("what needs attention", () => {
  it("a replacement: the attribute that forces it, what is lost, the order, what AWS refuses", () => {
    const before = { identifier: "a", deletion_protection: true, skip_final_snapshot: true };
    const change = replaced({ replace_paths: [["identifier"]] }, before, { ...before, identifier: "b" });
    expect(attention(resource("aws_db_instance.main", change))).toEqual([
      'stateful: replace main: identifier ("a" → "b") forces it; holds data; destroyed first, so there is a gap; ' +
        "deletion protection is on: AWS will refuse; no final snapshot is taken",
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
    ["replace_because_tainted", "marked as tainted: its last apply did not finish, or someone asked for it"],
    ["replace_by_request", "requested with -replace"],
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
      "stateful: destroy b: holds objects; no longer in the code; force_destroy: its contents are deleted too",
      "destroy: destroy x (deposed 1a2b): left behind by an unfinished apply (1a2b)",
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
      "stateful: destroy d (deposed 1a2b): holds data; left behind by an unfinished apply (1a2b); no final snapshot is taken",
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
      "reachable from the internet; publicly_accessible: false → true",
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
        "everything in it is deleted too",
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

  it("every one of 132 that are destroyed is listed (real)", () => {
    const [stack] = real("destroy").stacks;
    expect(new Set(stack!.attention.map(({ address }) => address)).size).toBe(132);
  });
});

describe("what opens, ends or takes a guard away", () => {
  const old = resource("aws_x.old", updateOf({ a: 1 }, { a: 1 }, { actions: ["no-op"] }));
  const items = (...changes: ResourceChange[]) =>
    buildReport([stackOf(planOf([...changes, old]))], { app: "a" }).stacks[0]!.attention.map(
      ({ loud, why }) => `${loud ? "loud: " : ""}${why.join("; ")}`,
    );
  const trust = (Principal: unknown, Condition?: unknown) => ({
    assume_role_policy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal, Condition }] }),
  });
  const group = (...cidr_blocks: string[]) => ({ ingress: [{ from_port: 22, cidr_blocks }] });
  const network = (assign_public_ip: boolean, ...security_groups: string[]) => ({
    network_configuration: [{ assign_public_ip, security_groups }],
  });
  const versioning = (status: string) => ({ versioning_configuration: [{ status }] });

  it.each([
    [
      "two halves",
      "aws_security_group.s",
      {},
      group("0.0.0.0/1", "128.0.0.0/1"),
      /^loud: open to the whole internet;/,
    ],
    [
      "another notation",
      "aws_vpc_security_group_ingress_rule.r",
      { cidr_ipv4: "10.0.0.0/8" },
      { cidr_ipv4: "0.0.0.0/00" },
      /^loud: open to the whole/,
    ],
    [
      "a long notation",
      "aws_vpc_security_group_ingress_rule.r",
      {},
      { cidr_ipv6: "0:0:0:0:0:0:0:0/0" },
      /^loud: open to the whole/,
    ],
    [
      "half of all",
      "aws_security_group.s",
      {},
      group("128.0.0.0/1"),
      /^loud: open to a large part of the internet;/,
    ],
    ["an office", "aws_security_group.s", {}, group("203.0.113.0/24"), /^ingress/],
    [
      "trust in everyone",
      "aws_iam_role.r",
      trust({ AWS: "arn:x" }),
      trust("*"),
      /^loud: anyone may assume it;/,
    ],
    [
      "trust in every account",
      "aws_iam_role.r",
      trust({ AWS: "arn:x" }),
      trust({ AWS: ["*"] }),
      /^loud: anyone/,
    ],
    [
      "trust with a condition",
      "aws_iam_role.r",
      trust({ AWS: "arn:x" }),
      trust("*", { StringEquals: { a: "b" } }),
      /^assume_role/,
    ],
    [
      "a public address",
      "aws_ecs_service.s",
      network(false),
      network(true),
      /^network_configuration\.assign_public_ip: false → true$/,
    ],
    [
      "other groups",
      "aws_ecs_service.s",
      network(true, "sg-1"),
      network(true, "sg-2"),
      /^network_configuration\.security_groups: \["sg-1"\] → \["sg-2"\]$/,
    ],
    [
      "other groups of a function",
      "aws_lambda_function.f",
      { vpc_config: [{ security_group_ids: ["sg-1"] }] },
      { vpc_config: [{ security_group_ids: ["sg-2"] }] },
      /^vpc_config\.security_group_ids/,
    ],
    [
      "no backups",
      "aws_db_instance.d",
      { backup_retention_period: 7 },
      { backup_retention_period: 0 },
      /^loud: automated backups end/,
    ],
    [
      "fewer backups",
      "aws_db_instance.d",
      { backup_retention_period: 7 },
      { backup_retention_period: 1 },
      /^backup_retention_period: 7 → 1$/,
    ],
    [
      "shorter logs",
      "aws_cloudwatch_log_group.l",
      { retention_in_days: 0 },
      { retention_in_days: 7 },
      /^retention_in_days: 0 → 7$/,
    ],
    [
      "no versions",
      "aws_s3_bucket_versioning.v",
      versioning("Enabled"),
      versioning("Suspended"),
      /^loud: versioning ends/,
    ],
    ["a public load balancer", "aws_lb.l", { internal: true }, { internal: false }, /^loud: becomes public/],
    [
      "a public database",
      "aws_db_instance.d",
      { publicly_accessible: false },
      { publicly_accessible: true },
      /^loud: reachable from the internet;/,
    ],
    [
      "no block of public access",
      "aws_s3_bucket_public_access_block.b",
      { block_public_acls: true },
      { block_public_acls: false },
      /^loud: public access is no longer blocked \(block_public_acls\)/,
    ],
  ])("%s", (_, address, before, after, expected) => {
    const found = items(resource(address, updateOf(before, after)));
    expect(found).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    [
      "a public address of a function",
      "aws_lambda_function_url.u",
      { authorization_type: "NONE" },
      /^loud: anyone may call it/,
    ],
    [
      "a way to the internet",
      "aws_route.r",
      { destination_cidr_block: "0.0.0.0/0", gateway_id: "igw-1" },
      /gateway_id/,
    ],
    [
      "a bucket for everyone",
      "aws_s3_bucket_policy.p",
      { policy: JSON.stringify({ Statement: { Effect: "Allow", Principal: "*" } }) },
      /^loud: its policy lets in anyone/,
    ],
  ])("new: %s", (_, address, after, expected) =>
    expect(items(resource(address, createOf(after)))).toEqual([expect.stringMatching(expected)]),
  );

  it("a guard that goes is loud, unless what it guards goes too", () => {
    const guard = resource("aws_s3_bucket_public_access_block.g", deleteOf({ id: "g", bucket: "b" }));
    expect(items(guard)).toEqual(["loud: public access is no longer blocked"]);
    expect(items(guard, resource("aws_s3_bucket.b", deleteOf({ id: "b" })))).toEqual([
      "loud: holds objects",
      "",
    ]);
  });

  it("a way to the internet by NAT, and a longer retention, are not", () => {
    expect(items(resource("aws_route.r", createOf({ nat_gateway_id: "nat-1" })))).toEqual([]);
    expect(
      items(
        resource(
          "aws_db_instance.d",
          updateOf({ backup_retention_period: 1 }, { backup_retention_period: 7 }),
        ),
      ),
    ).toEqual([]);
  });

  it("what is forgotten is not lost", () => {
    const forget = { actions: ["forget"], before: { id: "v" } };
    expect(items(resource("aws_vpc.v", forget))).toEqual(["stays in AWS, Terraform no longer manages it"]);
    const [stack] = buildReport([stackOf(planOf([resource("aws_vpc.v", forget)]))], { app: "a" }).stacks;
    expect(stack!.resources[0]).not.toHaveProperty("stateful");
    const both = updateOf(
      { id: "v" },
      { id: "v" },
      { actions: ["create", "forget"], replace_paths: [["id"]] },
    );
    const [item] = items(resource("aws_vpc.v", both));
    expect(item).toMatch(/the old one stays in AWS, Terraform no longer manages it$/);
    expect(item).not.toMatch(/no gap|goes with it/);
  });
});
