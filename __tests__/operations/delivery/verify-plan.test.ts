import type { PlanMeta } from "../../../operations/delivery/artifact";
import { verifyPlan, verifyState, type PlanExpectation } from "../../../operations/delivery/verify-plan";
import { UserError } from "../../../contract/user-error";

const SHA = "4be1a0c2d3e4f5061728394a5b6c7d8e9f001122";
const DIGEST = `sha256:${"a".repeat(64)}`;
const OTHER_DIGEST = `sha256:${"b".repeat(64)}`;
const META: PlanMeta = {
  version: 1,
  app: "automock-infra",
  stack: "automock-prod",
  accountId: "123456789012",
  region: "us-east-1",
  commit: { sha: SHA, dirty: false },
  terraformVersion: "1.11.4",
  lineage: "a-lineage",
  serial: 7,
  createdAt: "2026-11-21T08:00:00.000Z",
  expiresAt: "2026-11-22T08:00:00.000Z",
  files: {},
  digest: DIGEST,
};
const EXPECTED: PlanExpectation = {
  stack: "automock-prod",
  accountId: "123456789012",
  region: "us-east-1",
  terraformVersion: "1.11.4",
  digest: DIGEST,
  head: { sha: SHA, dirty: false },
  now: Date.parse("2026-11-21T09:00:00Z"),
};

const verify = (meta: Partial<PlanMeta>, expected: Partial<PlanExpectation> = {}) =>
  verifyPlan({ ...META, ...meta }, { ...EXPECTED, ...expected });
const said = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "";
};

const AGAIN = "Nothing was applied. Plan again: automock plan automock-prod";

it.each([
  ["as it is", {}, {}],
  ["without a wanted digest", {}, { digest: undefined }],
  ["with --commit in full", {}, { commit: SHA, head: { sha: "0".repeat(40), dirty: false } }],
  ["with --commit in short", {}, { commit: SHA.slice(0, 7) }],
  ["outside of git", {}, { head: undefined }],
  ["made and applied outside of git", { commit: undefined }, { head: undefined }],
  ["made with uncommitted changes, applied where it was made", { commit: { sha: SHA, dirty: true } }, {}],
  ["in its last second", {}, { now: Date.parse(META.expiresAt) }],
  ["with clocks that differ by five minutes", {}, { now: Date.parse(META.createdAt) - 300_000 }],
] satisfies [string, Partial<PlanMeta>, Partial<PlanExpectation>][])(
  "is accepted %s",
  (_, meta, expected) => {
    expect(said(() => verify(meta, expected))).toBe("");
  },
);

