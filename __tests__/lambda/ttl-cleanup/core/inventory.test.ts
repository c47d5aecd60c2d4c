import { bareScope, scopeOf, takeInventory } from "../../../../lambda/ttl-cleanup/core/inventory";
import type { Found, Handler, Scan, StateResource } from "../../../../lambda/ttl-cleanup/core/ports";
import { TAG } from "../../../../contract/tags";
import { recordOf } from "../../../support/reaper-values";

const OURS = { [TAG.environment]: "pr-1", [TAG.ephemeral]: "true" };

const managed = (type: string, ...ids: string[]): StateResource => ({
  address: `x.${ids.join("-")}`,
  terraformType: "x",
  mode: "managed",
  handledBy: { type },
  ids,
});

const scan = (changes: Partial<Scan> = {}): Scan => ({
  state: [],
  tagged: new Map(),
  unknownArns: [],
  vpcs: [],
  errors: [],
  ...changes,
});

const vpc = (id: string, tags: Found["tags"] = {}, more: Partial<Found> = {}): Found => ({
  type: "ec2:vpc",
  id,
  tags,
  ...more,
});

function handler(type: string, ...found: Found[]): Handler {
  return {
    type,
    layer: "workload",
    after: [],
    usualMs: 1,
    stuckMs: 1,
    async *list() {
      yield* found;
    },
    look: async () => "present",
    remove: async () => ({ kind: "gone" }),
  };
}

describe("scopeOf", () => {
  it("hints at what state and tag index know, by type, each once; data sources are no hints", () => {
    const data: StateResource = { ...managed("a", "a-data"), mode: "data" };
    const part: StateResource = { ...managed("a", "a-part"), handledBy: "part" };
    const tagged = new Map([
      ["a", ["a-1", "a-3"]],
      ["b", ["b-1"]],
    ]);
    const env = scopeOf(
      recordOf(),
      scan({ state: [managed("a", "a-1", "arn:a-1"), data, part, managed("a", "a-2")], tagged }),
      [],
    );
    expect([...env.hints]).toEqual([
      ["a", ["a-1", "arn:a-1", "a-2", "a-3"]],
      ["b", ["b-1"]],
    ]);
    expect(env).toMatchObject({ environment: "pr-1", system: "automock", stateRef: recordOf().stateRef });
  });

  it("owns the VPCs that state or tags prove, and no others", () => {
    const vpcs = [
      vpc("vpc-state"),
      vpc("vpc-tag", OURS),
      vpc("vpc-twin", { ...OURS, [TAG.environment]: "pr-1-b" }),
      vpc("vpc-default", OURS, { builtIn: "default VPC" }),
      vpc("vpc-byo", OURS),
      vpc("vpc-protected", { ...OURS, [TAG.protected]: "true" }),
      vpc("vpc-nobody"),
    ];
    const env = scopeOf(
      recordOf({ byo: ["vpc-byo"] }),
      scan({ vpcs, state: [managed("ec2:vpc", "vpc-state")] }),
      [],
    );
    expect(env.ownedVpcIds).toEqual(["vpc-state", "vpc-tag"]);
  });

  it("remembers the VPC that was proven once, but not against what it looks like now", () => {
    const record = recordOf({ vpcId: "vpc-1" });
    expect(scopeOf(record, scan({ vpcs: [vpc("vpc-2")] }), []).ownedVpcIds).toEqual(["vpc-1"]);
    expect(scopeOf(record, scan({ vpcs: [vpc("vpc-2"), vpc("vpc-1")] }), []).ownedVpcIds).toEqual([]);
    expect(scopeOf(record, scan({ vpcs: [vpc("vpc-1", OURS)] }), []).ownedVpcIds).toEqual(["vpc-1"]);
    expect(bareScope(recordOf()).ownedVpcIds).toEqual([]);
  });
});

describe("takeInventory", () => {
  const record = recordOf();
  const env = bareScope(record);
  const one = (id: string, tags: Found["tags"] = OURS): Found => ({ type: "a", id, tags });

  it("judges all that the handlers list, sorted, each once", async () => {
    const handlers = [
      handler("b", { type: "b", id: "1", tags: OURS }),
      handler("a", one("2"), one("1"), one("2"), one("3", {})),
    ];
    const { items, foreign, errors, unsupported } = await takeInventory(env, record, scan(), handlers, []);
    expect(items.map(({ key, verdict }) => [key, verdict])).toEqual([
      ["a 1", "own"],
      ["a 2", "own"],
      ["b 1", "own"],
    ]);
    expect(foreign.map(({ key }) => key)).toEqual(["a 3"]);
    expect([errors, unsupported]).toEqual([[], []]);
  });

  it("names what nobody handles: managed resources of the state and tagged ARNs", async () => {
    const odd: StateResource = { ...managed("", "x"), terraformType: "aws_odd", handledBy: "unsupported" };
    const about = scan({
      state: [odd, { ...odd, mode: "data" }, { ...odd, handledBy: "part" }],
      unknownArns: ["arn:odd"],
    });
    expect((await takeInventory(env, record, about, [], [])).unsupported).toEqual(["aws_odd x.x", "arn:odd"]);
  });

  it("keeps what came before an error, and all errors", async () => {
    const failing: Handler = {
      ...handler("c"),
      async *list() {
        yield { type: "c", id: "1", tags: OURS };
        throw Object.assign(new Error("page 2"), { name: "InternalError" });
      },
    };
    const { items, errors } = await takeInventory(
      env,
      record,
      scan({ errors: ["tag index"] }),
      [failing, handler("a", one("1"))],
      [],
    );
    expect(items.map(({ key }) => key)).toEqual(["a 1", "c 1"]);
    expect(errors).toEqual(["tag index", "listing c: InternalError: page 2"]);
  });

  it("has a hash of what is proven, whatever the order", async () => {
    const hash = async (...found: Found[]) =>
      (await takeInventory(env, record, scan(), [handler("a", ...found)], [])).hash;
    expect(await hash(one("1"), one("2"))).toBe(await hash(one("2"), one("1"), one("3", {})));
    expect(await hash(one("1"))).not.toBe(await hash(one("2")));
  });
});
