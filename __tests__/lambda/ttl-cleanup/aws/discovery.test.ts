import { discovery, type Inventories } from "../../../../lambda/ttl-cleanup/aws/discovery";
import { awsError, fakeClients } from "../../../support/fake-clients";
import type { JournalEntry } from "../../../../contract/test-run";
import { iso, recordOf, REGION, ACCOUNT, T0, testRecordOf } from "../../../support/reaper-values";

const clients = (answers = {}) =>
  fakeClients({
    GetResources: () => ({ ResourceTagMappingList: [] }),
    DescribeVpcs: () => ({ Vpcs: [] }),
    ...answers,
  });

const INVENTORIES: Inventories = {
  stateOf: async () => ({ state: [] }),
  journalOf: async () => {
    throw new Error("the journal of a stack");
  },
};

test("a state that cannot be read is unreadable, not empty, and says why", async () => {
  const scan = await discovery(clients(), {
    ...INVENTORIES,
    stateOf: async () => {
      throw awsError("AccessDenied");
    },
  }).scan(recordOf());
  expect(scan.state).toBe("unreadable");
  expect(scan.errors).toEqual([expect.stringMatching(/^reading the Terraform state: AccessDenied/)]);
});

test("a tag index and VPCs that cannot be read are errors, not empty listings", async () => {
  const denied = () => {
    throw awsError("AccessDenied");
  };
  const read = clients({ GetResources: denied, DescribeVpcs: denied });
  const { errors } = await discovery(read, INVENTORIES).scan(recordOf({ vpcId: "vpc-1" }));
  expect(errors).toEqual([
    expect.stringMatching(/^reading the tag index: AccessDenied/),
    expect.stringMatching(/^describing VPCs: AccessDenied/),
  ]);
});

describe("a test run", () => {
  const entry = (node: string, changes: Partial<JournalEntry> = {}): JournalEntry => ({
    node,
    state: "created",
    type: "dynamodb:table",
    name: `test-orders-k3f9aa-${node}`,
    id: `test-orders-k3f9aa-${node}`,
    at: iso(T0),
    ...changes,
  });
  const scanOf = (entries: readonly JournalEntry[]) =>
    discovery(clients(), {
      stateOf: async () => {
        throw new Error("the state of a test run");
      },
      journalOf: async () => entries,
    }).scan(testRecordOf());
  const tableArn = (name: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;

  it("has its journal for an inventory, and no state", async () => {
    const arn = tableArn("test-orders-k3f9aa-users");
    const scan = await scanOf([entry("users", { arn })]);
    expect(scan).toMatchObject({ state: [], errors: [] });
    expect(scan.claims).toEqual([
      {
        says: "own",
        type: "dynamodb:table",
        ids: ["test-orders-k3f9aa-users", arn],
        reason: "created by the run as users, by its journal",
      },
    ]);
    expect(scan.tagged.get("dynamodb:table")).toEqual([
      "test-orders-k3f9aa-users",
      arn,
      "test-orders-k3f9aa-users",
    ]);
  });

  it.each<[string, Partial<JournalEntry>]>([
    ["only intended", { state: "intent" }],
    ["refused", { state: "refused" }],
    ["of another name", { name: "orders-prod", id: "orders-prod", arn: tableArn("orders-prod") }],
    ["of another run", { name: "test-orders-zzzzzz-users", id: "test-orders-zzzzzz-users" }],
    [
      "of a run whose id starts the same",
      { name: "test-orders-k3f9aaa-users", id: "test-orders-k3f9aaa-users" },
    ],
    ["of its own name with the id of another", { id: "orders-prod", arn: tableArn("orders-prod") }],
    ["of a name that ends the same", { id: tableArn("my-test-orders-k3f9aa-users") }],
  ])("claims nothing that was %s", async (_what, changes) =>
    expect((await scanOf([entry("users", changes)])).claims).toEqual([]),
  );

  it("does not look for what it was refused", async () => {
    const { tagged } = await scanOf([entry("users", { state: "refused" })]);
    expect(tagged.size).toBe(0);
  });

  it("is not listed whole when its journal cannot be read", async () => {
    const scan = await discovery(clients(), {
      ...INVENTORIES,
      journalOf: async () => {
        throw awsError("AccessDenied");
      },
    }).scan(testRecordOf());
    expect(scan.errors).toEqual([expect.stringMatching(/^reading the journal: AccessDenied/)]);
  });
});
