import { Command, CommanderError, Option } from "commander";
import { isObject } from "../contract/json";
import { LOCAL_VARIABLE } from "../contract/local-variable";
import { explainAwsError } from "../operations/aws/errors";
import { addAdminCommand } from "./commands/admin/options";
import { addBootstrapCommand } from "./commands/bootstrap/options";
import { addControlPlaneCommand } from "./commands/control-plane/options";
import { addCostCommand } from "./commands/cost/options";
import { addDashboardCommand } from "./commands/dashboard/options";
import { addDeployCommand } from "./commands/deploy/options";
import { addDestroyCommand } from "./commands/destroy/options";
import { addDoctorCommand } from "./commands/doctor/options";
import { addExpectationsCommand } from "./commands/expectations/options";
import { addExtendCommand } from "./commands/extend/options";
import { addImagesCommand } from "./commands/images/options";
import { addInitCommand } from "./commands/init/options";
import { addListCommand } from "./commands/list/options";
import { addPlanCommand } from "./commands/plan/options";
import { addProtectCommand, addUnprotectCommand } from "./commands/protect/options";
import { addReapCommand } from "./commands/reap/options";
import { addStatusCommand } from "./commands/status/options";
import { addTestEnvCommand } from "./commands/test-env/options";
import type { GlobalOptions } from "./context";
import { version } from "../package.json";
import { explainFileError } from "../operations/file-errors";
import { helpText } from "./help";
import { printable } from "./output";
import { withGlobalOptions } from "./suggestions";
import { Refused } from "../operations/test-environments/refused";
import { TerraformError } from "../operations/terraform/terraform";
import { UserError } from "../contract/user-error";

const DESCRIPTION =
  "Plan, deploy, watch, extend and destroy mock APIs on AWS that delete themselves when they expire.";

const HELP = helpText({
  examples: [
    ["automock init demo-42 --ttl 8h", "create its file"],
    ["automock plan automock-demo-42", "show what a deployment would change"],
    ["automock deploy automock-demo-42", "deploy it after confirmation"],
    ["automock list", "list environments, owners and expiry"],
    ["automock --local doctor", "check the local AWS of `npm run local`"],
  ],
  notes: [
    "Credentials come from the usual places (AWS_PROFILE, SSO, environment variables). Results go to standard output, progress to standard error.",
    "With --json, standard output is one JSON document, or { error: { message } } if the command fails. The help of each command shows the shape of its document. A key has the same meaning in every document: expectations is a number; usdHourly holds expected (the cost of the minimum number of tasks) and, where they are known, low and high.",
    "Exit codes: 0 success, 1 error, 130 interrupted with Ctrl-C. plan --detailed-exitcode also ends with 2 when changes are pending, 3 when there is only drift and 4 when only a check fails. test-env and admin have more, which their help lists.",
  ],
});

/** Commands in the order of `--help`. */
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
  addControlPlaneCommand,
  addDashboardCommand,
  addDestroyCommand,
  addReapCommand,
  addTestEnvCommand,
  addCostCommand,
  addAdminCommand,
  addImagesCommand,
  addDoctorCommand,
  addBootstrapCommand,
];

/** Creates the program with all commands. Nothing is read or run until a command starts. */
export function createProgram(): Command {
  const program = new Command("automock")
    .description(DESCRIPTION)
    .version(version, "-V, --version", "print the version")
    .option("--json", "print the result as JSON")
    .option("--region <region>", "AWS region, if it does not follow from the environment")
    .option("--profile <name>", "AWS profile to use")
    .addOption(new Option("--local", "use the local AWS that `npm run local` started").env(LOCAL_VARIABLE))
    .option("--verbose", "show terraform's output, and stack traces of unexpected errors")
    .addHelpText("after", HELP)
    .showHelpAfterError("(see automock --help or automock <command> --help)")
    .exitOverride(); // commands inherit it, so it must come before them
  for (const add of COMMANDS) add(program);
  // Global options may follow the command, so its help shows them too.
  for (const command of program.commands)
    command.configureHelp({ ...command.configureHelp(), showGlobalOptions: true });
  return program;
}

/** Runs a command line and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  outliveReaders();
  const program = createProgram();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) failUsage(error, argv);
    else if (isObject(error) && error.code === "MODULE_NOT_FOUND")
      throw error; // cli/bin/ knows what to do
    else fail(error, program.opts<GlobalOptions>());
  }
}

/**
 * Ignores a pipe that its reader closes early, as in `automock doctor | head`: an apply must go on, and the exit code
 * stays. A result that cannot be written for another reason, such as a full disk, is an error.
 */
function outliveReaders(): void {
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    process.stderr.write(`Cannot write the result: ${message}\n`);
    process.exitCode = 1;
  });
}

/**
 * Handles help and a command line that does not parse; commander has already printed the message. Options are not
 * parsed yet, so this looks for `--json` itself.
 */
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
  else if (!known && explained(error) === undefined) {
    process.stderr.write(
      "This error is unexpected. Run the command again with --verbose to see its stack trace.\n",
    );
  }
  if (json) writeError(message);
  if (error instanceof Refused) process.exitCode = error.exitCode;
  else process.exitCode ||= 1; // the command may have said more
}

function writeError(message: string): void {
  process.stdout.write(`${JSON.stringify({ error: { message } }, null, 2)}\n`);
}

function explained(error: unknown, profile?: string): string | undefined {
  return explainAwsError(error, profile) ?? explainFileError(error);
}

function messageOf(error: unknown, profile: string | undefined): string {
  return explained(error, profile) ?? (error instanceof Error ? error.message : String(error));
}
