import {
  completionNotice,
  dryRunNotice,
  failureNotice,
  halfDeletedNotice,
  invalidNotice,
  refusalNotice,
  warningNotice,
  type Notice,
} from "../../../../lambda/ttl-cleanup/core/report";
import { reap } from "../../../../lambda/ttl-cleanup/core/reaper";
import { runPass } from "../../../../lambda/ttl-cleanup/core/pass";
import { drive } from "../../../support/reaper-driver";
import { FakeAws } from "../../../support/reaper-fakes";
import { CONFIG, HOUR, iso, MINUTE, named, recordOf, T0 } from "../../../support/reaper-values";
import { typicalAws, TYPES } from "../../../support/reaper-graphs";

const EXPIRY = T0 + 4 * HOUR;
const COST = { hourlyCostUsd: 0.5 };

describe("the texts", () => {
  it("of a warning: when exactly, what, what it costs, how to keep it", () => {
    const { subject, text } = warningNotice(recordOf(COST), EXPIRY - 62 * MINUTE);
    expect(subject).toBe("pr-1 will be deleted at 2026-03-01T04:00:00Z");
    expect(text)
      .toBe(`The environment pr-1 (owner team-a, account 111122223333, us-east-1) expires in 1 h 2 min, at 2026-03-01T04:00:00Z.
Everything in it is deleted then, data included, at the earliest 55 minutes after this message.
It has cost about $1.48 in 2 h 58 min; keeping it costs about $12.00 per day, $365.00 per month.

To keep it longer, up to 2026-03-15T00:00:00Z:  npx automock extend automock-pr-1 --by 2h
To keep it until you say otherwise:  npx automock protect automock-pr-1
Console: https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/automock-pr-1?region=us-east-1
Runbook: docs/runbooks/ttl-cleanup.md
`);
  });

  it("of a warning for what is past, and cannot live longer, without costs", () => {
    const record = recordOf({ maxExpiresAt: iso(EXPIRY) });
    expect(warningNotice(record, EXPIRY + MINUTE).text)
      .toBe(`The environment pr-1 (owner team-a, account 111122223333, us-east-1) expires at 2026-03-01T04:00:00Z, which has passed.
Everything in it is deleted then, data included, at the earliest 55 minutes after this message.

It has reached its maximum lifetime and cannot be extended.
To keep it until you say otherwise:  npx automock protect automock-pr-1
Console: https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/automock-pr-1?region=us-east-1
Runbook: docs/runbooks/ttl-cleanup.md
`);
  });

  it("of a completion: what, how long, what it cost, the proof and the way back", () => {
    const proof = {
      listings: [
        { at: iso(EXPIRY + 5 * MINUTE), tombstones: [], unproven: [] },
        { at: iso(EXPIRY + 6 * MINUTE), tombstones: ["nat-1 (deleted)"], unproven: [] },
      ],
      stateSerial: 8,
      stateVersionId: "v7",
      deleted: { "ec2:vpc": 1, "ec2:subnet": 6 },
      durationMs: 390_000,
    };
    const record = recordOf({ ...COST, warnFor: iso(EXPIRY) });
    const { subject, text } = completionNotice(record, proof, EXPIRY + 6 * MINUTE);
    expect(subject).toBe("pr-1 is deleted: 7 resources in 6 min 30 s");
    expect(text)
      .toBe(`The environment pr-1 (owner team-a, account 111122223333, us-east-1) expired at 2026-03-01T04:00:00Z and is deleted.
It took 6 min 30 s from the first deletion to the proof that nothing is left.
It has cost about $2.05 in 4 h 6 min; keeping it would cost about $12.00 per day, $365.00 per month.

Deleted (7):
  6 x ec2:subnet
  1 x ec2:vpc

Proof: listing at 2026-03-01T04:05:00Z complete and empty; listing at 2026-03-01T04:06:00Z complete and empty.
AWS still shows, for a while, as deleted: nat-1 (deleted).
The Terraform state s3://automock-tfstate-111122223333-us-east-1/automock/pr-1/terraform.tfstate is empty, serial 8; the last full one is version v7.
To deploy the same name again:  npx automock deploy automock-pr-1
Console: https://us-east-1.console.aws.amazon.com/s3/buckets/automock-tfstate-111122223333-us-east-1?prefix=automock/pr-1/terraform.tfstate
Runbook: docs/runbooks/ttl-cleanup.md
`);
    expect(completionNotice(recordOf(), proof, EXPIRY).text).toContain(
      "It was deleted by hand, without a warning.",
    );
  });

  it("of a completion that leaves what may or may not be the environment's", () => {
    const listing = {
      at: iso(EXPIRY),
      tombstones: [],
      unproven: ["iam:role automock-pr-1-x", "route53:record y"],
    };
    const proof = { listings: [listing], deleted: { "ec2:vpc": 1, "ec2:subnet": 0 }, durationMs: 1000 };
    const { text } = completionNotice(recordOf(), proof, EXPIRY);
    expect(text).toContain(`Deleted (1):
  1 x ec2:vpc

Proof: listing at 2026-03-01T04:00:00Z complete and empty.
AWS shows no remains.

Left, because nothing proves that they belong to pr-1. Look at them, and delete them by hand if they do:
  iam:role automock-pr-1-x
  route53:record y

There was no Terraform state.
`);
  });

  it("of a failure: what blocks what, what is not known, and what to do with Terraform", () => {
    const stuck = [
      { key: "ec2:vpc vpc-1", reason: "not gone after 20 min (blocked)", blockedBy: ["eni-1", "eni-2"] },
      { key: "x y", reason: "UNSUPPORTED_TYPE: the reaper cannot delete this type", blockedBy: [] },
    ];
    const { subject, text } = failureNotice(recordOf(), stuck, ["listing ec2:subnet: AccessDenied"]);
    expect(subject).toBe("pr-1 cannot be deleted: 3 problems");
    expect(text)
      .toBe(`The environment pr-1 (owner team-a, account 111122223333, us-east-1) expired at 2026-03-01T04:00:00Z, but some of it is left. The reaper tries again every hour.

Resources that cannot be deleted, and why:
  ec2:vpc vpc-1: not gone after 20 min (blocked); blocked by eni-1, eni-2
  x y: UNSUPPORTED_TYPE: the reaper cannot delete this type

Not listed, or of an unknown type:
  listing ec2:subnet: AccessDenied

Its Terraform state is untouched, so Terraform can be used on it between the attempts.
To see what is left and why:  npx automock reap automock-pr-1
To destroy it yourself:  npx automock destroy automock-pr-1
Console: https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/automock-pr-1?region=us-east-1
Runbook: docs/runbooks/ttl-cleanup.md
`);
  });

  it("of a refusal and of a deletion that stopped in the middle", () => {
    expect(refusalNotice(recordOf(), [{ gate: "account", reason: "another one", alarm: true }])).toEqual({
      subject: "pr-1 is not deleted: account",
      text: "The environment pr-1 (owner team-a, account 111122223333, us-east-1) expired at 2026-03-01T04:00:00Z, but the reaper does not delete it:\n  account: another one\n\nFor details:  npx automock status automock-pr-1\nConsole: https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/automock-pr-1?region=us-east-1\nRunbook: docs/runbooks/ttl-cleanup.md\n",
    });
    expect(halfDeletedNotice(recordOf({ deleted: { a: 2, b: 1 } })).text).toContain(
      "3 resources are known to be deleted",
    );
  });

  it("show the local time beside UTC where the record has a zone, and UTC alone where nobody knows the zone", () => {
    const zoned = (timeZone: string) => recordOf({ timeZone, maxExpiresAt: "2026-04-01T00:00:00Z" });
    const { subject, text } = warningNotice(zoned("Europe/Berlin"), EXPIRY - HOUR);
    expect(subject).toBe("pr-1 will be deleted at 2026-03-01T04:00:00Z");
    expect(text).toContain("expires in 1 h, at 2026-03-01T04:00:00Z (2026-03-01 05:00 Europe/Berlin).\n");
    // Summer time begins on 29 March.
    expect(text).toContain(
      "up to 2026-04-01T00:00:00Z (2026-04-01 02:00 Europe/Berlin):  npx automock extend",
    );
    expect(failureNotice(zoned("America/New_York"), [], ["x"]).text).toContain(
      "expired at 2026-03-01T04:00:00Z (2026-02-28 23:00 America/New_York), but",
    );
    for (const unknown of ["Mars/Olympus", "+02:00"]) {
      expect(warningNotice(zoned(unknown), EXPIRY - HOUR).text).toContain("at 2026-03-01T04:00:00Z.\n");
    }
  });

  const proof = { listings: [], deleted: {}, durationMs: 1 };
  it.each<[kind: string, notice: Notice, command: string]>([
    ["warning", warningNotice(recordOf(), T0), "extend automock-pr-1"],
    ["completion", completionNotice(recordOf(), proof, EXPIRY), "deploy automock-pr-1"],
    ["failure", failureNotice(recordOf(), [], ["x"]), "destroy automock-pr-1"],
    ["refusal", refusalNotice(recordOf(), [{ gate: "account", reason: "another one", alarm: true }]), "status automock-pr-1"], // prettier-ignore
    ["dry run", dryRunNotice(recordOf(), "Plan"), "bootstrap --enable-deletion"],
    ["interrupted deletion", halfDeletedNotice(recordOf()), "deploy automock-pr-1"],
    // A record that cannot be read may have no system, so there is no stack to name.
    ["invalid record", invalidNotice(CONFIG, "pr-1", "team-a", ["phase is missing"]), "list"],
  ])("of %s: command, runbook, console link, owner, account and region", (_kind, { text }, command) => {
    expect(text).toContain(`:  npx automock ${command}`);
    expect(text).toMatch(/^Console: https:\/\/us-east-1\.console\.aws\.amazon\.com\/\S+$/m);
    expect(text).toMatch(/^Runbook: docs\/runbooks\/ttl-cleanup\.md$/m);
    expect(text).toContain("pr-1 (owner team-a, account 111122223333, us-east-1)");
  });

  it("have subjects that SNS takes: ASCII, up to 100 characters", () => {
    const environment = `é${"x".repeat(200)}`;
    expect(warningNotice(recordOf({ environment }), T0).subject).toMatch(/^\?x{99}$/);
  });
});