it.each([
  [
    "another stack",
    { stack: "automock-staging" },
    {},
    "The saved plan is for automock-staging, not for automock-prod.\n" +
      "Nothing was applied. Name the folder of automock-prod's plan, or deploy automock-staging.",
  ],
  [
    "another digest",
    {},
    { digest: OTHER_DIGEST },
    `--digest is ${OTHER_DIGEST}, but the saved plan has ${DIGEST}: it is not the approved plan.\n` +
      "Nothing was applied. Download the approved plan, or get this one approved.",
  ],
  ...["", DIGEST.slice(0, 19), "a".repeat(64), DIGEST.toUpperCase()].map(
    (digest) =>
      [
        `no whole digest: "${digest}"`,
        {},
        { digest },
        `--digest is "${digest}"; use the complete digest, sha256: and 64 hex digits, from the last line of the plan.\nNothing was applied.`,
      ] as [string, Partial<PlanMeta>, Partial<PlanExpectation>, string],
  ),
  [
    "another account",
    { accountId: "210987654321" },
    {},
    "The plan was created for account 210987654321 in us-east-1; automock-prod now belongs to 123456789012 in us-east-1.\n" +
      AGAIN,
  ],
  [
    "another region",
    {},
    { region: "eu-west-1" },
    "The plan was created for account 123456789012 in us-east-1; automock-prod now belongs to 123456789012 in eu-west-1.\n" +
      AGAIN,
  ],
  [
    "another HEAD",
    {},
    { head: { sha: "f".repeat(40), dirty: false } },
    `The plan was created from commit ${SHA}, but the current commit is ${"f".repeat(40)}.\n` +
      "Nothing was applied. Check out 4be1a0c2d3e4, or plan again: automock plan automock-prod",
  ],
  [
    "another --commit",
    {},
    { commit: "fffffff" },
    `The plan was created from commit ${SHA}, but --commit is fffffff.\n` +
      "Nothing was applied. Check out 4be1a0c2d3e4, or plan again: automock plan automock-prod",
  ],
  [
    "a --commit that is none",
    {},
    { commit: "main" },
    '--commit is "main"; use 7 to 64 hex digits of a commit.\nNothing was applied.',
  ],
  [
    "a --commit that is too short",
    {},
    { commit: SHA.slice(0, 6) },
    '--commit is "4be1a0"; use 7 to 64 hex digits of a commit.\nNothing was applied.',
  ],
  [
    "uncommitted changes where a commit was approved",
    { commit: { sha: SHA, dirty: true } },
    { commit: SHA },
    `--commit is ${SHA}, but the plan was created with uncommitted changes on top of it, so it does not match the commit.\n` +
      "Nothing was applied. Commit the changes, then plan again: automock plan automock-prod",
  ],
  [
    "no commit where there is one",
    { commit: undefined },
    {},
    `The plan was created outside a Git repository, but the current commit is ${SHA}: there is no way to compare them.\n${AGAIN}`,
  ],
  [
    "old age",
    {},
    { now: Date.parse("2026-11-22T09:30:00Z") },
    "The plan was created at 2026-11-21T08:00:00.000Z and expired 1 h 30 min ago, at 2026-11-22T08:00:00.000Z.\n" +
      AGAIN,
  ],
  [
    "a date in the future",
    {},
    { now: Date.parse("2026-11-21T07:54:59Z") },
    "The creation time of the plan, 2026-11-21T08:00:00.000Z, is in the future.\nCorrect the clock. " + AGAIN,
  ],
  [
    "another Terraform",
    {},
    { terraformVersion: "1.12.0" },
    "The plan was created by Terraform 1.11.4; the installed version is 1.12.0, which cannot read it.\n" +
      "Nothing was applied. Use Terraform 1.11.4 (TERRAFORM_BINARY_NAME sets another binary), or plan again.",
  ],
] satisfies [string, Partial<PlanMeta>, Partial<PlanExpectation>, string][])(
  "is refused for %s",
  (_, meta, expected, message) => {
    expect(said(() => verify(meta, expected))).toBe(message);
  },
);

describe("the state", () => {
  const WRITTEN = new Date("2026-11-21T08:30:00Z");
  const state = (now?: { lineage: string; serial: number }, meta: Partial<PlanMeta> = {}) =>
    said(() => verifyState({ ...META, ...meta }, now && { ...now, writtenAt: WRITTEN }));
  const NEW = { lineage: undefined, serial: undefined };

  it("is the one the plan was made against", () => {
    expect(state({ lineage: "a-lineage", serial: 7 })).toBe("");
    expect(state(undefined, NEW)).toBe("");
  });

  it.each([
    [
      "went on",
      { lineage: "a-lineage", serial: 8 },
      {},
      "It was created for serial 7; the state now has serial 8, last written at 2026-11-21T08:30:00Z.",
    ],
    [
      "was put back",
      { lineage: "a-lineage", serial: 6 },
      {},
      "It was created for serial 7; the state now has serial 6, last written at 2026-11-21T08:30:00Z.",
    ],
    [
      "is another one",
      { lineage: "b-lineage", serial: 7 },
      {},
      "The stack was destroyed and deployed again, last written at 2026-11-21T08:30:00Z: the state has another lineage.",
    ],
    [
      "is gone",
      undefined,
      {},
      "It was created for serial 7; now there is no state: the stack was destroyed.",
    ],
    [
      "has appeared",
      { lineage: "a-lineage", serial: 1 },
      NEW,
      "It was created when nothing was deployed; now there is a state (serial 1, last written at 2026-11-21T08:30:00Z).",
    ],
  ] as const)("%s: the plan is stale", (_, now, meta, detail) => {
    expect(state(now, meta)).toBe(
      `The saved plan of automock-prod is stale: the state has changed since it was created. ${detail}\n` +
        "Nothing was applied. Plan again and review the new plan: automock plan automock-prod",
    );
  });

  it("is stale even when nobody knows since when", () => {
    expect(() => verifyState(META, { lineage: "a-lineage", serial: 8 })).toThrow(
      "the state now has serial 8.\n",
    );
  });
});
