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
  .description("Brings an image into an ECS service, waits for it, and goes back by itself when it fails.")
  .option("--cluster <name>", "cluster of the service")
  .option("--service <name>", "service that gets the image")
  .option("--image <image>", "<repository>@sha256:<digest>; a tag is refused")
  .option("--container <name>", "container that gets the image (default: the only one)")
  .option("--allow-zero-tasks", "for the first image of a service: no task runs yet, so nothing proves it")
  .option("--record <file>", "writes down what is changed, for --rollback")
  .option("--rollback <file>", "undoes the deployment written down in a file")
  .option("--timeout-minutes <number>", "minutes after which a deployment has failed", "20")
  .addHelpText(
    "after",
    `
Examples:
  npm run deploy:image -- --cluster c --service s --image r@sha256:… --record deployment.json
  npm run deploy:image -- --rollback deployment.json

Region and credentials come from the usual places (AWS_REGION, AWS_PROFILE, a web identity).
Exit codes: 0 in service, 1 failed; the previous image is then back in service, or the message says that it is not.`,
  );

async function main(options: Options): Promise<void> {
  const minutes = Number(options.timeoutMinutes);
  if (!(minutes > 0))
    throw new Error(`--timeout-minutes is "${options.timeoutMinutes}"; write a number above 0.`);
  const wait: WaitOptions = {
    ecs: new ECSClient({}),
    log: (line) => process.stdout.write(`${line}\n`),
    timeoutMs: minutes * 60_000,
    pauseMs: 5000,
  };
  const { cluster, service, image, container, allowZeroTasks, record, rollback } = options;
  if (rollback !== undefined) {
    if (cluster ?? service ?? image ?? container ?? allowZeroTasks ?? record) {
      throw new Error("--rollback takes everything from its file: leave the other options out.");
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
    // Said below.
  }
  throw new Error(`${file} holds no record of a deployment: it is what --record writes.`);
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
main(program.parse().opts<Options>()).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
