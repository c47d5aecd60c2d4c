import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createColors } from "picocolors";
import {
  extendCommand,
  listCommand,
  planCommand,
  showCommand,
  statsCommand,
} from "../../cli/commands/test-env/inspect";
import { sweepCommand } from "../../cli/commands/test-env/run";
import type { Cli } from "../../cli/context";
import { createProgram } from "../../cli/program";
import { findSession, sessionClientConfig } from "../../local/session";
import { commandsOf } from "../support/parse-command";
import { describeWith } from "../support/requires";
import {
  leftOf,
  openTestEnvStage,
  registryOf,
  TEST_ENV_SPEC,
  type TestEnvStage,
} from "../support/test-env-stage";
import { testEnvVerb } from "../support/test-env-verb";

const HOUR_MS = 3_600_000;
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;

/** Keys of the document that a command prints with --json, by its help. */
function keysOf(verb: string): string[] {
  const [, command] = commandsOf(createProgram()).find(([name]) => name === `test-env ${verb}`)!;
  let help = "";
  command.configureOutput({ writeOut: (part) => (help += part) }).outputHelp();
  let keys = /With --json:\s+\{([^]*)\}\s*$/.exec(help)![1]!;
  const inner = /[[{][^[\]{}]*[\]}]/g;
  while (inner.test(keys)) keys = keys.replaceAll(inner, "");
  return keys.split(",").map((key) => key.replace(/:[^]*/, "").trim());
}

describeWith(["moto_server"], "what automock test-env prints", () => {
  let stage: TestEnvStage;
  let run: string;

  beforeAll(async () => {
    stage = await openTestEnvStage({ orders: TEST_ENV_SPEC });
    expect((await testEnvVerb(stage.folder, ["run", "orders", "timed"])).exitCode).toBe(0);
    const { stdout } = await testEnvVerb(stage.folder, ["up", "orders", "shown"]);
    ({ run } = JSON.parse(stdout) as { run: string });
  });
  afterAll(() => stage?.close());

  /** Runs a command in this process; its progress comes last. */
  async function printed(json: boolean, work: (cli: Cli) => unknown): Promise<string> {
    const lines: string[] = [];
    const progress: string[] = [];
    const line = (text = "") => void lines.push(text);
    const session = findSession(stage.folder)!;
    const cli = {
      projectFolder: stage.folder,
      localEndpoint: session.endpoint,
      clientConfig: (region: string) => sessionClientConfig(session, region),
      progress: (text: string) => void progress.push(text),
      output: {
        json,
        colors: createColors(false),
        line,
        result: (value: unknown, show: () => void) => (json ? line(JSON.stringify(value)) : show()),
      },
    };
    await work(cli as unknown as Cli);
    return (json ? lines : [...lines, ...progress]).join("\n");
  }

  it.each<[string, (cli: Cli) => unknown, (id: string) => string]>([
    [
      "plan",
      (cli) => planCommand(cli, "orders"),
      () => `orders in account 123456789012, us-east-1: 9 resources, \\d+ calls\n1\\.\n[^]*`,
    ],
    ["list", listCommand, (id) => `RUN .*\n${id}  platform-team  123456789012/us-east-1  ACTIVE  29 min`],
    [
      "show",
      (cli) => showCommand(cli, run),
      (id) =>
        `${id}\n  owner: platform-team\n[^]*\njournal:\n[^]*  users  created  dynamodb:table  test-${id}-users\n[^]*`,
    ],
    [
      "extend",
      (cli) => extendCommand(cli, run, HOUR_MS),
      (id) => `${id} expires at ${TIME} \\(before: ${TIME}\\)\\. It can be extended until ${TIME}\\.`,
    ],
    ["sweep", (cli) => sweepCommand(cli, {}), () => "No test environment has expired\\."],
    [
      "stats",
      (cli) => statsCommand(cli, "orders", HOUR_MS),
      () =>
        `orders: 1 run since ${TIME}\npassed 1, tests failed 0, not created 0, cleanup incomplete 0, interrupted 0; left over: 0\ncreate   p50 [^]*\ndestroy  p50 .*`,
    ],
  ])("%s: lines for people, and with --json the keys that its help names", async (verb, work, text) => {
    expect(await printed(false, work)).toMatch(new RegExp(`^${text(run)}$`));
    const document = JSON.parse(await printed(true, work)) as object;
    expect(Object.keys(document).sort()).toEqual(keysOf(verb).sort());
  });

  it("run and down: the keys of their reports", async () => {
    const report = JSON.parse((await testEnvVerb(stage.folder, ["run", "orders", "again"])).stdout) as object;
    expect(Object.keys(report).sort()).toEqual(keysOf("run").sort());
    expect(keysOf("up")).toEqual(keysOf("run"));
    expect(keysOf("down")).toEqual(["run", "spec", "accountId", "region", "exitCode", "cleanup", "calls"]);
  });

  it("a file with faults, or of a region that cannot be read, does not hide what it is about", async () => {
    const file = (name: string) => join(stage.folder, "environments", "test", `${name}.json`);
    writeFileSync(file("broken"), "{");
    expect(await printed(false, listCommand)).toMatch(
      new RegExp(`${run} [^]*\nLeft out, because its file has faults:\nenvironments/test/broken.json\n`),
    );
    rmSync(file("broken"));
    writeFileSync(file("far"), JSON.stringify({ name: "far", ...TEST_ENV_SPEC, region: "us-esat-1" }));
    const unread = "The registry of 123456789012/us-esat-1 (environments/test/far.json) cannot be read: ";
    const listed = await printed(false, listCommand);
    expect([listed, process.exitCode]).toEqual([expect.stringContaining(`${run}  `), 1]);
    expect(listed).toContain(`\n${unread}`);
    const swept = JSON.parse(await printed(true, (cli) => sweepCommand(cli, {}))) as object;
    expect([swept, process.exitCode]).toEqual([
      { expired: [], removed: [], unread: [expect.stringContaining(unread)] },
      3,
    ]);
    process.exitCode = undefined;
    rmSync(file("far"));
    // Another role of the same account and region may not read: its own does.
    const role = { arn: "arn:aws:iam::123456789012:role/nobody" };
    writeFileSync(file("a-first"), JSON.stringify({ name: "a-first", ...TEST_ENV_SPEC, role }));
    expect(await printed(false, listCommand)).toMatch(new RegExp(`^RUN .*\n${run}  [^\n]*$`));
    rmSync(file("a-first"));
  });

  it("extend holds the slot too, says how far it goes, and what cannot be extended", async () => {
    const holders = await registryOf(stage).slotHolders("orders", Date.now() + 2 * HOUR_MS);
    expect(holders).toEqual([run]);
    await expect(printed(false, (cli) => extendCommand(cli, run, 4 * HOUR_MS))).rejects.toThrow(
      new RegExp(
        `^A test environment lives at most 4 hours; ${run} until ${TIME}\\. The maximum is --by \\d+m\\.$`,
      ),
    );
    expect((await testEnvVerb(stage.folder, ["down", "orders", "shown"])).exitCode).toBe(0);
    for (const gone of [
      (cli: Cli) => extendCommand(cli, run, HOUR_MS),
      (cli: Cli) => showCommand(cli, "orders-zzzzzz"),
    ])
      await expect(printed(false, gone)).rejects.toThrow(
        /^orders-\w{6} does not exist: it has no record and no journal\. automock test-env list shows those that do\.$/,
      );
    expect(await leftOf(stage)).toEqual([]);
  });
});
