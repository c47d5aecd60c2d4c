import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { bootstrap, type BootstrapResult } from "../operations/terraform/bootstrap-state";
import { run, type Finished } from "../operations/process";
import { Terraform } from "../operations/terraform/terraform";
import { stateBucketName, stateKey } from "../contract/names";
import { loadEnvironments } from "../environments/schema";
import { listEverything, type InventoryItem } from "./inventory";
import { runApp, stackFolder } from "../operations/terraform/run-app";
import { boundRetries } from "../operations/terraform/bound-retries";
import type { LocalClientConfig } from "./environment";
import { startLocalAws, type LocalAws } from "./local-aws";
import type { ProjectCopy } from "../operations/terraform/project-copy";
import { announceSession } from "./session";
import { makeZones } from "./zones";

const PROJECT = join(__dirname, "..");

/** A copy of the project and a local AWS for it, used by the demo and the end-to-end tests. */
export interface Stage {
  readonly aws: LocalAws;
  readonly accountId: string;
  readonly region: string;
  /** Folder of the copy. */
  readonly folder: string;
  readonly terraform: Terraform;
  /** Settings of SDK clients. */
  readonly clientConfig: LocalClientConfig;
  stackFolder(stack: string): string;
  /** Runs the `automock` command in the copy, with `--local`. A non-zero exit code is not an error here. */
  automock(args: readonly string[], options?: CommandOptions): Promise<Finished>;
  /** Synthesizes all stacks and limits the retries of the named ones. */
  synth(stacks: readonly string[]): Promise<void>;
  /** Deploys the bootstrap stack. */
  bootstrap(confirmed?: boolean): Promise<BootstrapResult>;
  /** File of the bootstrap stack's state until its bucket exists. */
  readonly localState: string;
  /** Everything in the account. */
  list(): Promise<InventoryItem[]>;
  /** Stops the local AWS and removes the copy. */
  close(): Promise<void>;
}

export interface CommandOptions {
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
}

export interface StageOptions {
  readonly copy: ProjectCopy;
  readonly log: (line: string) => void;
  /** Receives each line that terraform and cdktf print. */
  readonly onLine?: (line: string) => void;
  /** Tasks and load balancers really run. @default false: they are records */
  readonly runsTasks?: boolean;
}

/** Opens a stage in the account and region of prod; the hosted zones of the environments exist there. */
export async function openStage({ copy, log, onLine, runsTasks }: StageOptions): Promise<Stage> {
  const { folder } = copy;
  const { environments } = loadEnvironments(join(folder, "environments"));
  const { accountId, region } = environments[0]!;
  const aws = await startLocalAws({ accountId, region, log, projectFolder: PROJECT, runsTasks });
  const { pid } = process;
  announceSession(folder, { endpoint: aws.endpoint, accountId, region, pid, variables: aws.variables });
  await makeZones(aws.clientConfig, environments);
  const terraform = await Terraform.find({ env: aws.env, onLine });
  const stage: Stage = {
    aws,
    accountId,
    region,
    folder,
    terraform,
    clientConfig: aws.clientConfig,
    localState: join(folder, "bootstrap.tfstate"),
    stackFolder: (stack) => stackFolder({ projectFolder: folder }, stack),
    automock: (args, options = {}) =>
      run(process.execPath, {
        args: [join(folder, "cli", "bin", "automock.mjs"), "--local", ...args],
        cwd: folder,
        env: process.env,
        onLine: options.onLine,
      }),
    synth: async (stacks) => {
      await runApp({ projectFolder: folder, env: aws.env, onLine });
      for (const stack of ["bootstrap", ...stacks]) boundRetries(stage.stackFolder(stack));
    },
    bootstrap: async (confirmed = true) => {
      const { result } = await bootstrap({
        folder: stage.stackFolder("bootstrap"),
        localState: stage.localState,
        bucket: stateBucketName(accountId, region),
        key: stateKey("bootstrap", "shared"),
        s3: new S3Client(stage.clientConfig),
        terraform,
        log,
        planFile: "tfplan",
        apply: async () => {
          if (confirmed) await terraform.apply(stage.stackFolder("bootstrap"), { planFile: "tfplan" });
          return confirmed;
        },
      });
      return result;
    },
    list: () => listEverything(aws.env, region),
    close: async () => {
      await aws.stop();
      copy.remove();
    },
  };
  return stage;
}
