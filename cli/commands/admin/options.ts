import { Option, type Command } from "commander";
import { ADMIN_EXIT, BOX_TERMS } from "../../../contract/admin-box";
import { parseDuration } from "../../../contract/duration";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { UpCommandOptions } from "./up-options";
import { hostAndPort, hoursOf, portOf, reasonOf, sinceOf } from "./values";

const EXIT_CODES = `Exit codes: ${ADMIN_EXIT.ok} success, ${ADMIN_EXIT.error} error, ${ADMIN_EXIT.noCapacity} no capacity (what was tried is shown), ${ADMIN_EXIT.mayStillRun} a box may still run (what ends it, and when, is shown), 128 + signal when interrupted.`;
const BOX = "[box]";
const BOX_HELP = "instance id; may be omitted if you have one box";

const stackOption = () =>
  new Option("--stack <stack>", "admin stack, if there are several, for example admin-staging");

export function addAdminCommand(program: Command): void {
  const group = program
    .command("admin")
    .description("open a shell on a short-lived EC2 instance in the account, without an open port")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock admin up --reason INC-42", "a shell; the box ends with it"],
          ["automock admin forward db.internal:5432"],
          ["automock admin list"],
        ],
        notes: [
          `A box ends when its shell does, ${BOX_TERMS.graceMinutes} minutes after the last heartbeat of this command, and at its expiry: ${BOX_TERMS.defaultHours} hours after the launch, at most ${BOX_TERMS.maxHours}.`,
          EXIT_CODES,
        ],
      }),
    );
  addUp(group);
  addConnect(group);
  addRun(group);
  addForward(group);
  addList(group);
  addExtend(group);
  addDown(group);
  addAudit(group);
}

function addUp(group: Command): void {
  group
    .command("up")
    .description("launch a box and open a shell on it; the box ends with the shell")
    .addOption(stackOption())
    .option("--for <duration>", `time to live, up to ${BOX_TERMS.maxHours}h`, `${BOX_TERMS.defaultHours}h`)
    .option("--reason <text>", "why, shown in the list and in the audit")
    .option("--on-demand", "do not try Spot first")
    .option("--no-connect", "open no shell; the box stays until its expiry")
    .option("--plugin", "use session-manager-plugin for the shell")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock admin up --reason INC-42"],
          ["automock admin up --no-connect --for 2h --reason 'reindex'"],
        ],
        notes: [
          "The cheapest type and zone that has capacity is taken, Spot first, then on demand. Quotas and cost are shown before the launch.",
          EXIT_CODES,
        ],
        json: "{ box: { id, state, launchedBy, reason, instanceType, availabilityZone, market, launchedAt, expiresAt, maxExpiresAt }, refused: [{ market, instanceType, availabilityZone, code }], usd: { low, expected, high }, seconds: { launch, toShell }, ended }",
      }),
    )
    .action(
      handle(async (cli, options: UpCommandOptions & { readonly for: string }) => {
        const hours = hoursOf(options.for);
        const { upCommand } = await import("./up");
        await upCommand(cli, { ...options, hours, reason: reasonOf(options.reason) });
      }),
    );
}

function addConnect(group: Command): void {
  group
    .command("connect")
    .argument(BOX, BOX_HELP)
    .description("open another shell on a box; the box stays when it ends")
    .addOption(stackOption())
    .option("--plugin", "use session-manager-plugin for the shell")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock admin connect"], ["automock admin connect i-0123456789abcdef0 --plugin"]],
        json: "no document: standard output is that of the shell",
      }),
    )
    .action(
      handle(
        async (
          cli,
          box: string | undefined,
          options: { readonly stack?: string; readonly plugin?: true },
        ) => {
          const { connectCommand } = await import("./run");
          await connectCommand(cli, box, options);
        },
      ),
    );
}

function addRun(group: Command): void {
  group
    .command("run")
    .argument("<box>", "instance id, or - for your only box")
    .argument("<command...>", "command line, after --")
    .description("run one command on a box; the exit code is that of the command")
    .addOption(stackOption())
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock admin run - -- journalctl -u amazon-ssm-agent"],
          ["automock admin run i-0123456789abcdef0 -- 'df -h | tail -1'"],
        ],
        json: "no document: standard output is that of the command",
      }),
    )
    .action(
      handle(async (cli, box: string, command: readonly string[], options: { readonly stack?: string }) => {
        const { runCommand } = await import("./run");
        await runCommand(cli, box === "-" ? undefined : box, command, options);
      }),
    );
}

