import { Command, InvalidArgumentError } from "commander";
import { smoke } from "./smoke-checks";

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("Use a whole number of at least 1.");
  return value;
}

interface Options {
  readonly attempts: number;
  readonly pauseSeconds: number;
  readonly timeoutSeconds: number;
}

const program = new Command("npm run smoke --")
  .description("Checks that a deployed Task API answers. It reads only.")
  .argument("<url>", "URL of the API, for example https://tasks.example.com")
  .option("--attempts <number>", "attempts per check", positive, 5)
  .option("--pause-seconds <number>", "seconds between attempts", positive, 3)
  .option("--timeout-seconds <number>", "timeout of a request in seconds", positive, 10)
  .addHelpText(
    "after",
    `
Run it when the deployment is steady: it does not wait for tasks to start.
Exit codes: 0 all checks passed, 1 a check failed or the URL is invalid.`,
  );

program.parse();
const [url] = program.args as [string];
const { attempts, pauseSeconds, timeoutSeconds } = program.opts<Options>();
smoke({
  url,
  attempts,
  pauseMs: pauseSeconds * 1000,
  timeoutMs: timeoutSeconds * 1000,
  log: (line) => process.stdout.write(`${line}\n`),
}).then(
  (passed) => {
    if (!passed) process.exitCode = 1;
  },
  (error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  },
);
