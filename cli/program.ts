import { Command, CommanderError } from "commander";
import { explainAwsError } from "../operations/aws/errors";
import { addBootstrapCommand } from "./commands/bootstrap/options";
import { addCostCommand } from "./commands/cost/options";
import { addDeployCommand } from "./commands/deploy/options";
import { addDestroyCommand } from "./commands/destroy/options";
import { addDoctorCommand } from "./commands/doctor/options";
import { addExpectationsCommand } from "./commands/expectations/options";
import { addExtendCommand } from "./commands/extend/options";
import { addInitCommand } from "./commands/init/options";
import { addListCommand } from "./commands/list/options";
import { addPlanCommand } from "./commands/plan/options";
import { addProtectCommand, addUnprotectCommand } from "./commands/protect/options";
import { addReapCommand } from "./commands/reap/options";
import { addStatusCommand } from "./commands/status/options";
import type { GlobalOptions } from "./context";
import { helpText } from "./help";
import { printable } from "./output";
import { withGlobalOptions } from "./suggestions";
import { TerraformError } from "../operations/terraform/terraform";
import { UserError } from "../contract/user-error";

const DESCRIPTION = "Mock APIs on AWS that remove themselves: plan, deploy, watch, extend and destroy them.";

const HELP = helpText({
  examples: [
    ["automock init demo-42 --ttl 8h", "write its file"],
    ["automock plan automock-demo-42", "what a deployment would change"],
    ["automock deploy automock-demo-42", "deploy it, after asking"],
    ["automock list", "who has what, and for how long"],
    ["automock --local doctor", "the local AWS of `npm run local`"],
  ],
  notes: [
    "Credentials come from the usual places (AWS_PROFILE, SSO, environment variables). Results go to standard output, progress to standard error.",
    "With --json standard output is one document, { error: { message } } when it fails; the help of a command shows its shape. A name means the same in all of them: expectations is a number, usdHourly holds expected, the costs with the fewest tasks, and where they are known low and high.",
    "Exit codes: 0 done, 1 error, 2 changes are pending (plan --detailed-exitcode only), 130 Ctrl-C.",
  ],
});

/** Commands in the order in which \`--help\` lists them. */
const COMMANDS: readonly ((program: Command) => void)[] = [
  addInitCommand,
  addPlanCommand,
  addDeployCommand,
  addStatusCommand,
  addListCommand,
  addExtendCommand,
  addProtectCommand,
  addUnprotectCommand,
  addExpectationsCommand,
  addDestroyCommand,
  addReapCommand,
  addCostCommand,
  addDoctorCommand,
  addBootstrapCommand,
];

/** The command with all of its subcommands; nothing is read or run before one of them is. */
export function createProgram(): Command {
  const program = new Command("automock")
    .description(DESCRIPTION)
    .option("--json", "print the result as JSON")
    .option("--region <region>", "AWS region, where it does not follow from the environment")
    .option("--profile <name>", "profile of the AWS configuration to use")
    .option("--local", "work on the local AWS that `npm run local` has started")
    .option("--verbose", "show what terraform prints, and stack traces of unexpected errors")
    .addHelpText("after", HELP)
    .showHelpAfterError("(automock --help, or automock <command> --help, shows what is allowed)")
    .exitOverride(); // commands inherit it, so it comes before them
  for (const add of COMMANDS) add(program);
  // Global options are allowed behind the command, so its help shows them too.
  for (const command of program.commands) command.configureHelp({ showGlobalOptions: true });
  return program;
}

/** Runs a command line and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  // Node 20 is what cdktf was made for; the SDK's wish for a newer one is no news for the user.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  outliveReaders();
  const program = createProgram();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) failUsage(error, argv);
    else fail(error, program.opts<GlobalOptions>());
  }
}

/**
 * `automock doctor | head` closes the pipe early. That ends neither an apply nor the exit code: nobody reads any
 * further, and that is all. A result that cannot be written for another reason, such as a full disk, is an error.
 */
function outliveReaders(): void {
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    process.stderr.write(`The result cannot be written: ${message}\n`);
    process.exitCode = 1;
  });
}

/** Help, or a command line that does not parse: commander has said it. Options are not read yet, so `--json` is looked up. */
function failUsage({ code, exitCode, message }: CommanderError, argv: readonly string[]): void {
  process.exitCode = exitCode;
  if (exitCode === 0 || !argv.includes("--json")) return;
  writeError(code === "commander.help" ? "A command is missing." : message.replace(/^error: /, ""));
}

function fail(error: unknown, options: GlobalOptions): void {
  const { json, verbose, profile = process.env.AWS_PROFILE } = options;
  const message = withGlobalOptions(messageOf(error, profile), options);
  const known = error instanceof UserError || error instanceof TerraformError;
  process.stderr.write(`${printable(message)}\n`);
  if (verbose && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (!known && explainAwsError(error) === undefined) {
    process.stderr.write("This was not expected: --verbose shows where it comes from.\n");
  }
  if (json) writeError(message);
  process.exitCode = 1;
}

function writeError(message: string): void {
  process.stdout.write(`${JSON.stringify({ error: { message } }, null, 2)}\n`);
}

function messageOf(error: unknown, profile: string | undefined): string {
  return explainAwsError(error, profile) ?? (error instanceof Error ? error.message : String(error));
}
