import type { Inventory, Item } from "../../../../cleanup/engine/inventory";
import type { StackRecord } from "../../../../contract/registry";
import {
  opensAt,
  OVERRIDABLE,
  planRefusals,
  refusals,
  type GateInput,
} from "../../../../lambda/ttl-cleanup/core/gates";
import { CONFIG, HOUR, iso, MINUTE, recordOf, REGION, SECOND, T0 } from "../../../support/reaper-values";

const EXPIRY = T0 + 4 * HOUR;
const WARNED = recordOf({ warnFor: iso(EXPIRY), warnedAt: iso(EXPIRY - HOUR) });

const open = (changes: Partial<GateInput> = {}): GateInput => ({
  environment: "pr-1",
  record: WARNED,
  config: CONFIG,
  identity: { accountId: CONFIG.accountId, region: REGION, alias: "sandbox" },
  now: EXPIRY,
  authority: EXPIRY,
  deletionEnabled: true,
  ...changes,
});

/** An environment's name, and the state of its own. */
function placed(environment: string): Pick<StackRecord, "environment" | "stateRef"> {
  return { environment, stateRef: recordOf({ environment }).stateRef };
}

/** A record whose state is in this bucket. */
function inBucket(bucket: string): typeof WARNED {
  return { ...WARNED, stateRef: { ...WARNED.stateRef, bucket } };
}

/** The one gate that is shut. */
function shut(changes: Partial<GateInput>, override: string[] = []) {
  const found = refusals(open(changes), override);
  expect(found).toHaveLength(1);
  return found[0]!;
}

it("lets an expired, announced, ephemeral environment of the right place pass", () =>
  expect(refusals(open())).toEqual([]));