function addForward(group: Command): void {
  group
    .command("forward")
    .argument("<target>", "host and port that the box reaches, for example db.internal:5432")
    .argument(BOX, "instance id; without it your only box, or a new one that ends with the command")
    .description("forward a local port through a box")
    .addOption(stackOption())
    .option("--port <port>", "local port; by default a free one")
    .option("--reason <text>", "why, if a box must be launched")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock admin forward db.internal:5432 --port 15432"],
          ["automock admin forward db.internal:5432 i-0123456789abcdef0"],
        ],
        json: "{ box, host, port, localPort }",
        notes: [
          "It listens on 127.0.0.1 until Ctrl-C, which is its ordinary end: exit code 0. Each connection is a session of its own.",
          EXIT_CODES,
        ],
      }),
    )
    .action(
      handle(
        async (
          cli,
          target: string,
          box: string | undefined,
          options: { readonly stack?: string; readonly port?: string; readonly reason?: string },
        ) => {
          const { host, port } = hostAndPort(target);
          const localPort = options.port === undefined ? 0 : portOf(options.port, "--port");
          const { forwardCommand } = await import("./forward");
          const reason = reasonOf(options.reason);
          await forwardCommand(cli, { ...options, box, reason, host, port, localPort });
        },
      ),
    );
}

function addList(group: Command): void {
  group
    .command("list")
    .description("list boxes with owner, time left and cost")
    .addOption(stackOption())
    .addHelpText(
      "after",
      helpText({
        examples: [["automock admin list"], ["automock admin list --json"]],
        json: "{ boxes: [{ id, state, launchedBy, reason, instanceType, availabilityZone, market, launchedAt, expiresAt, maxExpiresAt, minutesLeft, usdSoFar }] }",
      }),
    )
    .action(
      handle(async (cli, options: { readonly stack?: string }) => {
        const { listCommand } = await import("./run");
        await listCommand(cli, options);
      }),
    );
}

function addExtend(group: Command): void {
  group
    .command("extend")
    .argument(BOX, BOX_HELP)
    .description("move every end of a box")
    .addOption(stackOption())
    .requiredOption("--by <duration>", "time to add, such as 30m or 2h")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock admin extend --by 1h"], ["automock admin extend i-0123456789abcdef0 --by 30m"]],
        notes: [`The limit is ${BOX_TERMS.maxHours} hours after the launch.`],
        json: "{ id, from, to, maxExpiresAt }",
      }),
    )
    .action(
      handle(
        async (cli, box: string | undefined, options: { readonly stack?: string; readonly by: string }) => {
          const byMs = parseDuration(options.by, "--by");
          const { extendCommand } = await import("./run");
          await extendCommand(cli, box, { ...options, byMs });
        },
      ),
    );
}

function addDown(group: Command): void {
  group
    .command("down")
    .argument(BOX, BOX_HELP)
    .description("end a box now")
    .addOption(stackOption())
    .option("--mine", "all of your boxes")
    .option("--all", "everyone's boxes; your credentials must allow it")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock admin down"], ["automock admin down --mine"]],
        notes: [EXIT_CODES],
        json: "{ ended: [id], failed: [{ id, message, endsBy }] }",
      }),
    )
    .action(
      handle(
        async (
          cli,
          box: string | undefined,
          options: { readonly stack?: string; readonly mine?: true; readonly all?: true },
        ) => {
          const { downCommand } = await import("./run");
          await downCommand(cli, box, options);
        },
      ),
    );
}

function addAudit(group: Command): void {
  group
    .command("audit")
    .description("who launched boxes and opened sessions, why, when, for how long")
    .addOption(stackOption())
    .option("--since <duration>", "how far back, up to 90d", "30d")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock admin audit --since 7d"], ["automock admin audit --json"]],
        notes: [
          "From CloudTrail, whose events appear some 15 minutes late. What was typed is in the log group of the sessions.",
        ],
        json: "{ boxes: [{ id, launchedBy, reason, instanceType, launchedAt, endedAt, endedBy, minutes, usd, sessions: [{ id, by, at, document }] }] }",
      }),
    )
    .action(
      handle(async (cli, options: { readonly stack?: string; readonly since: string }) => {
        const sinceMs = sinceOf(options.since);
        const { auditCommand } = await import("./audit");
        await auditCommand(cli, { ...options, sinceMs });
      }),
    );
}
