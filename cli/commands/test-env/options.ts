import { InvalidArgumentError, type Command } from "commander";
import { parseDuration } from "../../../contract/duration";
import { TEST_TTL_MINUTES } from "../../../contract/test-run";
import { handle } from "../../context";
import { helpText } from "../../help";
import { addNewOptions, refusing } from "./new-options";
import type { NewOptions } from "./run";

const EXIT_CODES =
  "Exit codes: 0 success; 1 the tests failed, everything is removed; 2 the environment could not be created, everything is removed; 3 the cleanup is incomplete (this overrides the other codes; the output says what is left, who removes it and when); 4 refused before anything was created; 130 interrupted, everything is removed.";

const REPORT =
  "{ run, spec, accountId, region, exitCode, create: { result, seconds, resources, error }, tests: { passed, exitCode, timedOut, seconds, junit }, cleanup: { result, seconds, deleted, left: [{ resource, reason }], errors, next }, outputs, timeline: [{ node, type, startMs, endMs, result, error }], calls }";

export function addTestEnvCommand(program: Command): void {
  const group = program
    .command("test-env")
    .description("create a throw-away environment for a run of tests, and remove it whatever happens")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock test-env plan orders", "show what a run creates"],
          ["automock test-env run orders -- pytest -q", "create, test, remove"],
          ["automock test-env up orders --ttl 2h", "create and keep for two hours"],
          ["automock test-env down orders-k3f9aa", "remove"],
        ],
        notes: [
          "An environment is described in environments/test/<name>.json and created by calls to AWS, not by Terraform. Its record and its journal are written before its resources, so a later command removes it even if this process is killed.",
          EXIT_CODES,
        ],
      }),
    );
  addRun(group);
  addUp(group);
  addDown(group);
  addPlan(group);
  addList(group);
  addShow(group);
  addExtend(group);
  addSweep(group);
  addStats(group);
}

function addRun(group: Command): void {
  addNewOptions(
    group
      .command("run")
      .argument("<name>", "name of a file in environments/test")
      .argument("[command...]", "test command, instead of that of the file; write it after --")
      .description("create an environment, run the tests with its variables, and remove it"),
  )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock test-env run orders", "the command of the file"],
          ["automock test-env run orders -- pytest -q tests/integration"],
          ['automock --json test-env run orders --key "$BUILD_TAG" -- npm test', "in a pipeline"],
        ],
        notes: [
          "The tests find each resource by a variable: ORDERS_TABLE, RECEIPTS_BUCKET, JOBS_QUEUE_URL, EVENTS_TOPIC_ARN, API_FUNCTION, HTTP_URL. Their output goes to standard error. Ctrl-C and SIGTERM stop the tests and remove the environment.",
          EXIT_CODES,
        ],
        json: REPORT,
      }),
    )
    .action(
      refusing(
        handle(async (cli, name: string, command: readonly string[], options: NewOptions) => {
          const { runCommand } = await import("./run");
          await runCommand(cli, name, command, options);
        }),
      ),
    );
}

function addUp(group: Command): void {
  addNewOptions(
    group
      .command("up")
      .argument("<name>", "name of a file in environments/test")
      .description("create an environment and keep it until down or its time to live")
      .option("--output <format>", "env prints only export lines for a shell", outputFormat),
  )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock test-env up orders --ttl 2h"],
          ["automock test-env up orders --output env > orders.env", "then: . ./orders.env"],
        ],
        notes: ["If a resource cannot be created, everything is removed and the exit code is 2."],
        json: REPORT,
      }),
    )
    .action(
      refusing(
        handle(async (cli, name: string, options: NewOptions & { readonly output?: "env" }) => {
          const { upCommand } = await import("./run");
          await upCommand(cli, name, options);
        }),
      ),
    );
}

function outputFormat(text: string): "env" {
  if (text === "env") return text;
  throw new InvalidArgumentError("Use env, or --json for JSON.");
}

function addDown(group: Command): void {
  group
    .command("down")
    .argument("<run>", "run id, for example orders-k3f9aa")
    .description("remove an environment, and verify that nothing is left")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock test-env down orders-k3f9aa"], ["automock --json test-env down orders-k3f9aa"]],
        notes: [
          "It works on any machine with the project: the journal is in the registry too. Removing an environment that is gone is a success.",
          "Exit codes: 0 nothing is left, 3 the cleanup is incomplete.",
        ],
        json: "{ run, spec, accountId, region, exitCode, cleanup: { result, seconds, deleted, left, errors, next }, calls }",
      }),
    )
    .action(
      handle(async (cli, run: string) => {
        const { downCommand } = await import("./run");
        await downCommand(cli, run);
      }),
    );
}

