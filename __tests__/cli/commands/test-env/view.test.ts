import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createColors } from "picocolors";
import {
  cleanupLines,
  exportLines,
  extendedLine,
  listLines,
  planLines,
  reportLines,
  showLines,
  statsLines,
  stoppedLines,
  sweepLines,
  upLines,
} from "../../../../cli/commands/test-env/view";
import { parseTestEnvironment } from "../../../../environments/schema/test-environment-load";
import type { ExistingRun } from "../../../../operations/test-environments/existing";
import { planRun } from "../../../../operations/test-environments/plan";
import type { CleanupReport, RunReport } from "../../../../operations/test-environments/report";
import { statsOf } from "../../../../operations/test-environments/stats";
import { TEST_HEADER } from "../../../support/test-run";

/** What people read, as it is printed without colors. */

const colors = createColors(false);
const RUN = TEST_HEADER.run;

const existing: ExistingRun = {
  run: RUN,
  spec: "orders",
  owner: "platform-team",
  accountId: "123456789012",
  region: "us-east-1",
  phase: "ACTIVE",
  createdAt: "2026-01-31T09:00:00Z",
  expiresAt: "2026-01-31T09:30:00Z",
  minutesLeft: 12,
};
const complete: CleanupReport = { result: "complete", seconds: 4.26, deleted: 10, left: [], errors: [] };
const incomplete: CleanupReport = {
  result: "incomplete",
  seconds: 61,
  deleted: 9,
  left: [{ resource: `dynamodb:table test-${RUN}-users`, reason: "AccessDenied: no" }],
  errors: ["listing s3:bucket: AccessDenied"],
  next: `The record has expired. To remove the rest: automock test-env down ${RUN}`,
};

it("plan of the sample", () => {
  const FILE = "environments/test/orders.json";
  const { environment } = parseTestEnvironment(FILE, readFileSync(join(__dirname, "..", "..", "..", "..", FILE), "utf8")); // prettier-ignore
  expect(planLines(planRun(TEST_HEADER, environment!))).toEqual([
    "orders in account 123456789012, us-east-1: 12 resources, 29 calls",
    "1.",
    "  orders  dynamodb:table  test-orders-k3f9aa-orders",
    "  receipts  s3:bucket  test-orders-k3f9aa-receipts-123456789012",
    "  jobs-dead  sqs:queue  test-orders-k3f9aa-jobs-dead",
    "  api.role  iam:role  test-orders-k3f9aa-api",
    "  api.logs  logs:log-group  /test-orders-k3f9aa/api",
    "  worker.role  iam:role  test-orders-k3f9aa-worker",
    "  worker.logs  logs:log-group  /test-orders-k3f9aa/worker",
    "2.",
    "  jobs  sqs:queue  test-orders-k3f9aa-jobs  after jobs-dead",
    "  worker  lambda:function  test-orders-k3f9aa-worker  after worker.role, worker.logs",
    "3.",
    "  api  lambda:function  test-orders-k3f9aa-api  after api.role, api.logs, jobs",
    "  worker.jobs  lambda:event-source-mapping  test-orders-k3f9aa-worker  after worker, jobs",
    "4.",
    "  http  apigateway:http-api  test-orders-k3f9aa-http  after api",
    "A run lives at most 30 min and costs up to $0.1785, at 10,000 requests to each resource (limit: $0.5000).",
    "At most 50 environments at the same time.",
  ]);
});

describe("a run", () => {
  const report: RunReport = {
    run: RUN,
    spec: "orders",
    accountId: "123456789012",
    region: "us-east-1",
    exitCode: 0,
    create: { result: "created", seconds: 3.14, resources: 10 },
    tests: { passed: true, exitCode: 0, timedOut: false, seconds: 12.3 },
    cleanup: complete,
    outputs: {},
    timeline: [
      { node: "users", type: "dynamodb:table", startMs: 0, endMs: 2000, result: "created" },
      { node: "http", type: "apigateway:http-api", startMs: 2000, endMs: 4000, result: "adopted" },
    ],
    calls: 126,
  };

  it("that passes", () =>
    expect(reportLines(report, colors)).toEqual([
      "users  ████████████████████                      2.0 s",
      "http                       ████████████████████  2.0 s adopted",
      "",
      "created:  10 resources in 3.1 s",
      "tests:    passed in 12.3 s",
      "removed:  10 resources in 4.3 s; nothing is left",
      `${RUN}: 126 calls to AWS, exit code 0`,
    ]));

  it("whose tests fail and that is not removed", () =>
    expect(
      reportLines(
        {
          ...report,
          exitCode: 3,
          tests: { passed: false, exitCode: 2, timedOut: false, seconds: 1 },
          cleanup: incomplete,
          timeline: [],
        },
        colors,
      ),
    ).toEqual([
      "",
      "created:  10 resources in 3.1 s",
      "tests:    failed with exit code 2 after 1.0 s",
      "removed:  INCOMPLETE after 61.0 s; 9 resources removed, 1 left",
      `  dynamodb:table test-${RUN}-users: AccessDenied: no`,
      "  not known: listing s3:bucket: AccessDenied",
      `The record has expired. To remove the rest: automock test-env down ${RUN}`,
      `${RUN}: 126 calls to AWS, exit code 3`,
    ]));
});