describe("the warning", () => {
  const sent = (fake: FakeAws) => fake.notices.map(({ kind }) => kind);
  const quiet = () => {
    const fake = new FakeAws(TYPES);
    fake.register(recordOf());
    return fake;
  };

  it("is one per expiry: an extension after it makes another one", async () => {
    const fake = quiet();
    fake.now = EXPIRY - 30 * MINUTE;
    const look = () => reap(fake.world(), { kind: "schedule", name: "warn", environment: "pr-1" });
    await look();
    await look();
    expect(sent(fake)).toEqual(["warning"]);
    fake.records.set("pr-1", { ...fake.records.get("pr-1")!, expiresAt: iso(EXPIRY + 5 * MINUTE) });
    await look();
    expect(sent(fake)).toEqual(["warning", "warning"]);
    expect(fake.records.get("pr-1")).toMatchObject({ phase: "WARNED", warnFor: iso(EXPIRY + 5 * MINUTE) });
  });

  it("says nothing about a protected environment, and at once when the protection ends", async () => {
    const fake = quiet();
    fake.now = EXPIRY + HOUR;
    fake.records.set("pr-1", recordOf({ protected: true }));
    await runPass(fake.world(), { environment: "pr-1" });
    expect(sent(fake)).toEqual([]);
    fake.records.set("pr-1", recordOf());
    await drive(fake, { untilMs: 12 * HOUR });
    expect(sent(fake)).toEqual(["warning", "completion"]);
    expect(fake.done[0]!.at - fake.notices[0]!.at).toBeGreaterThanOrEqual(55 * MINUTE);
    expect(fake.violations).toEqual([]);
  });

  it.each<[string, (fake: FakeAws, works: boolean) => void, string]>([
    [
      "that cannot be sent",
      (fake, works) => {
        fake.before = (name) => {
          if (!works && name === "notifier.publish") throw named("NotFound", "topic");
        };
      },
      "the warning cannot be sent: NotFound: topic",
    ],
    [
      "that no confirmed subscription receives",
      (fake, works) => (fake.listeners = works ? 1 : 0),
      "nobody listens: no confirmed subscription receives warnings for team-a",
    ],
    [
      "whose subscriptions cannot be read",
      (fake, works) => (fake.listeners = works ? 1 : named("AccessDenied", "no")),
      "the warning cannot be sent: AccessDenied: no",
    ],
  ])("%s does not count: nothing is deleted until someone was told", async (_what, set, fault) => {
    const fake = typicalAws();
    set(fake, false);
    await drive(fake, { untilMs: 30 * HOUR });
    expect(fake.mutations).toEqual([]);
    const record = fake.records.get("pr-1")!;
    expect(record).toMatchObject({ warnFault: fault });
    expect(record).not.toHaveProperty("warnFor");
    expect(fake.metrics.NoticesFailed).toBeGreaterThan(20);
    const { refusals } = (await runPass(fake.world(), { environment: "pr-1" })) as { refusals: unknown };
    expect(refusals).toMatchObject([
      { gate: "warned", reason: `nobody was warned of ${record.expiresAt}; ${fault}`, alarm: true },
    ]);

    set(fake, true);
    const heardAt = fake.now;
    await drive(fake, { untilMs: 40 * HOUR });
    expect(fake.notices.map(({ kind }) => kind)).toContain("warning");
    expect(fake.mutations[0]!.at).toBeGreaterThanOrEqual(heardAt + 55 * MINUTE);
    expect(fake.done[0]!.record).not.toHaveProperty("warnFault");
    expect(fake.done).toHaveLength(1);
  });

  it("and every other notice names the owner, so that a subscription can filter by it", async () => {
    const fake = typicalAws();
    await drive(fake, { untilMs: 8 * HOUR });
    expect(fake.notices.map(({ kind, owner }) => [kind, owner])).toEqual([
      ["warning", "team-a"],
      ["completion", "team-a"],
    ]);
  });

  it("is intended before it is sent, and recorded after", async () => {
    const fake = quiet();
    fake.now = EXPIRY - HOUR;
    const seen: unknown[] = [];
    fake.before = (name) => {
      const { warnPending, warnFor } = fake.records.get("pr-1")!;
      if (name === "notifier.publish") seen.push(warnPending, warnFor);
    };
    await runPass(fake.world(), { environment: "pr-1" });
    expect(seen).toEqual([iso(EXPIRY), undefined]);
    expect(fake.records.get("pr-1")).toMatchObject({
      warnPending: iso(EXPIRY),
      warnFor: iso(EXPIRY),
      warnedAt: iso(EXPIRY - HOUR),
    });
  });

  it("of an expiry that changed while it was being written is not sent", async () => {
    const fake = quiet();
    fake.now = EXPIRY - HOUR;
    let changed = false;
    fake.before = (name) => {
      if (name !== "registry.update" || changed) return;
      changed = true;
      fake.records.set("pr-1", { ...fake.records.get("pr-1")!, expiresAt: iso(EXPIRY + 9 * HOUR) });
    };
    await runPass(fake.world(), { environment: "pr-1" });
    expect(sent(fake)).toEqual([]);
  });
});

