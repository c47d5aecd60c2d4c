import { scopeOf } from "../../../../cleanup/engine/inventory";
import { bareScope, leadsOf } from "../../../../lambda/ttl-cleanup/core/leads";
import type { Scan, StateResource } from "../../../../lambda/ttl-cleanup/core/ports";
import { recordOf } from "../../../support/reaper-values";

const entry = (changes: Partial<StateResource>): StateResource => ({
  address: "aws_x.y",
  terraformType: "aws_x",
  mode: "managed",
  handledBy: { type: "a" },
  ids: ["a-1"],
  ...changes,
});

const scan = (changes: Partial<Scan>): Scan => ({
  state: [],
  tagged: new Map(),
  unknownArns: [],
  vpcs: [],
  errors: [],
  ...changes,
});

const READ = "only read in the Terraform state, as data.aws_x.y";

it.each<[string, Partial<StateResource>, object[]]>([
  [
    "what the state manages is the environment's",
    {},
    [{ says: "own", type: "a", ids: ["a-1"], reason: "managed in the Terraform state as aws_x.y" }],
  ],
  ["a part claims nothing", { handledBy: "part" }, []],
  ["nor does what nobody handles", { handledBy: "unsupported" }, []],
  [
    "a data source is someone else's",
    { mode: "data", address: "data.aws_x.y" },
    [{ says: "foreign", type: "a", ids: ["a-1"], reason: READ }],
  ],
  [
    "of whatever type, where nobody handles its type",
    { mode: "data", address: "data.aws_x.y", handledBy: "unsupported" },
    [{ says: "foreign", type: undefined, ids: ["a-1"], reason: READ }],
  ],
])("%s", (_what, changes, claims) =>
  expect(leadsOf(recordOf(), scan({ state: [entry(changes)] }), []).claims).toEqual(claims),
);

describe("a data source beside what the state manages", () => {
  const data = (ids: readonly string[]) =>
    entry({ mode: "data", address: "data.aws_x.y", handledBy: "unsupported", ids });
  const foreignIds = (...state: readonly StateResource[]) =>
    leadsOf(recordOf(), scan({ state }), []).claims.flatMap(({ says, ids }) =>
      says === "foreign" ? ids : [],
    );

  it("says nothing about a resource that the state manages itself, such as the public half of its key", () =>
    expect(foreignIds(entry({ ids: ["key-1", "arn:key-1"] }), data(["arn:key-1"]))).toEqual([]));

  it("still marks the others that it reads", () =>
    expect(foreignIds(entry({ ids: ["a-1"] }), data(["a-1", "a-2"]))).toEqual(["a-2"]));

  it("still marks a resource of which the state manages only a part, such as a bucket's policy", () =>
    expect(foreignIds(entry({ handledBy: "part", ids: ["b"] }), data(["b"]))).toEqual(["b"]));

  it("still marks what nobody handles", () =>
    expect(foreignIds(entry({ handledBy: "unsupported", ids: ["c"] }), data(["c"]))).toEqual(["c"]));
});

it("names what nobody handles: managed resources of the state and tagged ARNs", () => {
  const odd = entry({ terraformType: "aws_odd", handledBy: "unsupported" });
  const state = [odd, entry({ ...odd, mode: "data" }), entry({ handledBy: "part" })];
  expect(leadsOf(recordOf(), scan({ state, unknownArns: ["arn:odd"] }), []).unsupported).toEqual([
    "aws_odd aws_x.y",
    "arn:odd",
  ]);
});

it("an unreadable state claims nothing", () =>
  expect(leadsOf(recordOf({ byo: ["b"], vpcId: "vpc-1" }), scan({ state: "unreadable" }), ["u"])).toEqual({
    claims: [],
    byo: ["b"],
    untouchable: ["u"],
    tagged: new Map(),
    unsupported: [],
    vpcs: [],
    errors: [],
  }));

it("a VPC in the record is not proof: neither a bare scope nor a failed scan owns it", () => {
  const record = recordOf({ vpcId: "vpc-1" });
  expect(bareScope(record).ownedVpcIds).toEqual([]);
  const failed = scan({ errors: ["describing VPCs: RequestLimitExceeded"] });
  expect(scopeOf(record, leadsOf(record, failed, [])).ownedVpcIds).toEqual([]);
});