describe("an environment that is kept", () => {
  it("up", () =>
    expect(
      upLines(
        {
          run: RUN,
          create: { result: "created", seconds: 3.14, resources: 1 },
          outputs: { USERS_TABLE: "test-users" },
          timeline: [{ node: "users", type: "dynamodb:table", startMs: 0, endMs: 2000, result: "created" }],
        } as Partial<RunReport> as RunReport,
        "2026-01-31T09:30:00Z",
      ),
    ).toEqual([
      "users  ████████████████████████████████████████  2.0 s",
      "",
      `${RUN}: 1 resource in 3.1 s; it expires at 2026-01-31T09:30:00Z.`,
      "export USERS_TABLE='test-users'",
      `Remove it with automock test-env down ${RUN}.`,
    ]));

  it("extend", () =>
    expect(
      extendedLine({
        run: RUN,
        from: "2026-01-31T09:30:00Z",
        to: "2026-01-31T10:30:00Z",
        maxExpiresAt: "2026-01-31T13:00:00Z",
      }),
    ).toBe(
      `${RUN} expires at 2026-01-31T10:30:00Z (before: 2026-01-31T09:30:00Z). It can be extended until 2026-01-31T13:00:00Z.`,
    ));

  it("down", () => {
    expect(cleanupLines(RUN, complete)).toEqual([`${RUN}: 10 resources in 4.3 s; nothing is left`]);
    expect(cleanupLines(RUN, { ...complete, deleted: 0 })).toEqual([`${RUN}: nothing was left to remove`]);
  });
});

it("variables are quoted for a shell", () =>
  expect(exportLines({ A_TABLE: "x", B_URL: "it's" })).toEqual([
    "export A_TABLE='x'",
    "export B_URL='it'\\''s'",
  ]));

it("list", () => {
  expect(listLines([], colors)).toEqual(["There are no test environments."]);
  expect(listLines([existing, { ...existing, run: "orders-zzzzzz", minutesLeft: -3 }], colors)).toEqual([
    [
      "RUN            OWNER          ACCOUNT/REGION          PHASE   TIME LEFT",
      "orders-k3f9aa  platform-team  123456789012/us-east-1  ACTIVE  12 min",
      "orders-zzzzzz  platform-team  123456789012/us-east-1  ACTIVE  expired 3 min ago",
    ].join("\n"),
  ]);
});

it("show", () =>
  expect(
    showLines({
      run: RUN,
      record: { owner: "platform-team", phase: "ACTIVE" },
      journal: [
        {
          node: "users",
          state: "intent",
          type: "dynamodb:table",
          name: "test-users",
          at: "2026-01-31T09:00:00Z",
        },
        {
          node: "jobs",
          state: "created",
          type: "sqs:queue",
          name: "test-jobs",
          id: "https://sqs/test-jobs",
          at: "2026-01-31T09:00:01Z",
        },
      ],
    }),
  ).toEqual([
    RUN,
    "  owner: platform-team",
    "  phase: ACTIVE",
    "journal:",
    "  users  intent  dynamodb:table  test-users",
    "  jobs  created  sqs:queue  https://sqs/test-jobs",
  ]));

it("stats", () => {
  const since = "2026-01-01T00:00:00Z";
  expect(statsLines(statsOf("orders", since, []))).toEqual([
    "No run of orders has finished since 2026-01-01T00:00:00Z.",
  ]);
  const run = { run: RUN, spec: "orders", at: "2026-01-31T09:00:00Z", resources: 10, leftovers: 0 };
  expect(
    statsLines(
      statsOf("orders", since, [
        { ...run, exitCode: 0, createSeconds: 10, destroySeconds: 4 },
        { ...run, exitCode: 3, createSeconds: 20, destroySeconds: 60, leftovers: 2 },
      ]),
    ),
  ).toEqual([
    "orders: 2 runs since 2026-01-01T00:00:00Z",
    "passed 1, tests failed 0, not created 0, cleanup incomplete 1, interrupted 0; left over: 2",
    "create   p50 10.0 s, p95 20.0 s, p99 20.0 s, max 20.0 s",
    "destroy  p50 4.0 s, p95 60.0 s, p99 60.0 s, max 60.0 s",
  ]);
});

it("sweep", () => {
  expect(sweepLines([], [])).toEqual(["No test environment has expired."]);
  expect(sweepLines([existing], [])).toEqual([
    `${RUN} (owner platform-team) expired at 2026-01-31T09:30:00Z.`,
    "To remove them: automock test-env sweep --yes",
  ]);
  expect(sweepLines([existing], [{ run: RUN, cleanup: complete }])).toEqual([
    `${RUN}: 10 resources in 4.3 s; nothing is left`,
  ]);
});

it("a second signal says what may be left", () => {
  const entry = {
    node: "users",
    type: "dynamodb:table",
    name: "test-users",
    at: "2026-01-31T09:00:00Z",
  } as const;
  expect(
    stoppedLines(
      {
        header: TEST_HEADER,
        entries: [
          { ...entry, state: "created", id: "test-users" },
          { ...entry, node: "files", type: "s3:bucket", name: "test-files", state: "refused" },
        ],
        closed: false,
      },
      "journal.jsonl",
    ),
  ).toEqual([
    "Stopped before everything was removed.",
    "What may be left:",
    "  dynamodb:table test-users",
    "Its journal is journal.jsonl.",
    `To remove the rest: automock test-env down ${RUN}`,
  ]);
});
