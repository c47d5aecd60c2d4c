import { SCANNER_EXCEPTIONS, TYPES_WITHOUT_FINDINGS } from "../../operations/scanner-exceptions";
import { delivery } from "../support/delivery";
import { adminEnvironment, ephemeralEnvironment } from "../support/environments";
import { synthesize } from "../support/golden";
import { read, tableUnder, updateTable } from "../support/markdown";

const HEADING = "What scanners report";

it("every exception says why, who decides and until when, once per check", () => {
  for (const { checks, asks, types, reason, owner, reviewBy } of SCANNER_EXCEPTIONS) {
    for (const check of checks) expect(check).toMatch(/^(CKV2?_AWS_\d+|AWS-\d{4})$/);
    expect(asks.length).toBeGreaterThan(10);
    expect(types.length).toBeGreaterThan(0);
    expect(reason.length).toBeGreaterThan(40);
    expect(reason).toMatch(/\.$/);
    expect(owner).toMatch(/^[a-z-]+$/);
    expect(new Date(`${reviewBy}T00:00:00Z`).toISOString().slice(0, 10)).toBe(reviewBy);
  }
  const checks = SCANNER_EXCEPTIONS.flatMap((exception) => exception.checks);
  expect(new Set(checks).size).toBe(checks.length);
});

it("every type of the stacks was looked at: a new one needs an exception, or a line that it has no finding", () => {
  const environments = [...delivery, ephemeralEnvironment];
  const types = [...synthesize(environments).values(), ...synthesize([adminEnvironment]).values()].flatMap(
    (text) => Object.keys((JSON.parse(text) as { resource: object }).resource),
  );
  const excepted = SCANNER_EXCEPTIONS.flatMap((exception) => exception.types);
  const known = new Set([...excepted, ...TYPES_WITHOUT_FINDINGS]);
  expect([...new Set(types)].filter((type) => !known.has(type))).toEqual([]);
  expect([...known].filter((type) => !types.includes(type))).toEqual([]);
  expect(TYPES_WITHOUT_FINDINGS.filter((type) => excepted.includes(type))).toEqual([]);
});

it("the document shows them all (npm run golden:update rewrites it)", () => {
  const table = [
    ["checks", "ask for", "on", "why not", "decided by", "again by"],
    ...SCANNER_EXCEPTIONS.map(({ checks, asks, types, reason, owner, reviewBy }) => [
      checks.join(", "),
      asks,
      types.map((type) => `\`${type}\``).join(", "),
      reason,
      owner,
      reviewBy,
    ]),
  ];
  updateTable("docs/security.md", HEADING, table);
  expect(tableUnder(read("docs/security.md"), HEADING)).toEqual(table);
});
