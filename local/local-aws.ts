import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  findProviderMirror,
  writeMirrorConfig,
  type ProviderMirror,
} from "../operations/terraform/provider-mirror";
import { DataPlane } from "./data-plane";
import {
  localClientConfig,
  localVariables,
  randomCredentials,
  withLocalAws,
  type LocalClientConfig,
} from "./environment";
import { LocalFunctions } from "./functions";
import { startGateway } from "./gateway/gateway";
import type { LocalClock } from "./clock";
import type { CallLog } from "./gateway/call-log";
import type { Delays } from "./gateway/delays";
import type { Quotas } from "./gateway/quotas";
import type { Capacity } from "./gateway/services/fleets";
import type { Faults } from "./gateway/faults";
import type { Sessions } from "./sessions";
import type { Instances } from "./sessions/instances";
import { startMoto } from "./moto";

export interface LocalAwsOptions {
  /** 12 digits; the account all resources belong to. */
  readonly accountId: string;
  readonly region: string;
  /** One line of progress at a time. */
  readonly log: (line: string) => void;
  /** Environment to start from. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Folder in which moto's `.venv` is looked for and created. @default the current folder */
  readonly projectFolder?: string;
  /** File that receives the call log as JSON lines. @default in memory only */
  readonly callLogFile?: string;
  /** Runs tasks as processes behind load balancers on loopback. @default false: they are records */
  readonly runsTasks?: boolean;
}

export interface LocalAws {
  /** `http://127.0.0.1:<port>`: the endpoint of every service. */
  readonly endpoint: string;
  /** Environment for terraform, cdktf and the AWS SDK. */
  readonly env: NodeJS.ProcessEnv;
  /** Settings of SDK clients. */
  readonly clientConfig: LocalClientConfig;
  /** The variables that another process adds to its environment to use this one. The access key in them is a secret. */
  readonly variables: Readonly<Record<string, string>>;
  /** Fault rules; change them at any time. */
  readonly faults: Faults;
  /** How long tables, functions and roles take; change them at any time. */
  readonly delays: Delays;
  /** What is refused as too many or too often; change it at any time. */
  readonly quotas: Quotas;
  /** Settings of SDK clients that act in another account, with rights to everything in it. */
  clientConfigFor(accountId: string): LocalClientConfig;
  /** All calls. */
  readonly calls: CallLog;
  /** What instances fleets get; change it at any time. */
  readonly capacity: Capacity;
  /** Time of schedules and instances. It stands still until it is moved on, or `run()` lets it run. */
  readonly clock: LocalClock;
  /** What runs on instances. */
  readonly instances: Instances;
  /** Sessions on instances. */
  readonly sessions: Sessions;
  /** Tasks and load balancers that really run; `undefined` if they are records. */
  readonly dataPlane: DataPlane | undefined;
  /** Process id of moto. */
  readonly motoPid: number;
  /** The provider mirror in use; without one Terraform downloads from its registry. */
  readonly providerMirror: ProviderMirror | undefined;
  /** Stops moto and the gateway and deletes the scratch folder. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a local AWS on loopback: the gateway on a free port, and moto behind it on
 * a socket that only this user can open. The gateway executes code for its callers, so it refuses all who do not know
 * the random access key of this session. All state is in memory and gone
 * after `stop()`. Nothing outlives this process: see `operations/process.ts`.
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { accountId, region, log } = options;
  const base = options.env ?? process.env;
  const projectFolder = options.projectFolder ?? process.cwd();
  const providerMirror = findProviderMirror({
    env: base,
    workingFolder: projectFolder,
    homeFolder: homedir(),
    platform: process.platform,
    arch: process.arch,
  });
  const scratch = mkdtempSync(join(tmpdir(), "local-aws-")); // no other user can enter it
  provideSdk(join(scratch, "functions"));
  const removeScratch = () => rmSync(scratch, { recursive: true, force: true });
  process.once("exit", removeScratch); // a signal ends the process without stop()
  const moto = await startMoto({
    env: base,
    projectFolder,
    socketPath: join(scratch, "moto.sock"),
    log,
  }).catch((error: unknown) => {
    removeScratch();
    throw error;
  });
  const credentials = randomCredentials();
  const functions = new LocalFunctions({
    folder: join(scratch, "functions"),
    env: () => withLocalAws(base, variables),
    log,
  });
  let dataPlane: DataPlane | undefined;
  const gateway = await (async () => {
    dataPlane = options.runsTasks
      ? await DataPlane.start({
          accountId,
          region,
          motoSocket: moto.socketPath,
          folder: join(scratch, "data-plane"),
          env: base,
          variables: () => awsVariables(variables),
          log,
        })
      : undefined;
    return startGateway({
      accountId,
      region,
      motoSocket: moto.socketPath,
      accessKeyId: credentials.accessKeyId,
      callLogFile: options.callLogFile,
      runFunction: (...invocation) => functions.run(...invocation),
      dataPlane,
      sessions: { folder: join(scratch, "instances"), env: () => withLocalAws(base, variables) },
    });
  })().catch(async (error: unknown) => {
    await dataPlane?.stop();
    await moto.stop();
    throw error;
  });
  const endpoint = `http://127.0.0.1:${gateway.port}`;

  const emptyAwsConfig = join(scratch, "aws-config");
  writeFileSync(emptyAwsConfig, "");
  const terraformConfig = providerMirror && writeMirrorConfig(providerMirror, scratch);
  log(
    providerMirror
      ? `hashicorp/aws ${providerMirror.versions.join(", ")} from the mirror ${providerMirror.folder}`
      : "hashicorp/aws from the Terraform registry (no provider mirror found)",
  );

  const variables = localVariables({ credentials, endpoint, region, emptyAwsConfig, terraformConfig });
  const boxes = gateway.boxes!;
  let stopping: Promise<void> | undefined;
  return {
    endpoint,
    env: withLocalAws(base, variables),
    variables,
    clientConfig: localClientConfig(variables, region),
    clientConfigFor: (other) => {
      const own = randomCredentials();
      gateway.admit(own.accessKeyId, other);
      return { ...localClientConfig(variables, region), credentials: own };
    },
    faults: gateway.faults,
    delays: gateway.delays,
    quotas: gateway.quotas,
    calls: gateway.calls,
    capacity: boxes.capacity,
    clock: gateway.clock,
    instances: boxes.instances,
    sessions: boxes.sessions,
    dataPlane,
    motoPid: moto.pid,
    providerMirror,
    stop: () =>
      (stopping ??= (async () => {
        await functions.stop();
        await dataPlane?.stop();
        await gateway.stop();
        await moto.stop();
        process.off("exit", removeScratch);
        removeScratch();
      })()),
  };
}

/** Lambda's Node runtimes come with the AWS SDK: functions find it above their folder, and no other library. */
function provideSdk(functionsFolder: string): void {
  mkdirSync(join(functionsFolder, "node_modules"), { recursive: true });
  const sdk = join(dirname(require.resolve("@aws-sdk/client-s3/package.json")), "..");
  symlinkSync(sdk, join(functionsFolder, "node_modules", "@aws-sdk"), "dir");
}

/** The variables for a container: none of terraform, and no proxy. */
function awsVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith("AWS_")));
}
