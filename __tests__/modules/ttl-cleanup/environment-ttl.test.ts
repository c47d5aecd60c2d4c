import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { EnvironmentTtl, type EnvironmentTtlProps } from "../../../modules/ttl-cleanup/environment-ttl";
import { AutomockStack } from "../../../stacks/automock/automock-stack";
import { argumentsOf } from "../../support/arguments-of";
import { ephemeralEnvironment, stagingEnvironment } from "../../support/environments";
import { Template } from "../../support/template";

const PROPS: EnvironmentTtlProps = {
  environment: "pr-1",
  system: "automock",
  owner: "team-a",
  accountId: "111122223333",
  region: "us-east-1",
  ttlHours: 4,
  state: { bucket: "states", key: "automock/pr-1/terraform.tfstate", lockTable: "locks", useLockfile: true },
};

const ttl = (props: Partial<EnvironmentTtlProps> = {}): Template =>
  Template.of((stack) => {
    new EnvironmentTtl(stack, "ttl", { ...PROPS, ...props });
  });

type Item = Record<string, { S?: string; N?: string; BOOL?: boolean; M?: object; L?: object[] }>;
const itemOf = (template: Template): Item =>
  // Terraform expressions contain quotes.
  JSON.parse(
    (template.sole("aws_dynamodb_table_item").item as string).replaceAll(/\$\{[^}]*\}/g, (expression) =>
      expression.replaceAll('"', "'"),
    ),
  ) as Item;

const template = ttl();
const created = "terraform_data.ttl_created_2FB172C2";

it("creates these resources and no others", () =>
  expect(template.counts()).toEqual({
    aws_dynamodb_table_item: 1,
    terraform_data: 1,
  }));

it("the creation time is set once and never changes", () =>
  expect(argumentsOf(template.sole("terraform_data"))).toEqual({
    input: "${timestamp()}",
    lifecycle: { ignore_changes: ["input"] },
  }));

it("the record contains creation and expiry, at most two weeks later, and the location of the state", () => {
  const createdAt = `\${tostring(${created}.output)}`;
  const after = (hours: number) => `\${timeadd(tostring(${created}.output), '${hours}h')}`;
  expect(itemOf(template)).toMatchObject({
    pk: { S: "ENV#pr-1" },
    sk: { S: "META" },
    open: { S: "1" },
    phase: { S: "ACTIVE" },
    environment: { S: "pr-1" },
    system: { S: "automock" },
    owner: { S: "team-a" },
    accountId: { S: "111122223333" },
    region: { S: "us-east-1" },
    ephemeral: { BOOL: true },
    protected: { BOOL: false },
    createdAt: { S: createdAt },
    ttlHours: { N: "4" },
    expiresAt: { S: after(4) },
    maxExpiresAt: { S: after(336) },
    stateRef: {
      M: {
        bucket: { S: "states" },
        key: { S: "automock/pr-1/terraform.tfstate" },
        lockTable: { S: "locks" },
        useLockfile: { BOOL: true },
      },
    },
  });
  expect(itemOf(template)).not.toHaveProperty("hourlyCostUsd");
  expect(itemOf(ttl({ hourlyCostUsd: 0.25 })).hourlyCostUsd).toEqual({ N: "0.25" });
  expect(itemOf(template)).not.toHaveProperty("timeZone");
  expect(itemOf(ttl({ timeZone: "Europe/Berlin" })).timeZone).toEqual({ S: "Europe/Berlin" });
});

it("is written to the registry of its account and region, with both keys", () =>
  expect(argumentsOf(template.sole("aws_dynamodb_table_item"), "item", "lifecycle")).toEqual({
    table_name: "automock-environments-111122223333-us-east-1",
    hash_key: "pk",
    range_key: "sk",
  }));

