import { scopeOf, takeInventory, type Leads } from "../../../cleanup/engine/inventory";
import type { Claim } from "../../../cleanup/engine/ownership";
import type { EnvKey, Found, Handler } from "../../../cleanup/engine/resource";
import { TAG } from "../../../contract/tags";
import { ACCOUNT, REGION } from "../../support/reaper-values";

const KEY: EnvKey = { environment: "pr-1", system: "automock", accountId: ACCOUNT, region: REGION };

const OURS = { [TAG.environment]: "pr-1", [TAG.ephemeral]: "true" };

const own = (type: string, ...ids: string[]): Claim => ({ says: "own", type, ids, reason: "managed" });

const leads = (changes: Partial<Leads> = {}): Leads => ({
  claims: [],
  byo: [],
  untouchable: [],
  tagged: new Map(),
  unsupported: [],
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
    stuckMs: 1,
    async *list() {
      yield* found;
    },
    look: async () => "present",
    remove: async () => ({ kind: "gone" }),
  };
}

describe("scopeOf", () => {
  it("hints at what claims and the tag index know, by type, once each; what is only used is not a hint", () => {
    const used: Claim = { ...own("a", "a-used"), says: "foreign" };
    const tagged = new Map([
      ["a", ["a-1", "a-3"]],
      ["b", ["b-1"]],
    ]);
    const claims = [
      own("a", "a-1", "arn:a-1"),
      used,
      { ...own("a", "a-x"), type: undefined },
      own("a", "a-2"),
    ];
    const { hints, ...rest } = scopeOf(KEY, leads({ claims, tagged }));
    expect([...hints]).toEqual([
      ["a", ["a-1", "arn:a-1", "a-2", "a-3"]],
      ["b", ["b-1"]],
    ]);
    expect(rest).toEqual({ ...KEY, ownedVpcIds: [] });
  });

  it("owns the VPCs that claims or tags prove, and no others", () => {
    const vpcs = [
      vpc("vpc-state"),
      vpc("vpc-tag", OURS),
      vpc("vpc-twin", { ...OURS, [TAG.environment]: "pr-1-b" }),
      vpc("vpc-default", OURS, { builtIn: "default VPC" }),
      vpc("vpc-byo", OURS),
      vpc("vpc-protected", { ...OURS, [TAG.protected]: "true" }),
      vpc("vpc-nobody"),
    ];
    const env = scopeOf(KEY, leads({ byo: ["vpc-byo"], vpcs, claims: [own("ec2:vpc", "vpc-state")] }));
    expect(env.ownedVpcIds).toEqual(["vpc-state", "vpc-tag"]);
  });

  it("owns no VPC that AWS did not describe", () =>
    expect(scopeOf(KEY, leads({ vpcs: [], errors: ["describing VPCs"] })).ownedVpcIds).toEqual([]));
});

describe("takeInventory", () => {
  const env = scopeOf(KEY, leads());
  const one = (id: string, tags: Found["tags"] = OURS): Found => ({ type: "a", id, tags });

  it("judges all that the handlers list, sorted, each once", async () => {
    const handlers = [
      handler("b", { type: "b", id: "1", tags: OURS }),
      handler("a", one("2"), one("1"), one("2"), one("3", {})),
    ];
    const { items, foreign, errors, unsupported } = await takeInventory(env, leads(), handlers);
    expect(items.map(({ key, verdict }) => [key, verdict])).toEqual([
      ["a 1", "own"],
      ["a 2", "own"],
      ["b 1", "own"],
    ]);
    expect(foreign.map(({ key }) => key)).toEqual(["a 3"]);
    expect([errors, unsupported]).toEqual([[], []]);
  });

  it("names what nobody handles", async () => {
    const about = leads({ unsupported: ["aws_odd x.x", "arn:odd"] });
    expect((await takeInventory(env, about, [])).unsupported).toEqual(["aws_odd x.x", "arn:odd"]);
  });

  it("keeps what came before an error, and all errors", async () => {
    const failing: Handler = {
      ...handler("c"),
      async *list() {
        yield { type: "c", id: "1", tags: OURS };
        throw Object.assign(new Error("page 2"), { name: "InternalError" });
      },
    };
    const { items, errors } = await takeInventory(env, leads({ errors: ["tag index"] }), [
      failing,
      handler("a", one("1")),
    ]);
    expect(items.map(({ key }) => key)).toEqual(["a 1", "c 1"]);
    expect(errors).toEqual(["tag index", "listing c: InternalError: page 2"]);
  });

  it("has a hash of what is proven, whatever the order", async () => {
    const hash = async (...found: Found[]) =>
      (await takeInventory(env, leads(), [handler("a", ...found)])).hash;
    expect(await hash(one("1"), one("2"))).toBe(await hash(one("2"), one("1"), one("3", {})));
    expect(await hash(one("1"))).not.toBe(await hash(one("2")));
  });
});