describe("a notice counts for the intention it was sent for", () => {
  it("protected and unprotected after the expiry: warned again, and nothing goes for 55 minutes", async () => {
    const aws = typicalAws();
    await drive(aws, { untilMs: 4 * HOUR - 30 * MINUTE });
    expect(aws.notices.map(({ kind }) => kind)).toEqual(["warning"]);
    const change = (changes: object) => aws.records.set("pr-1", { ...aws.records.get("pr-1")!, ...changes });
    change({ protected: true });
    await reap(aws.world(), { kind: "stream", environment: "pr-1" });
    expect(aws.records.get("pr-1")).not.toHaveProperty("warnFor");
    aws.now = T0 + 9 * HOUR;
    change({ protected: false });
    await reap(aws.world(), { kind: "stream", environment: "pr-1" });
    expect(aws.mutations).toEqual([]);
    expect(aws.notices.map(({ kind }) => kind)).toEqual(["warning", "warning"]);
    await drive(aws, { untilMs: 12 * HOUR });
    expect(aws.presentOf("pr-1")).toEqual([]);
    expect(aws.mutations[0]!.at).toBeGreaterThanOrEqual(T0 + 9 * HOUR + 55 * MINUTE);
    expect(aws.violations).toEqual([]);
  });

  it("a life shortened by hand to 20 minutes ends 55 minutes after its warning", async () => {
    const aws = typicalAws();
    aws.now = T0 + 18 * MINUTE;
    aws.records.set("pr-1", { ...aws.records.get("pr-1")!, expiresAt: iso(T0 + 20 * MINUTE) });
    await reap(aws.world(), { kind: "stream", environment: "pr-1" });
    await drive(aws, { untilMs: 3 * HOUR });
    expect(aws.notices[0]).toMatchObject({ kind: "warning", at: T0 + 18 * MINUTE });
    expect(aws.mutations[0]!.at).toBeGreaterThanOrEqual(T0 + 73 * MINUTE);
    expect(aws.violations).toEqual([]);
  });
});