describe("gate", () => {
  it("deletion: shut until people enable it, and then no warning is missed", () => {
    expect(shut({ deletionEnabled: false, record: recordOf() })).toEqual({
      gate: "deletion",
      reason: "deletion is not enabled in this account and region; npx automock bootstrap --enable-deletion",
      alarm: false,
    });
    expect(shut({ deletionEnabled: false }, ["deletion"]).gate).toBe("deletion");
  });

  it("account: not on the list", () => {
    const config = { ...CONFIG, accountId: "999999999999" };
    expect(shut({ config, record: inBucket("automock-tfstate-999999999999-us-east-1") })).toEqual({
      gate: "account",
      reason: "account 111122223333 is not the one the reaper may work in (999999999999)",
      alarm: true,
    });
  });

  it("account: another one in the record", () =>
    expect(shut({ record: { ...WARNED, accountId: "222222222222" } })).toMatchObject({
      gate: "account",
      reason: "the record names account 222222222222, but this is 111122223333",
    }));

  it.each(["prod", "prod-eu", "acme-Production", "acme-prod2-eu"])("account-alias: %s", (alias) =>
    expect(shut({ identity: { ...open().identity, alias } })).toMatchObject({
      gate: "account-alias",
      alarm: true,
    }),
  );

  it("account-alias: a name in the settings overrides exactly that alias", () => {
    const named = (alias: string, accountAliases: readonly string[]) =>
      refusals(open({ identity: { ...open().identity, alias }, config: { ...CONFIG, accountAliases } }));
    expect(named("prod-eu", ["prod-eu"])).toEqual([]);
    expect(named("prod-eu", ["prod"])).toHaveLength(1);
    expect(named("prod", ["prod-eu"])).toHaveLength(1);
  });

  it.each(["acme-nonprod", "preprod", "product", "reproduction-lab"])(
    "account-alias: %s is no production",
    (alias) => expect(refusals(open({ identity: { ...open().identity, alias } }))).toEqual([]),
  );

  it("account-alias: no alias is fine", () =>
    expect(refusals(open({ identity: { accountId: CONFIG.accountId, region: REGION } }))).toEqual([]));

  it.each<[string, Partial<GateInput>]>([
    ["in the record", { record: { ...WARNED, region: "eu-west-1" } }],
    [
      "in the settings",
      {
        config: { ...CONFIG, region: "eu-west-1" },
        record: inBucket("automock-tfstate-111122223333-eu-west-1"),
      },
    ],
    ["where we are", { identity: { ...open().identity, region: "eu-west-1" } }],
  ])("region: another one %s", (_where, changes) =>
    expect(shut(changes)).toMatchObject({ gate: "region", alarm: true }),
  );

  it.each([
    "prod",
    "production",
    "main",
    "staging",
    "shared",
    "bootstrap",
    "Upper",
    "a--b",
    "-a",
    "a-",
    "1a",
  ])("name: %s", (environment) =>
    expect(shut({ environment, record: { ...WARNED, ...placed(environment) } })).toEqual({
      gate: "name",
      reason: `"${environment}" is not the name of an ephemeral environment`,
      alarm: true,
    }),
  );

  it("environment: the record of another one", () =>
    expect(shut({ environment: "pr-2" })).toEqual({
      gate: "environment",
      reason: "the record of pr-2 names pr-1",
      alarm: true,
    }));

  it("environment: the state of another one", () => {
    const { stateRef } = recordOf({ environment: "pr-2" });
    expect(shut({ record: { ...WARNED, stateRef } })).toEqual({
      gate: "environment",
      reason:
        "the record names the state automock/pr-2/terraform.tfstate; that of pr-1 is automock/pr-1/terraform.tfstate",
      alarm: true,
    });
  });

  it("ephemeral", () =>
    expect(shut({ record: { ...WARNED, ephemeral: false } })).toMatchObject({
      gate: "ephemeral",
      alarm: true,
    }));

  it("protected: no alarm, someone wants it so", () =>
    expect(shut({ record: { ...WARNED, protected: true } })).toEqual({
      gate: "protected",
      reason: "the record is protected",
      alarm: false,
    }));

  it("clock-skew: more than five minutes either way", () => {
    expect(refusals(open({ now: EXPIRY + 5 * MINUTE }))).toEqual([]);
    expect(shut({ now: EXPIRY + 5 * MINUTE + SECOND })).toMatchObject({ gate: "clock-skew", alarm: true });
    expect(shut({ authority: EXPIRY + 6 * MINUTE }).reason).toBe(
      "our clock says 2026-03-01T04:00:00Z, AWS's 2026-03-01T04:06:00Z: more than 5 min apart",
    );
  });

  it("expired: by both clocks", () => {
    const reason = "it lives until 2026-03-01T04:00:00Z";
    expect(shut({ now: EXPIRY - SECOND })).toEqual({ gate: "expired", reason, until: EXPIRY, alarm: false });
    expect(shut({ authority: EXPIRY - SECOND })).toEqual({
      gate: "expired",
      reason,
      until: EXPIRY,
      alarm: false,
    });
  });

  it("minimum-age: a creation clock that ran ahead", () => {
    const record = { ...WARNED, createdAt: iso(EXPIRY - 14 * MINUTE) };
    expect(shut({ record })).toEqual({
      gate: "minimum-age",
      reason: "it was created at 2026-03-01T03:46:00Z, less than 15 min ago",
      until: EXPIRY + MINUTE,
      alarm: false,
    });
    expect(refusals(open({ record, now: EXPIRY + MINUTE, authority: EXPIRY + MINUTE }))).toEqual([]);
    expect(shut({ record, now: EXPIRY + MINUTE }).gate).toBe("minimum-age");
    expect(shut({ record, authority: EXPIRY + MINUTE }).gate).toBe("minimum-age");
  });

  it("warned: nobody was, or too short a time ago", () => {
    expect(shut({ record: recordOf() })).toEqual({
      gate: "warned",
      reason: "nobody was warned of 2026-03-01T04:00:00Z",
      until: EXPIRY + HOUR,
      alarm: false,
    });
    const late = { ...WARNED, warnedAt: iso(EXPIRY - 50 * MINUTE) };
    expect(shut({ record: late })).toEqual({
      gate: "warned",
      reason: "the notice of its warning ends at 2026-03-01T04:05:00Z",
      until: EXPIRY + 5 * MINUTE,
      alarm: false,
    });
    const over = { now: EXPIRY + 5 * MINUTE, authority: EXPIRY + 5 * MINUTE };
    expect(refusals(open({ record: late, ...over }))).toEqual([]);
    expect(shut({ record: late, now: over.now }).gate).toBe("warned");
    expect(shut({ record: late, authority: over.authority }).gate).toBe("warned");
  });
});