function addPlan(group: Command): void {
  group
    .command("plan")
    .argument("<name>", "name of a file in environments/test")
    .description("show what a run creates, in which order, with how many calls, and what it costs")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock test-env plan orders"], ["automock --json test-env plan orders"]],
        notes: ["It makes no call to AWS. The suffix of the names differs in every run."],
        json: "{ spec, accountId, region, ttlMinutes, waves: [[{ node, type, name, after, calls }]], calls, usd, atMost, policies: { function: statements } }",
      }),
    )
    .action(
      handle(async (cli, name: string) => {
        const { planCommand } = await import("./inspect");
        planCommand(cli, name);
      }),
    );
}

function addList(group: Command): void {
  group
    .command("list")
    .description("list the test environments that exist, with owner and time left")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock test-env list"], ["automock --json test-env list"]],
        notes: [
          "It reads the registries of every account and region that a file in environments/test names. If one cannot be read, the others are listed and the exit code is 1.",
        ],
        json: "{ environments: [{ run, spec, owner, accountId, region, phase, createdAt, expiresAt, minutesLeft, lastError }], unread: [reason] }",
      }),
    )
    .action(
      handle(async (cli) => {
        const { listCommand } = await import("./inspect");
        await listCommand(cli);
      }),
    );
}

function addShow(group: Command): void {
  group
    .command("show")
    .argument("<run>", "run id, for example orders-k3f9aa")
    .description("show the record and the journal of an environment")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock test-env show orders-k3f9aa"], ["automock --json test-env show orders-k3f9aa"]],
        json: "{ run, record: { owner, phase, createdAt, expiresAt, maxExpiresAt, lastError }, journal: [{ node, state, type, name, id, arn, at }] }",
      }),
    )
    .action(
      handle(async (cli, run: string) => {
        const { showCommand } = await import("./inspect");
        await showCommand(cli, run);
      }),
    );
}

function addExtend(group: Command): void {
  group
    .command("extend")
    .argument("<run>", "run id, for example orders-k3f9aa")
    .description("extend the time to live of an environment")
    .requiredOption("--by <duration>", "time to add, such as 30m or 1h")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock test-env extend orders-k3f9aa --by 30m"],
          ["automock test-env extend orders-k3f9aa --by 1h"],
        ],
        notes: [`The limit is ${TEST_TTL_MINUTES.max / 60} hours after its creation.`],
        json: "{ run, from, to, maxExpiresAt }",
      }),
    )
    .action(
      handle(async (cli, run: string, { by }: { readonly by: string }) => {
        const ms = parseDuration(by, "--by");
        const { extendCommand } = await import("./inspect");
        await extendCommand(cli, run, ms);
      }),
    );
}

function addSweep(group: Command): void {
  group
    .command("sweep")
    .description("list expired environments; with --yes remove them")
    .option("--yes", "remove them")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock test-env sweep"], ["automock test-env sweep --yes"]],
        notes: [
          "Exit codes: 0 nothing is left of them (without --yes: they are listed), 3 a cleanup is incomplete or a registry cannot be read.",
        ],
        json: "{ expired: [{ run, owner, expiresAt }], removed: [{ run, cleanup }], unread: [reason] }",
      }),
    )
    .action(
      handle(async (cli, options: { readonly yes?: true }) => {
        const { sweepCommand } = await import("./run");
        await sweepCommand(cli, options);
      }),
    );
}

function addStats(group: Command): void {
  group
    .command("stats")
    .argument("<name>", "name of a file in environments/test")
    .description("show how long your own runs took to create and to remove, and what was left")
    .option("--last <duration>", "how far back, such as 12h or 30d", "30d")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock test-env stats orders"], ["automock test-env stats orders --last 7d"]],
        notes: ["The registry keeps the times of finished runs for 90 days."],
        json: "{ spec, since, runs, passed, testsFailed, notCreated, incomplete, interrupted, leftovers, createSeconds: { p50, p95, p99, max }, destroySeconds: { … } }",
      }),
    )
    .action(
      handle(async (cli, name: string, { last }: { readonly last: string }) => {
        const ms = parseDuration(last, "--last");
        const { statsCommand } = await import("./inspect");
        await statsCommand(cli, name, ms);
      }),
    );
}
