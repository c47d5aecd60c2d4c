import "../aws/quiet-sdk";
import { readFileSync, writeFileSync } from "node:fs";
import { ECSClient } from "@aws-sdk/client-ecs";
import { Command } from "commander";
import { deployImage, rollBack, type DeploymentRecord, type WaitOptions } from "./image-deployment";

interface Options {
  readonly cluster?: string;
  readonly service?: string;
  readonly image?: string;
  readonly container?: string;
  readonly allowZeroTasks?: true;
  readonly record?: string;
  readonly rollback?: string;
  readonly timeoutMinutes: string;
}

const program = new Command("npm run deploy:image --")
  .description(
    "Deploys an image to an ECS service, waits for the deployment, and rolls back automatically if it fails.",
  )
  .option("--cluster <name>", "cluster of the service")
  .option("--service <name>", "service to deploy to")
  .option("--image <image>", "<repository>@sha256:<digest>; tags are refused")
  .option("--container <name>", "container that gets the image (default: the only one)")
  .option("--allow-zero-tasks", "for the first image of a service: deploy although no task can prove it yet")
  .option("--record <file>", "file to record the change in, for --rollback")
  .option("--rollback <file>", "undo the deployment that a file records")
  .option("--timeout-minutes <number>", "minutes after which a deployment counts as failed", "20")
  .addHelpText(
    "after",
    `
Examples:
  npm run deploy:image -- --cluster c --service s --image r@sha256:… --record deployment.json
  npm run deploy:image -- --rollback deployment.json

Region and credentials come from the usual places (AWS_REGION, AWS_PROFILE, a web identity).
Exit codes: 0 in service, 1 failed. After a failure the previous image is back in service, or the message says that it is not.`,
  );

async function main(options: Options): Promise<void> {
  const minutes = Number(options.timeoutMinutes);
  if (!(minutes > 0))
    throw new Error(`--timeout-minutes is "${options.timeoutMinutes}"; use a number above 0.`);
  const wait: WaitOptions = {
    ecs: new ECSClient({}),
    log: (line) => process.stdout.write(`${line}\n`),
    timeoutMs: minutes * 60_000,
    pauseMs: 5000,
  };
  const { cluster, service, image, container, allowZeroTasks, record, rollback } = options;
  if (rollback !== undefined) {
    if (cluster ?? service ?? image ?? container ?? allowZeroTasks ?? record) {
      throw new Error("--rollback reads everything from its file: omit the other options.");
    }
    return rollBack(readRecord(rollback), wait);
  }
  if (cluster === undefined || service === undefined || image === undefined) {
    throw new Error("Name --cluster, --service and --image, or --rollback with a file.");
  }
  await deployImage({
    ...wait,
    cluster,
    service,
    image,
    container,
    allowZeroTasks,
    onRecord: (written) => {
      if (record !== undefined) writeRecord(record, written);
    },
  });
  wait.log(`${service}: in service`);
}

function writeRecord(file: string, record: DeploymentRecord): void {
  try {
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    throw new Error(
      `The record cannot be written to ${file} (${codeOf(error)}), so nothing was deployed. Name another file with --record.`,
    );
  }
}

const FIELDS = ["cluster", "service", "image", "taskDefinitionArn", "previousTaskDefinitionArn"] as const;

function readRecord(file: string): DeploymentRecord {
  let why = "";
  try {
    const record = JSON.parse(readFileSync(file, "utf8")) as Partial<DeploymentRecord>;
    if (FIELDS.every((field) => typeof record[field] === "string")) return record as DeploymentRecord;
  } catch (error) {
    if (!(error instanceof SyntaxError)) why = ` (${codeOf(error)})`;
  }
  throw new Error(`${file} is not a record of a deployment${why}. Name a file that --record wrote.`);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** Errors of the SDK that name no setting. */
function messageOf({ name, message }: Error): string {
  if (message === "Region is missing") return "No region is set. Set AWS_REGION to the region of the stack.";
  return name === "CredentialsProviderError"
    ? `There are no usable AWS credentials (${message}). Log in, or set AWS_PROFILE.`
    : message;
}

main(program.parse().opts<Options>()).catch((error: Error) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
