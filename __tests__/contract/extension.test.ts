import fc from "fast-check";
import { EXTENDABLE_PHASES, extension, LIVING_PHASES } from "../../contract/extension";
import { PHASES } from "../../contract/registry";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.parse("2026-03-01T00:00:00Z");
const record = {
  phase: "ACTIVE",
  expiresAt: "2026-03-01T04:00:00Z",
  maxExpiresAt: "2026-03-15T00:00:00Z",
} as const;

it("counts from the current expiry", () =>
  expect(extension(record, 2 * HOUR, T0)).toEqual({ kind: "to", expiresAt: "2026-03-01T06:00:00Z" }));

it("counts from now if the environment has expired", () =>
  expect(extension(record, 2 * HOUR, T0 + 10 * HOUR)).toEqual({
    kind: "to",
    expiresAt: "2026-03-01T12:00:00Z",
  }));

it("can reach the maximum exactly; otherwise returns the longest possible extension", () => {
  expect(extension(record, 332 * HOUR, T0)).toEqual({ kind: "to", expiresAt: record.maxExpiresAt });
  expect(extension(record, 332 * HOUR + 1, T0)).toEqual({ kind: "tooFar", mostMs: 332 * HOUR });
  expect(extension(record, MINUTE, T0 + 337 * HOUR)).toEqual({ kind: "tooFar", mostMs: -HOUR });
});

it("is possible until the first deletion, even after expiry", () => {
  expect(LIVING_PHASES).toEqual(["ACTIVE", "WARNED"]);
  expect(EXTENDABLE_PHASES).toEqual(["ACTIVE", "WARNED", "EXPIRED"]);
  const kinds = PHASES.map((phase) => [phase, extension({ ...record, phase }, HOUR, T0).kind]);
  expect(kinds.filter(([, kind]) => kind === "to").map(([phase]) => phase)).toEqual(EXTENDABLE_PHASES);
  expect(kinds.filter(([, kind]) => kind === "removing")).toHaveLength(PHASES.length - 3);
});

it("never moves the expiry back or past the maximum", () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 0, max: 400 }), (minutes, hours) => {
      const moved = extension(record, minutes * MINUTE, T0 + hours * HOUR);
      if (moved.kind !== "to") return;
      expect(Date.parse(moved.expiresAt)).toBeGreaterThan(Date.parse(record.expiresAt));
      expect(Date.parse(moved.expiresAt)).toBeLessThanOrEqual(Date.parse(record.maxExpiresAt));
    }),
  ));
