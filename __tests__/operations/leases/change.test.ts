import {
  extend,
  protectionText,
  requireRecord,
  setProtected,
  type ProtectionChange,
} from "../../../operations/leases/change";
import type { Located } from "../../../operations/leases/located";
import { RegistryMissing } from "../../../registry/missing";
import { UserError } from "../../../contract/user-error";
import { EXTENDABLE_PHASES } from "../../../contract/extension";
import { PHASES } from "../../../contract/registry";
import { ephemeralEnvironment, prodEnvironment } from "../../support/environments";
import { ACCOUNT, HOUR, iso, MINUTE, REGION, T0 } from "../../support/reaper-values";
import { RegistryTable } from "../../support/registry-table";

const located: Located = {
  ref: { id: "automock-demo", system: "automock", environment: "demo", accountId: ACCOUNT, region: REGION },
};
const now = T0 + HOUR;
const by = (ms: number, at = now) => ({ ms, now: () => at });

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe("extend", () => {
  it("counts from the present expiry", async () => {
    const table = new RegistryTable();
    table.put({ expiresAt: iso(T0 + 4 * HOUR) });
    expect(await extend(table.registry, located, by(2 * HOUR))).toEqual({
      stack: "automock-demo",
      accountId: ACCOUNT,
      region: REGION,
      from: iso(T0 + 4 * HOUR),
      to: iso(T0 + 6 * HOUR),
      maxExpiresAt: iso(T0 + 336 * HOUR),
    });
    expect(table.value("demo", "expiresAt")).toEqual({ S: iso(T0 + 6 * HOUR) });
  });

  it.each(["WARNED", "EXPIRED"] as const)(
    "counts from now when the expiry has passed and nothing is deleted yet, in phase %s",
    async (phase) => {
      const table = new RegistryTable();
      table.put({ phase, expiresAt: iso(T0 + 4 * HOUR), protected: true });
      const { to } = await extend(table.registry, located, by(2 * HOUR, T0 + 10 * HOUR));
      expect(to).toBe(iso(T0 + 12 * HOUR));
    },
  );

  it.each(PHASES.filter((phase) => !EXTENDABLE_PHASES.includes(phase)))(
    "says that the removal has begun in phase %s",
    async (phase) => {
      const table = new RegistryTable();
      table.put({ phase });
      expect(await messageOf(extend(table.registry, located, by(HOUR)))).toBe(
        `The deletion of demo (owner team-a) has begun: it expired at ${iso(T0 + 4 * HOUR)} and is in phase ${phase}. ` +
          "It can no longer be extended. After the deletion, deploy it again: automock deploy automock-demo.",
      );
      expect(table.value("demo", "expiresAt")).toEqual({ S: iso(T0 + 4 * HOUR) });
    },
  );

  it("reaches the maximum exactly, and says the most that is possible", async () => {
    const table = new RegistryTable();
    table.put({ expiresAt: iso(T0 + 300 * HOUR + 30 * MINUTE) });
    expect(await messageOf(extend(table.registry, located, by(35 * HOUR + 31 * MINUTE)))).toBe(
      `1 d 11 h is too long. An environment lives at most 336 hours from its first deployment; for automock-demo that is until ${iso(T0 + 336 * HOUR)}.\n` +
        "The maximum is --by 35h30m.",
    );
    const { to } = await extend(table.registry, located, by(35.5 * HOUR));
    expect(to).toBe(iso(T0 + 336 * HOUR));
    expect(await messageOf(extend(table.registry, located, by(MINUTE)))).toBe(
      `automock-demo cannot be extended any further. An environment lives at most 336 hours from its first deployment; for automock-demo that is until ${iso(T0 + 336 * HOUR)}.\n` +
        "To keep it longer, run automock protect automock-demo; its owner pays for it until it is unprotected.",
    );
  });

  it("follows an expiry that someone else moves meanwhile", async () => {
    const table = new RegistryTable();
    table.put({ expiresAt: iso(T0 + 4 * HOUR) });
    table.beforeUpdate = () => {
      table.change("demo", { expiresAt: iso(T0 + 8 * HOUR) });
      table.beforeUpdate = () => undefined;
    };
    const { from, to } = await extend(table.registry, located, by(2 * HOUR));
    expect([from, to]).toEqual([iso(T0 + 8 * HOUR), iso(T0 + 10 * HOUR)]);
  });

  it("gives way to a removal that begins meanwhile", async () => {
    const table = new RegistryTable();
    table.put();
    table.beforeUpdate = () => table.change("demo", { phase: "DELETING" });
    expect(await messageOf(extend(table.registry, located, by(HOUR)))).toContain("is in phase DELETING");
  });

  it("gives up when the expiry moves all the time", async () => {
    const table = new RegistryTable();
    table.put();
    let moves = 0;
    table.beforeUpdate = () => table.change("demo", { expiresAt: iso(T0 + (5 + ++moves) * HOUR) });
    expect(await messageOf(extend(table.registry, located, by(HOUR)))).toBe(
      "The record of demo changed 5 times while it was being extended. Find out who changes it (automock status automock-demo), then try again.",
    );
    expect(moves).toBe(5);
  });
});

