import fc from "fast-check";
import { registryTableName } from "../../contract/names";
import {
  EXPIRE_AT,
  formatInstant,
  MAX_LIFETIME_HOURS,
  parseInstant,
  parseRecord,
  registryKey,
  SORT_KEY,
  TTL_HOURS,
  ttlFault,
} from "../../contract/registry";

const RECORD = {
  environment: "pr-1",
  system: "automock",
  owner: "team-a",
  accountId: "111122223333",
  region: "us-east-1",
  createdAt: "2026-03-01T00:00:00Z",
  expiresAt: "2026-03-01T04:00:00Z",
  maxExpiresAt: "2026-03-15T00:00:00Z",
  ttlHours: 4,
  stateRef: { bucket: "b", key: "automock/pr-1/terraform.tfstate", lockTable: "t", useLockfile: true },
  phase: "ACTIVE",
  ephemeral: true,
  protected: false,
  byo: [],
  token: 0,
  passes: 0,
  idlePasses: 0,
  deleted: {},
};

describe("parseInstant", () => {
  it.each([
    ["2026-03-01T04:00:00Z", Date.UTC(2026, 2, 1, 4)],
    ["2026-03-01T04:00:00.123Z", Date.UTC(2026, 2, 1, 4, 0, 0, 123)],
    ["2026-03-01T04:00:00.123456789Z", Date.UTC(2026, 2, 1, 4, 0, 0, 123)],
    ["2026-03-01T04:00:00+00:00", Date.UTC(2026, 2, 1, 4)],
    ["2026-03-01T04:00:00+05:30", Date.UTC(2026, 1, 28, 22, 30)],
    ["2026-03-01T04:00:00-08:00", Date.UTC(2026, 2, 1, 12)],
    ["2028-02-29T00:00:00Z", Date.UTC(2028, 1, 29)],
  ])("parses %s", (text, ms) => expect(parseInstant(text)).toBe(ms));

  it.each([
    "2026-03-01T04:00:00",
    "2026-03-01 04:00:00Z",
    "2026-03-01",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-04-00T00:00:00Z",
    "2026-03-01T24:00:00Z",
    "2026-03-01T00:60:00Z",
    "2026-03-01T00:00:60Z",
    "2026-03-01T00:00:00+15:00",
    "2026-03-01T00:00:00+01:60",
    "1772323200",
    "",
    "tomorrow",
    1772323200000,
    undefined,
  ])("rejects %p", (text) => expect(parseInstant(text)).toBeUndefined());

  it("parses what formatInstant writes, in seconds", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
        expect(parseInstant(formatInstant(ms))).toBe(Math.floor(ms / 1000) * 1000);
      }),
    ));
});

describe("ttlFault", () => {
  it.each([1, 4, 168])("allows %d hours", (hours) => expect(ttlFault(hours)).toBeUndefined());
  it.each([0, -1, 169, 1.5, Number.NaN])("rejects %d hours", (hours) =>
    expect(ttlFault(hours)).toBe(
      `A time to live of ${hours} hours is not allowed; write whole hours from 1 to 168`,
    ),
  );
  it("the default is allowed and the maximum lifetime is longer", () => {
    expect(ttlFault(TTL_HOURS.default)).toBeUndefined();
    expect(MAX_LIFETIME_HOURS).toBeGreaterThan(TTL_HOURS.max);
  });
});

describe("keys", () => {
  it("are stable", () => {
    expect(registryTableName("111122223333", "us-east-1")).toBe(
      "automock-environments-111122223333-us-east-1",
    );
    expect(registryKey("pr-1")).toEqual({ pk: "ENV#pr-1", sk: "META" });
    expect(registryKey("pr-1", SORT_KEY.resource("ec2:vpc", "vpc-1"))).toEqual({
      pk: "ENV#pr-1",
      sk: "RES#ec2:vpc#vpc-1",
    });
    expect(SORT_KEY.audit("2026-03-01T00:00:00Z", "p", 7)).toBe("AUDIT#2026-03-01T00:00:00Z#p#000007");
    expect(SORT_KEY.done("2026-03-01T00:00:00Z")).toBe("DONE#2026-03-01T00:00:00Z");
    expect(EXPIRE_AT).toBe("expireAt");
  });
});

describe("parseRecord", () => {
  const faultsOf = (changes: Record<string, unknown>) => {
    const parsed = parseRecord({ ...RECORD, ...changes });
    return parsed.kind === "invalid" ? parsed.faults : [];
  };

  it.each([
    ["environment", ""],
    ["system", 1],
    ["phase", "GONE"],
    ["owner", undefined],
    ["accountId", "1234"],
    ["region", null],
    ["ephemeral", "true"],
    ["createdAt", "2026-03-01T00:00:00"],
    ["ttlHours", 0],
    ["ttlHours", "4"],
    ["expiresAt", "soon"],
    ["maxExpiresAt", undefined],
    ["protected", 1],
    ["stateRef", "s3://b/k"],
    ["byo", "vpc-1"],
    ["hourlyCostUsd", -1],
    ["warnPending", ""],
    ["warnFault", ""],
    ["warnedAt", "2026-03-01"],
    ["warnFor", 1],
    ["leaseOwner", ""],
    ["leaseUntilMs", 1.5],
    ["token", -1],
    ["passes", undefined],
    ["firstDeleteAt", "x"],
    ["lockId", ""],
    ["vpcId", 1],
    ["inventoryHash", ""],
    ["lastError", ""],
    ["failureSentFor", false],
    ["idlePasses", "0"],
    ["deleted", []],
  ])("rejects %s = %p with a message", (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} is .+; allowed: .+`));
  });

  it("reports every fault", () =>
    expect(faultsOf({ owner: "", token: -1 })).toEqual([
      'owner is ""; allowed: text',
      "token is -1; allowed: an integer from 0",
    ]));

  const stateRef = { bucket: "b", key: "k", useLockfile: true };
  it.each([
    [{ stateRef: { bucket: "b", key: "k" } }, "stateRef.useLockfile is missing; allowed: true or false"],
    [{ stateRef: { ...stateRef, lockTable: "" } }, 'stateRef.lockTable is ""; allowed: text'],
    [
      { stateRef: { ...stateRef, lockTabel: "t" } },
      'stateRef is {"bucket":"b","key":"k","useLockfile":true,"lockTabel":"t"}; allowed: bucket, key, useLockfile and, where there is one, lockTable',
    ],
    [{ byo: ["vpc-1", 1] }, "byo.1 is 1; allowed: an id or ARN"],
    [{ deleted: { "ec2:vpc": "1" } }, 'deleted.ec2:vpc is "1"; allowed: an integer from 0'],
  ])("rejects %j: %s", (changes, fault) => expect(faultsOf(changes)).toEqual([fault]));

  it("rejects an expiry before creation or after the maximum", () => {
    expect(faultsOf({ expiresAt: "2026-02-28T00:00:00Z" })).toEqual([
      "expiresAt is 2026-02-28T00:00:00Z, not after createdAt 2026-03-01T00:00:00Z",
    ]);
    expect(faultsOf({ expiresAt: "2026-03-15T00:00:01Z" })).toEqual([
      "expiresAt is 2026-03-15T00:00:01Z; allowed: up to maxExpiresAt 2026-03-15T00:00:00Z",
    ]);
  });

  it("drops attributes that are not part of the record", () => {
    const parsed = parseRecord({ ...RECORD, somebodyElses: 1 });
    expect(parsed.kind === "record" && Object.keys(parsed.record)).not.toContain("somebodyElses");
  });
});
