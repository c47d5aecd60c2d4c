import { spawnSync } from "node:child_process";
import { runInNewContext } from "node:vm";
import { admin } from "../../environments/schema/admin-fields";
import { codeBlocks, documents, read, tableUnder } from "../support/markdown";
import { prodEnvironment, stagingEnvironment } from "../support/environments";
import { synthesize } from "../support/golden";

const FILES = documents().filter((file) => file.startsWith("docs/task-api/"));
const stacks = synthesize([prodEnvironment, stagingEnvironment]);
const stack = (environment: string) =>
  JSON.parse(stacks.get(`task-api-${environment}`)!) as {
    output: Record<string, unknown>;
    resource: Record<string, Record<string, Record<string, unknown>>>;
  };

it("the documents of issue 4 are there", () =>
  expect(FILES).toEqual([
    "docs/task-api/architecture.md",
    "docs/task-api/delivery.md",
    "docs/task-api/recovery.md",
    "docs/task-api/runbooks/database-access.md",
    "docs/task-api/runbooks/failover.md",
    "docs/task-api/runbooks/restore.md",
    "docs/task-api/runbooks/rollback.md",
    "docs/task-api/runbooks/scaling.md",
  ]));

describe.each(FILES)("%s", (file) => {
  const text = read(file);
  const blocks = codeBlocks(text, "sh");

  it("has only commands that a shell can read", () => {
    for (const block of blocks) {
      const { status, stderr } = spawnSync("bash", ["-n"], { input: block, encoding: "utf8" });
      expect([block, status, stderr]).toEqual([block, 0, ""]);
    }
  });

  it("reads only outputs that the stacks have", () => {
    const named = [...text.matchAll(/output -raw (\w+)|output `(\w+)`/g)].map(([, a, b]) => a ?? b!);
    expect(
      named.filter((name) => !(name in stack("prod").output && name in stack("staging").output)),
    ).toEqual([]);
  });

  it("names only clusters, services, databases and repositories that exist", () => {
    const used = blocks.join("\n").match(/(?<=(--cluster|--services?|--db-instance-identifier|--repository-name|--resource-id service\/) ?)task-api-[\w/-]+/g) ?? []; // prettier-ignore
    const names = ["prod", "staging"].flatMap((environment) => [
      `task-api-${environment}`,
      `task-api-${environment}-task-api`,
      `task-api-${environment}/task-api-${environment}-task-api`,
    ]);
    // These two come and go with a restore.
    const restored = ["task-api-prod-broken", "task-api-prod-restored"];
    expect(used.filter((name) => ![...names, ...restored].includes(name))).toEqual([]);
  });
});

it("every runbook has commands", () => {
  const lengths = FILES.filter((file) => file.includes("/runbooks/")).map((file) => [file, codeBlocks(read(file), "sh").length > 1]); // prettier-ignore
  expect(lengths.filter(([, some]) => !some)).toEqual([]);
});

describe("the recovery table", () => {
  const [, ...rows] = tableUnder(read("docs/task-api/recovery.md"), "Targets");

  it("has a mechanism, a time, a loss and a way for every failure", () => {
    expect(rows).toHaveLength(11);
    for (const row of rows) expect([row[0], row.filter((cell) => cell !== "").length]).toEqual([row[0], 5]);
  });

  it("says what is configured: health checks, zones, protection, copies", () => {
    const { resource } = stack("prod");
    const [targets] = Object.values(resource.aws_lb_target_group!);
    expect(targets!.health_check).toMatchObject({ interval: 30, unhealthy_threshold: 3, healthy_threshold: 2, timeout: 5 }); // prettier-ignore
    expect(Object.values(resource.aws_nat_gateway!)).toHaveLength(2);
    const [database] = Object.values(resource.aws_db_instance!);
    expect(database).toMatchObject({
      multi_az: true,
      deletion_protection: true,
      backup_retention_period: 30,
      skip_final_snapshot: false,
      delete_automated_backups: false,
    });
    expect(Object.keys(resource.aws_db_instance_automated_backups_replication!)).toHaveLength(1);
    const staging = stack("staging").resource;
    expect(Object.values(staging.aws_nat_gateway!)).toHaveLength(1);
    expect(Object.values(staging.aws_db_instance!)[0]).toMatchObject({
      multi_az: false,
      backup_retention_period: 7,
      deletion_protection: false,
      skip_final_snapshot: true,
      delete_automated_backups: true,
    });
  });
});

describe("access to the database", () => {
  const text = read("docs/task-api/runbooks/database-access.md");
  const commands = codeBlocks(text, "sh").join("\n");

  it("takes one command of admin boxes, which opens no port and needs no key", () => {
    expect(commands.match(/^npx automock admin .*$/gm)).toEqual([
      'npx automock admin forward "$DB_HOST:5432" --port 15432 --reason "slow query"',
    ]);
    expect(commands).not.toMatch(/run-instances|authorize-security-group|--key-name|\bssh\b/);
  });

  it("shows an admin section that the environment's file takes", () => {
    const [section] = codeBlocks(text, "ts");
    const value = runInNewContext(`({${section}})`) as { readonly admin: unknown };
    expect(admin.parse(value.admin).reaches["task-api-database"]?.port).toBe(5432);
  });

  it("checks the database's certificate, and shows no password", () => {
    expect(commands.match(/^psql .*$/gm)!.filter((line) => !line.includes("sslmode=verify-full"))).toEqual(
      [],
    );
    const reads = commands.match(/.*(get-secret-value|generate-db-auth-token).*/g)!;
    expect(reads.filter((line) => !line.startsWith("export PGPASSWORD=$("))).toEqual([]);
    expect(commands).toContain("unset PGPASSWORD");
  });
});