describe("what has no time to live", () => {
  it("is a permanent environment", async () => {
    const { ref } = located;
    const permanent = { ref: { ...ref, id: "automock-prod", definition: prodEnvironment } };
    expect(await messageOf(requireRecord(new RegistryTable().registry, permanent))).toBe(
      "automock-prod is permanent: its environment has no ttlHours, so it never expires, and the reaper never touches it.",
    );
  });

  it("is one without a record: what the file's absence says comes first", async () => {
    const { registry } = new RegistryTable();
    const withFile = { ref: { ...located.ref, definition: ephemeralEnvironment } };
    expect(await messageOf(requireRecord(registry, withFile))).toBe(
      `automock-demo is not deployed: the registry of account ${ACCOUNT} in ${REGION} has no record for it. Deploy it with automock deploy automock-demo.`,
    );
    const unknown = new UserError("no such stack");
    expect(await messageOf(requireRecord(registry, { ...located, unknown }))).toBe("no such stack");
  });

  it("is another system of the environment, or one with a faulty record", async () => {
    const table = new RegistryTable();
    table.put();
    const other: Located = { ref: { ...located.ref, id: "task-api-demo", system: "task-api" } };
    expect(await messageOf(requireRecord(table.registry, other))).toBe(
      "The environment demo belongs to automock-demo; task-api-demo has no time to live.",
    );
    table.change("demo", { expiresAt: "soon" });
    expect(await messageOf(requireRecord(table.registry, located))).toBe(
      "The record of demo is invalid, so the reaper skips it and raises an alarm:\n" +
        '  expiresAt is "soon"; allowed: an instant with a zone such as 2026-01-31T09:00:00Z\n' +
        "Fix the item in the registry; docs/runbooks/ttl-cleanup.md says where it is.",
    );
  });

  it("is everything where the bootstrap stack is missing", async () => {
    const table = new RegistryTable();
    table.missing = true;
    await expect(requireRecord(table.registry, located)).rejects.toThrow(RegistryMissing);
  });
});

describe("protection", () => {
  const base: ProtectionChange = {
    stack: "automock-demo",
    accountId: ACCOUNT,
    region: REGION,
    protected: true,
    changed: true,
    owner: "team-a",
    phase: "ACTIVE",
    expiresAt: iso(T0 + 4 * HOUR),
    minutesLeft: 180,
    deletionEnabled: true,
    usdHourly: { expected: 0.107 },
  };

  it("is set and taken away; twice changes nothing", async () => {
    const table = new RegistryTable();
    table.put({ hourlyCostUsd: 0.107 });
    const change = (value: boolean) => setProtected(table.registry, located, value, now);
    expect(await change(true)).toEqual(base);
    expect(table.value("demo", "protected")).toEqual({ BOOL: true });
    expect(await change(true)).toMatchObject({ protected: true, changed: false });
    expect(await change(false)).toMatchObject({ protected: false, changed: true });
    expect(table.value("demo", "protected")).toEqual({ BOOL: false });
    expect(await change(false)).toMatchObject({ protected: false, changed: false });
    table.deletionEnabled = false;
    expect(await change(false)).toMatchObject({ deletionEnabled: false });
  });

  it("makes no record of one that went meanwhile", async () => {
    const table = new RegistryTable();
    table.put();
    table.beforeUpdate = () => table.items.delete("demo");
    expect(await messageOf(setProtected(table.registry, located, true, now))).toContain("is not deployed");
    expect(table.items.size).toBe(0);
  });

  it.each<[ProtectionChange, string[]]>([
    [
      base,
      [
        "automock-demo is now protected: it is not deleted, not even at its expiry (3 h left).",
        "team-a pays for it, about $0.1070 per hour or more, until someone runs automock unprotect automock-demo.",
      ],
    ],
    [
      { ...base, changed: false, phase: "DELETING", minutesLeft: -5, usdHourly: undefined },
      [
        "automock-demo was already protected: it is not deleted, not even at its expiry (expired 5 min ago).",
        "team-a pays for it, until someone runs automock unprotect automock-demo.",
        "Its deletion had begun (phase DELETING): deleted resources are not restored, and the reaper stops before the next deletion.",
      ],
    ],
    [
      { ...base, protected: false },
      [`automock-demo is no longer protected: it expires at ${iso(T0 + 4 * HOUR)} (3 h left).`],
    ],
    [
      { ...base, protected: false, changed: false, minutesLeft: -1 },
      [
        "automock-demo was not protected: it has expired, and the reaper will delete it at most one hour after it warned the owner. To keep it, extend it now.",
      ],
    ],
    [
      { ...base, protected: false, minutesLeft: -1, deletionEnabled: false },
      [
        "automock-demo is no longer protected: it has expired, but deletion is not enabled in this account and region: the reaper only reports what it would delete.",
      ],
    ],
  ])("says what it means: %#", (change, lines) => expect(protectionText(change)).toEqual(lines));
});
