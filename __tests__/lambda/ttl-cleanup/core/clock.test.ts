import fc from "fast-check";
import { formatInstant } from "../../../../contract/registry";
import {
  deletableFrom,
  instantOf,
  noticeEnds,
  overdueMinutes,
  sameInstant,
  times,
  WARN_LEAD,
  warningDue,
} from "../../../../lambda/ttl-cleanup/core/clock";
import { HOUR, iso, MINUTE, recordOf, SECOND, T0 } from "../../../support/reaper-values";

const EXPIRY = T0 + 4 * HOUR;
const expiresAt = iso(EXPIRY);

describe("the warning", () => {
  it("is due 62 minutes before expiry, so that the notice is never under an hour", () => {
    expect(WARN_LEAD).toBe(62 * MINUTE);
    expect(times(recordOf()).warnAt).toBe(EXPIRY - 62 * MINUTE);
    expect(warningDue(recordOf(), EXPIRY - 62 * MINUTE - 1)).toBe(false);
    expect(warningDue(recordOf(), EXPIRY - 62 * MINUTE)).toBe(true);
    expect(warningDue(recordOf(), EXPIRY + HOUR)).toBe(true);
  });

  it("is due once per expiry: an extension makes a new one due", () => {
    const warned = recordOf({ warnFor: expiresAt, warnedAt: iso(EXPIRY - HOUR) });
    expect(warningDue(warned, EXPIRY)).toBe(false);
    const extended = { ...warned, expiresAt: iso(EXPIRY + HOUR) };
    expect(warningDue(extended, EXPIRY - 2 * MINUTE - 1)).toBe(false);
    expect(warningDue(extended, EXPIRY - 2 * MINUTE)).toBe(true);
  });

  it("is due at registration when the life is shorter than its lead", () =>
    expect(warningDue(recordOf({ ttlHours: 1, expiresAt: iso(T0 + HOUR) }), T0)).toBe(true));

  it("knows the same expiry in another notation", () => {
    const warned = recordOf({ warnFor: "2026-03-01T05:00:00+01:00", warnedAt: iso(T0) });
    expect(warningDue(warned, EXPIRY)).toBe(false);
    expect(sameInstant(undefined, expiresAt)).toBe(false);
    expect(sameInstant("nonsense", "other nonsense")).toBe(false);
  });
});

describe("the notice", () => {
  it("ends 55 minutes after the warning", () =>
    expect(noticeEnds(recordOf({ warnFor: expiresAt, warnedAt: iso(EXPIRY - HOUR) }))).toBe(
      EXPIRY - 5 * MINUTE,
    ));

  it("is as long in a life that someone made shorter than an hour", () => {
    const short = recordOf({ expiresAt: iso(T0 + 20 * MINUTE), warnFor: iso(T0 + 20 * MINUTE) });
    expect(noticeEnds({ ...short, warnedAt: iso(T0 + 18 * MINUTE) })).toBe(T0 + 73 * MINUTE);
    const hour = recordOf({ expiresAt: iso(T0 + HOUR), warnFor: iso(T0 + HOUR), warnedAt: iso(T0 + MINUTE) });
    expect(noticeEnds(hour)).toBe(T0 + 56 * MINUTE);
  });

  it("has no end when no one was warned, only of another expiry, or in vain", () => {
    expect(noticeEnds(recordOf())).toBeUndefined();
    expect(noticeEnds(recordOf({ warnFor: iso(T0), warnedAt: iso(T0) }))).toBeUndefined();
    expect(noticeEnds(recordOf({ warnPending: expiresAt, warnFault: "nobody listens" }))).toBeUndefined();
    expect(deletableFrom(recordOf())).toBeUndefined();
  });

  it("never lets anything be deleted before expiry, minimum age and notice", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 168 * 60 }),
        fc.integer({ min: -120, max: 10_000 }),
        (lifeMinutes, warnedMinutes) => {
          const expiry = formatInstant(T0 + lifeMinutes * MINUTE);
          const at = formatInstant(T0 + warnedMinutes * MINUTE);
          const from = deletableFrom(recordOf({ expiresAt: expiry, warnFor: expiry, warnedAt: at }))!;
          expect(from).toBeGreaterThanOrEqual(T0 + lifeMinutes * MINUTE);
          expect(from).toBeGreaterThanOrEqual(T0 + 15 * MINUTE);
          expect(from).toBeGreaterThanOrEqual(T0 + (warnedMinutes + 55) * MINUTE);
        },
      ),
    ));
});

it("counts whole minutes past expiry, none before", () => {
  expect(overdueMinutes(recordOf(), EXPIRY - HOUR)).toBe(0);
  expect(overdueMinutes(recordOf(), EXPIRY + 90 * SECOND)).toBe(1);
});

it("refuses what is not an instant", () =>
  expect(() => instantOf("2026-03-01T00:00:00")).toThrow(
    '"2026-03-01T00:00:00" is not an instant with a zone',
  ));
