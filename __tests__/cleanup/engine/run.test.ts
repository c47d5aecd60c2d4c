import { scopeOf, takeInventory, type Leads } from "../../../cleanup/engine/inventory";
import type { EnvKey, Found, Handler, Outcome } from "../../../cleanup/engine/resource";
import { run, type Steering } from "../../../cleanup/engine/run";
import { MINUTE, SECOND } from "../../../cleanup/engine/time";
import { Worklist } from "../../../cleanup/engine/worklist";
import { TAG } from "../../../contract/tags";

const KEY: EnvKey = {
  environment: "pr-1",
  system: "automock",
  accountId: "111122223333",
  region: "us-east-1",
};
const LEADS: Leads = {
  claims: [],
  byo: [],
  untouchable: [],
  tagged: new Map(),
  unsupported: [],
  vpcs: [],
  errors: [],
};
const TAGS = { [TAG.environment]: "pr-1", [TAG.ephemeral]: "true" };

/** Resources by tag alone: no registry record, no lease, no Terraform state. */
class Site {
  public now = 0;
  public readonly removed: string[] = [];
  public readonly sleeps: number[] = [];
  public relists = 0;
  /** What no listing could list. */
  public errors: readonly string[] = [];
  private readonly there: Set<string>;

  constructor(
    names: readonly string[],
    private readonly answer: (name: string) => Outcome = () => ({ kind: "gone" }),
    private readonly tags: Found["tags"] = TAGS,
  ) {
    this.there = new Set(names);
  }

  private handler(type: string, after: readonly string[]): Handler {
    const there = () => [...this.there].filter((name) => name.startsWith(`${type}-`));
    return {
      type,
      layer: "workload",
      after,
      stuckMs: MINUTE,
      list: async function* (this: Site) {
        for (const id of there()) yield { type, id, tags: this.tags };
      }.bind(this),
      look: async ({ id }) => (this.there.has(id) ? "present" : "absent"),
      remove: async ({ id }) => {
        this.removed.push(id);
        const outcome = this.answer(id);
        if (outcome.kind === "gone") this.there.delete(id);
        return outcome;
      },
    };
  }

  public inventory() {
    const handlers = [this.handler("vpc", ["subnet"]), this.handler("subnet", [])];
    return takeInventory(scopeOf(KEY, LEADS), { ...LEADS, errors: this.errors }, handlers);
  }

  public async run(steering: Partial<Steering> = {}) {
    const clock = {
      now: () => this.now,
      sleep: async (ms: number) => {
        this.now += ms;
        this.sleeps.push(ms);
      },
    };
    const trail = { note: () => undefined, flush: async () => undefined };
    const list = new Worklist({ clock, metrics: { add: () => undefined } }, trail, [], {});
    const result = await run(list, await this.inventory(), {
      clock,
      salt: "a",
      remainingMs: () => 10 * MINUTE - this.now,
      relist: () => {
        this.relists += 1;
        return this.inventory();
      },
      beforeRound: async () => undefined,
      ...steering,
    });
    return { result, deleted: list.deleted };
  }
}

const ALL = ["vpc-1", "subnet-1", "subnet-2"];

it("deletes in order until a fresh listing has nothing", async () => {
  const site = new Site(ALL);
  const { result, deleted } = await site.run();
  expect(result).toEqual({ empty: true, errors: [], unsupported: [] });
  expect(site.removed).toEqual(["subnet-1", "subnet-2", "vpc-1"]);
  expect(deleted).toEqual({ subnet: 2, vpc: 1 });
  expect([site.relists, site.sleeps]).toEqual([1, []]);
});

it("an environment without anything is empty at once", async () => {
  const site = new Site([]);
  expect((await site.run()).result.empty).toBe(true);
  expect(site.relists).toBe(0);
});

it("a listing with an error does not end it, although nothing is left", async () => {
  const site = new Site(["subnet-1"]);
  const relist = async () => ({ ...(await site.inventory()), errors: ["listing vpc: AccessDenied"] });
  const { result } = await site.run({ relist });
  expect(site.removed).toEqual(["subnet-1"]);
  expect(result).toEqual({ empty: false, errors: ["listing vpc: AccessDenied"], unsupported: [] });
});

it("a first listing with an error does not end it either, when there is no time for another", async () => {
  const site = new Site([]);
  site.errors = ["listing vpc: AccessDenied"];
  expect((await site.run({ remainingMs: () => 0 })).result).toEqual({
    empty: false,
    errors: ["listing vpc: AccessDenied"],
    unsupported: [],
  });
});

it("the listing from before the last deletion does not end it", async () => {
  const site = new Site(["subnet-1"]);
  // The time is over right after the deletion, before anything is listed again.
  const remainingMs = () => (site.removed.length > 0 ? 0 : MINUTE);
  expect((await site.run({ remainingMs })).result).toEqual({ empty: false, errors: [], unsupported: [] });
  expect([site.removed, site.relists]).toEqual([["subnet-1"], 0]);
});

it("what is held stays, with what waits for it, and the run ends", async () => {
  const site = new Site(ALL, undefined, { ...TAGS, [TAG.protected]: "true" });
  expect((await site.run()).result.empty).toBe(false);
  expect(site.removed).toEqual([]);
});

it("while nothing changes, it polls ever less often and lists everything again after eight rounds", async () => {
  const site = new Site(["subnet-1"], () => ({ kind: "blocked", by: ["something unseen"] }));
  expect((await site.run()).result.empty).toBe(false);
  expect(site.removed).toHaveLength(38);
  expect(site.relists).toBe(4);
  const polls = site.sleeps.map((ms) => ms / SECOND);
  expect(polls.slice(0, 6).map(Math.round)).toEqual([1, 2, 4, 5, 5, 5]);
  expect(Math.max(...polls)).toBeLessThanOrEqual(5.5);
  // Runs that began together with another salt do not ask in the same moments.
  const other = new Site(["subnet-1"], () => ({ kind: "blocked", by: ["something unseen"] }));
  await other.run({ salt: "b" });
  expect(other.sleeps.filter((ms, round) => ms === site.sleeps[round])).toEqual([]);
});

it("no round begins when the time is over", async () => {
  const site = new Site(ALL);
  expect((await site.run({ remainingMs: () => 0 })).result.empty).toBe(false);
  expect(site.removed).toEqual([]);
});

it("a listing that is impossible ends the run with its reason", async () => {
  const site = new Site(["subnet-1"]);
  expect((await site.run({ relist: async () => "no state" })).result).toEqual({
    empty: false,
    errors: ["no state"],
    unsupported: [],
  });
});

it("stops before a round that is refused", async () => {
  const site = new Site(ALL);
  const refuse = async () => {
    if (site.removed.length > 0) throw new Error("extended");
  };
  await expect(site.run({ beforeRound: refuse })).rejects.toThrow("extended");
  expect(site.removed).toEqual(["subnet-1", "subnet-2"]);
});