it("later deploys check owner and phase in the registry", () => {
  const item = "jsondecode(self.item)";
  expect(template.sole("aws_dynamodb_table_item").lifecycle).toEqual({
    ignore_changes: ["item"],
    postcondition: [
      {
        condition: `\${${item}.owner.S == "team-a"}`,
        error_message: `The environment pr-1 belongs to \${${item}.owner.S} since \${${item}.createdAt.S}, until \${${item}.expiresAt.S}. Take another name, or ask them.`,
      },
      {
        condition: `\${contains(["ACTIVE","WARNED"], ${item}.phase.S)}`,
        error_message: `The environment pr-1 of \${${item}.owner.S} expired at \${${item}.expiresAt.S} and is being removed (phase \${${item}.phase.S}). Deploy again when that is done; docs/runbooks/ttl-cleanup.md says what to do if it is stuck.`,
      },
    ],
  });
});

it("an owner with Terraform syntax is escaped", () => {
  const odd = ttl({ owner: 'a "b" ${c}' });
  const { postcondition } = odd.sole("aws_dynamodb_table_item").lifecycle as {
    postcondition: { condition: string }[];
  };
  expect(postcondition[0]!.condition).toBe('${jsondecode(self.item).owner.S == "a \\"b\\" $${c}"}');
  expect(odd.sole("aws_dynamodb_table_item").item).toContain('"owner":{"S":"a \\"b\\" $${c}"}');
});

it("a plan warns that a changed time to live has no effect, and continues", () => {
  const item = "jsondecode(aws_dynamodb_table_item.ttl_registry-record_3682E9B1.item)";
  expect(template.json).toMatchObject({
    check: {
      time_to_live: {
        assert: [
          {
            condition: `\${tonumber(${item}.ttlHours.N) == 4}`,
            error_message: `ttlHours is 4 in the file of pr-1, but it was created with \${${item}.ttlHours.N}: a change has no effect on an environment that lives until \${${item}.expiresAt.S}. To keep it longer, run npx automock extend automock-pr-1 --by 2h.`,
          },
        ],
      },
    },
  });
});

it.each([0, 169, 1.5])("rejects %p hours", (ttlHours) =>
  expect(() => ttl({ ttlHours })).toThrow(
    `A time to live of ${ttlHours} hours is not allowed; write whole hours from 1 to 168 (environment pr-1).`,
  ),
);

describe("dependencies on the record", () => {
  const waiting = (of: Template) =>
    Object.entries(of.json.resource ?? {}).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, { depends_on = [] }]) => ({
        address: `${type}.${id}`,
        waits: (depends_on as string[]).filter((it) => it.startsWith("aws_dynamodb_table_item.ttl_")).length,
      })),
    );

  it("every resource of an ephemeral stack has one, except the record and its time", () => {
    const automock = Template.ofApp((app) => new AutomockStack(app, "automock-pr-123", ephemeralEnvironment));
    const all = waiting(automock);
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter(({ waits }) => waits !== 1)).toEqual([
      { address: "aws_dynamodb_table_item.ttl_registry-record_3682E9B1", waits: 0 },
      { address: created, waits: 0 },
    ]);
    expect(automock.errors()).toEqual([]);
    expect(itemOf(automock).hourlyCostUsd).toEqual({ N: "${local.hourly_cost_usd}" });
    expect(automock.json.output!.expires_at!.value).toBe(`\${timeadd(tostring(${created}.output), "4h")}`);
  });

  it("no resource of a permanent stack has one", () => {
    const automock = Template.ofApp((app) => new AutomockStack(app, "automock-staging", stagingEnvironment));
    expect(automock.counts()).not.toHaveProperty("terraform_data");
    expect(waiting(automock).filter(({ waits }) => waits > 0)).toEqual([]);
  });

  it("are not duplicated, and other dependencies are kept", () => {
    const twice = Template.of((stack) => {
      const guard = new EnvironmentTtl(stack, "ttl", PROPS);
      const first = new Vpc(stack, "first", { cidrBlock: "10.0.0.0/16" });
      new Vpc(stack, "second", { cidrBlock: "10.1.0.0/16", dependsOn: [first] });
      guard.holdBackTheStack();
      guard.holdBackTheStack();
    });
    const record = "aws_dynamodb_table_item.ttl_registry-record_3682E9B1";
    expect(twice.byId("aws_vpc").first!.depends_on).toEqual([record]);
    expect(twice.byId("aws_vpc").second!.depends_on).toEqual(["aws_vpc.first", record]);
  });
});
