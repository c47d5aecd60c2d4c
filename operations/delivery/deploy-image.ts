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
      if (record !== undefined) writeFileSync(record, `${JSON.stringify(written, null, 2)}\n`);
    },
  });
  wait.log(`${service}: in service`);
}

const FIELDS = ["cluster", "service", "image", "taskDefinitionArn", "previousTaskDefinitionArn"] as const;

function readRecord(file: string): DeploymentRecord {
  const text = readFileSync(file, "utf8");
  try {
    const record = JSON.parse(text) as Partial<DeploymentRecord>;
    if (FIELDS.every((field) => typeof record[field] === "string")) return record as DeploymentRecord;
  } catch {
    // Reported below.
  }
  throw new Error(`${file} is not a record of a deployment. Name a file that --record wrote.`);
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
main(program.parse().opts<Options>()).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
