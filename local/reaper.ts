import { createHash, randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { reaperNames } from "../contract/reaper";
import { killGroup } from "../operations/process";
import { localClientConfig } from "./environment";
import type { CallLog } from "./gateway/call-log";
import { runFunction, unpackCode, type FunctionCode } from "./lambda-runtime";

export interface LocalReaperOptions {
  readonly accountId: string;
  readonly region: string;
  /** Environment of the local AWS, see `LocalAws.env`. */
  readonly env: NodeJS.ProcessEnv;
  /** The deployed zip. */
  readonly zipFile: string;
  /** Folder for the unpacked code; removed by `remove`. */
  readonly folder: string;
  /** Receives each line that the function logs. */
  readonly onLine?: (line: string) => void;
}

export interface InvokeOptions {
  /** The same for every retry of an event, as in Lambda. @default a new one */
  readonly requestId?: string;
  /** Kills the process after this many calls to AWS. @default never */
  readonly killAfterCalls?: { readonly count: number; readonly log: CallLog };
  /** Time left of Lambda's limit. @default 900 */
  readonly remainingSeconds?: number;
}

/** Result of an invocation: the handler returned or threw, or it was killed. */
export type Invoked =
  | { readonly kind: "returned"; readonly value: unknown; readonly seconds: number }
  | { readonly kind: "threw"; readonly error: string; readonly seconds: number }
  | { readonly kind: "killed"; readonly seconds: number };

/** The deployed reaper, invoked on this machine against the local AWS with the deployed settings. */
export class LocalReaper {
  private constructor(
    private readonly options: LocalReaperOptions,
    private readonly code: FunctionCode,
  ) {}

  /** Unpacks the zip. Throws when it is not the code that the function was deployed with. */
  static async prepare(options: LocalReaperOptions): Promise<LocalReaper> {
    const { accountId, region, env, zipFile, folder } = options;
    const client = new LambdaClient(localClientConfig(env, region));
    const FunctionName = reaperNames(accountId, region).functionName;
    const deployed = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    client.destroy();
    const zip = readFileSync(zipFile);
    const sha256 = createHash("sha256").update(zip).digest("base64");
    if (deployed.CodeSha256 !== sha256) {
      throw new Error(
        `${zipFile} (${sha256}) is not the code of ${FunctionName} (${deployed.CodeSha256}): deploy the bootstrap stack again.`,
      );
    }
    unpackCode(zip, folder);
    return new LocalReaper(options, {
      functionArn: reaperNames(accountId, region).functionArn,
      folder,
      runtime: deployed.Runtime!,
      handler: deployed.Handler!,
      variables: deployed.Environment?.Variables ?? {},
    });
  }

  /** One invocation; takes about a third of a second beyond the work. */
  async invoke(event: unknown, invoke: InvokeOptions = {}): Promise<Invoked> {
    const { env, onLine } = this.options;
    const { requestId = randomUUID(), remainingSeconds = 900, killAfterCalls } = invoke;
    const started = performance.now();
    let killed = false;
    let timer: NodeJS.Timeout | undefined;
    const invoked = await runFunction(this.code, {
      event,
      requestId,
      remainingSeconds,
      // In the user agent, so that fault rules can distinguish this caller from others.
      env: { ...env, AWS_SDK_UA_APP_ID: requestId },
      onLine,
      onStart: ({ pid }) => {
        timer =
          killAfterCalls &&
          watch(killAfterCalls, () => {
            killed = true;
            // The child leads its process group, so the whole group is killed.
            killGroup(pid);
          });
      },
    });
    clearInterval(timer);
    const seconds = (performance.now() - started) / 1000;
    if (invoked.kind !== "ended") return { ...invoked, seconds };
    if (killed) return { kind: "killed", seconds };
    throw new Error(
      `The reaper ended with exit code ${invoked.exitCode} and no result:\n${invoked.lastWords}`,
    );
  }

  remove(): void {
    rmSync(this.options.folder, { recursive: true, force: true });
  }
}

function watch(
  { count, log }: NonNullable<InvokeOptions["killAfterCalls"]>,
  kill: () => void,
): NodeJS.Timeout {
  const limit = log.all().length + count;
  const timer = setInterval(() => {
    if (log.all().length < limit) return;
    clearInterval(timer);
    kill();
  }, 2);
  return timer;
}