const item = (changes: Partial<Item> = {}): Item => ({
  found: { type: "a", id: "1", tags: {} },
  handler: {} as Item["handler"],
  key: "a 1",
  verdict: "own",
  proofs: ["x"],
  vetoes: [],
  ...changes,
});

const inventory = (...items: Item[]) => ({ items }) as unknown as Inventory;

it("environment: the state in another bucket, where there is neither a state nor Terraform's lock", () => {
  expect(shut({ record: inBucket("automock-tfstate-111122223333-eu-west-1") })).toEqual({
    gate: "environment",
    reason:
      "the record names the state bucket automock-tfstate-111122223333-eu-west-1; that of this account and region is automock-tfstate-111122223333-us-east-1",
    alarm: true,
  });
});

describe("gate of the plan", () => {
  it("plan-size: the cap itself still passes", () => {
    const config = { ...CONFIG, maxResources: 2 };
    expect(planRefusals(inventory(item(), item()), config)).toEqual([]);
    expect(planRefusals(inventory(item(), item(), item()), config)).toEqual([
      { gate: "plan-size", reason: "the plan has 3 resources, more than 2", alarm: true },
    ]);
  });

  it("environment-mismatch: in this state, tagged as another environment's", () =>
    expect(
      planRefusals(
        inventory(item(), item({ verdict: "held", vetoes: ["tag automock:environment=pr-2"] })),
        CONFIG,
      ),
    ).toEqual([
      {
        gate: "environment-mismatch",
        reason: "of another environment: a 1 (tag automock:environment=pr-2)",
        alarm: true,
      },
    ]));
});

describe("an override", () => {
  const both = { config: { ...CONFIG, overridesEnabled: true } };

  it("needs both switches", () => {
    const early = { record: recordOf() };
    expect(refusals(open({ ...early, ...both }), ["warned"])).toEqual([]);
    expect(refusals(open(early), ["warned"])).toHaveLength(1);
    expect(refusals(open({ ...early, ...both }))).toHaveLength(1);
    const tooMany = { ...both.config, maxResources: 0 };
    expect(planRefusals(inventory(item()), tooMany, ["plan-size"])).toEqual([]);
    expect(
      planRefusals(inventory(item()), { ...tooMany, overridesEnabled: false }, ["plan-size"]),
    ).toHaveLength(1);
  });

  it("opens only the gates of time and size", () => {
    expect(OVERRIDABLE).toEqual(["expired", "minimum-age", "warned", "plan-size"]);
    const input = open({
      ...both,
      record: { ...WARNED, protected: true, ephemeral: false, accountId: "222222222222" },
    });
    const all = ["account", "region", "name", "ephemeral", "protected", "clock-skew", "environment"];
    expect(refusals(input, all).map(({ gate }) => gate)).toEqual(["account", "ephemeral", "protected"]);
    const mismatch = inventory(item({ vetoes: ["tag automock:environment=pr-2"] }));
    expect(planRefusals(mismatch, both.config, ["environment-mismatch"])).toHaveLength(1);
  });
});

describe("opensAt", () => {
  it("is when waiting is all it takes", () => {
    const found = refusals(open({ now: EXPIRY - HOUR, authority: EXPIRY - HOUR }));
    expect(found.map(({ gate }) => gate)).toEqual(["expired", "warned"]);
    expect(opensAt(found, WARNED)).toBe(EXPIRY);
  });
  it("is never where someone must look, or for a protected record", () => {
    expect(opensAt([shut({ record: { ...WARNED, protected: true } })], WARNED)).toBeUndefined();
    expect(opensAt([shut({ record: { ...WARNED, ephemeral: false } })], WARNED)).toBeUndefined();
  });
});
