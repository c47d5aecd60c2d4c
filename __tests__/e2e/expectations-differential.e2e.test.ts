import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeLimits } from "../../contract/mockserver-memory";
import { TASK_SIZES } from "../../contract/fargate";
import { mockServerArguments } from "../../operations/expectations/server/program";
import { mockServerContainers } from "../../modules/mockserver/containers";
import { checkExpectations, errorsIn } from "../../operations/expectations/check";
import { freePort } from "../../operations/free-port";
import { eventually } from "../support/eventually";
import { expectationCases, type ExpectationCase } from "../support/expectation-cases";
import { describeWith } from "../support/requires";

/** Refused by `expectations validate` on purpose, although MockServer takes it. */
const ON_PURPOSE: Readonly<Record<string, RegExp>> = {
  "a status that no client understands": /\.statusCode number (-1|0|99999)$/,
  "a status that MockServer turns into another": /\.failResponse\.statusCode (null|number 0\.5|string 1)$/,
  "a port that no host has": /\.port number (-1|0|99999)$/,
  "a JSON Schema whose wrong part MockServer ignores": /\.jsonSchema\.(type|required)/,
  "a priority that the tasks need": /: priority number 99999$/,
  "a matcher of nothing among others": /\.bodyAllOf\[\d\]\.regex null$/,
  "a delay that the load balancer cuts off": /\.delay\.(value|distribution\.min) number (99999|9999999999)$/,
};

/** What MockServer 8 takes and 9 refuses, or does not start with. */
const REFUSED_SINCE_9: Readonly<Record<string, RegExp>> = {
  "a number of dimensions": /\.dimensions number (-1|0)$/,
  "a value of a parameter that is not a text": /\.parameters\.a\[0\] (a number|an object|null)$/,
  "a JSON-RPC matcher without a method": /JSON_RPC: (without )?httpRequest\.body\.method/,
};

/** Refused over HTTP alone: a file with it loads, as this test's does. */
const OVER_HTTP_ALONE = /\.json (another word|a text)$/;

const CONCURRENT_REQUESTS = 8;

interface Verdict extends ExpectationCase {
  /** Errors of `expectations validate`. */
  readonly errors: readonly string[];
  readonly isTaken: boolean;
}

describeWith(["java", "jq"], "Expectations through validate, the scripts of a task, and MockServer", () => {
  const cases = expectationCases().map((one) => ({
    ...one,
    errors: errorsIn(checkExpectations(Buffer.from(JSON.stringify([one.expectation]))).findings).map(
      ({ where, given }) => `${where}: ${given}`,
    ),
  }));
  const good = cases.filter(({ errors }) => errors.length === 0);
  let folder: string;
  let server: ChildProcess;
  let log = "";
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "differential-"));
    const file = loadedByTask(
      folder,
      good.map(({ expectation }) => expectation),
    );
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = spawn("java", await mockServerArguments({ env: process.env, log: () => undefined }), {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        MOCKSERVER_SERVER_PORT: String(port),
        MOCKSERVER_INITIALIZATION_JSON_PATH: file,
        MOCKSERVER_FAIL_ON_INITIALIZATION_ERROR: "true",
        MOCKSERVER_MAX_EXPECTATIONS: "15000",
        MOCKSERVER_LOG_LEVEL: "ERROR",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    server.stdout!.on("data", (chunk) => (log += chunk));
    server.stderr!.on("data", (chunk) => (log += chunk));
    await eventually("MockServer has started, or ended", async () => {
      if (server.exitCode !== null)
        throw new Error(`MockServer refuses a file that validate takes:\n${log.slice(0, 2000)}`);
      return (await fetch(`${url}/mockserver/ready`).catch(() => undefined))?.status === 200;
    });
  });
  afterAll(async () => {
    if (server?.kill()) await once(server, "exit");
    rmSync(folder, { recursive: true, force: true });
  });

  it("has cases of every kind", () => {
    expect(cases.length).toBeGreaterThan(3000);
    expect(good.length).toBeGreaterThan(1000);
  });

  it("loads all that validate takes from one file", async () => {
    const answer = await fetch(`${url}/mockserver/automock-version`);
    expect([answer.status, await answer.text()]).toEqual([200, '"v1"']);
  });

  it("agrees on each case, but for those that are refused on purpose", async () => {
    const verdicts = await verdictsOf(cases, url);
    const titles = (some: readonly Verdict[]) => some.map(({ title, errors }) => `${title} ${errors.join()}`);
    const onlyServerRefuses = verdicts.filter(({ isTaken, errors, title }) => !isTaken && errors.length === 0 && !OVER_HTTP_ALONE.test(title)); // prettier-ignore
    const onlyWeRefuse = verdicts.filter(({ isTaken, errors }) => isTaken && errors.length > 0);
    expect(titles(onlyServerRefuses)).toEqual([]);
    const listed = (await majorVersion(url)) < 9 ? { ...ON_PURPOSE, ...REFUSED_SINCE_9 } : ON_PURPOSE;
    const reasons = Object.values(listed);
    expect(titles(onlyWeRefuse.filter(({ title }) => !reasons.some((reason) => reason.test(title))))).toEqual(
      [],
    );
    for (const [what, reason] of Object.entries(listed))
      expect([what, onlyWeRefuse.some(({ title }) => reason.test(title))]).toEqual([what, true]);
  });
});

async function majorVersion(url: string): Promise<number> {
  const status = await fetch(`${url}/mockserver/status`, { method: "PUT" });
  return parseInt(((await status.json()) as { version: string }).version, 10);
}

async function verdictsOf(
  cases: readonly Omit<Verdict, "isTaken">[],
  url: string,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const left = cases.values();
  const ask = async () => {
    for (const one of left) {
      const body = JSON.stringify([one.expectation]);
      const { status } = await fetch(`${url}/mockserver/expectation`, { method: "PUT", body });
      verdicts.push({ ...one, isTaken: status === 201 });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, ask));
  return verdicts;
}

/** The file that the loader of a task writes for MockServer. */
function loadedByTask(folder: string, expectations: readonly unknown[]): string {
  for (const name of ["bin", "expectations", "scratch"]) mkdirSync(join(folder, name));
  const object = join(folder, "object.json");
  writeFileSync(object, JSON.stringify(expectations));
  const aws = `#!/bin/sh\nfor target; do :; done\ncp ${object} "$target"\necho '"v1"'\n`;
  writeFileSync(join(folder, "bin", "aws"), aws, { mode: 0o755 });
  const [loader] = mockServerContainers({
    image: "m:1",
    size: TASK_SIZES.xlarge,
    expectations: { bucketName: "mocks", key: "expectations.json" },
    region: "us-east-1",
    controlPlane: "closed",
  }).containers;
  const { status, stdout } = spawnSync("sh", ["-c", ...(loader!.command ?? [])], {
    env: {
      ...loader!.environment,
      EXPECTATIONS_DIR: join(folder, "expectations"),
      SCRATCH_DIR: join(folder, "scratch"),
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stdout);
  const file = join(folder, "expectations", "expectations.json");
  const written = JSON.parse(readFileSync(file, "utf8")) as unknown[];
  expect(written).toHaveLength(expectations.length + 1);
  expect(written.length).toBeLessThan(storeLimits(TASK_SIZES.xlarge).maxExpectations);
  return file;
}
