import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { unzipSync } from "fflate";
import { lastLines, start, type Finished } from "../cli/process";
import { reaperNames } from "../contract/reaper";
import type { CallLog } from "./gateway/call-log";

export interface LocalReaperOptions {
  readonly accountId: string;
  readonly region: string;
  /** Environment of the local AWS, see `LocalAws.env`. */
  readonly env: NodeJS.ProcessEnv;
  /** The zip that was deployed. */
  readonly zipFile: string;
  /** Folder for the unpacked code; removed by `remove`. */
  readonly folder: string;
  /** Receives each line that the function logs. */
  readonly onLine?: (line: string) => void;
}

export interface InvokeOptions {
  /** The same in every retry of an event, as Lambda does. @default a new one */
  readonly requestId?: string;
  /** Ends the process without a word after so many calls to AWS. @default never */
  readonly killAfterCalls?: { readonly count: number; readonly log: CallLog };
  /** What is left of Lambda's time limit. @default 900 */
  readonly remainingSeconds?: number;
}

/** What came of an invocation: what the handler returned, threw, or that it was killed. */
export type Invoked =
  | { readonly kind: "returned"; readonly value: unknown; readonly seconds: number }
  | { readonly kind: "threw"; readonly error: string; readonly seconds: number }
  | { readonly kind: "killed"; readonly seconds: number };

const RESULT = "invoked:";

/** Runs in a process of its own, as Lambda's runtime does: import the bundle, call the handler, print the result. */
const RUNTIME = `
const [file, event, requestId, seconds, arn] = process.argv.slice(1);
const end = Date.now() + 1000 * Number(seconds);
const context = {
  awsRequestId: requestId,
  functionName: arn.split(":").pop(),
  invokedFunctionArn: arn,
  getRemainingTimeInMillis: () => end - Date.now(),
};
const say = (result) => console.log(${JSON.stringify(RESULT)} + JSON.stringify(result));
import(file)
  .then(({ handler }) => handler(JSON.parse(event), context))
  .then(
    (value) => say({ kind: "returned", value }),
    (error) => say({ kind: "threw", error: String((error && error.stack) || error) }),
  );
`;

/** The deployed reaper, invoked on this machine against the local AWS with the deployed settings. */
export class LocalReaper {
  private constructor(
    private readonly options: LocalReaperOptions,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  /** Unpacks the zip. Throws when it is not the code that the function was deployed with. */
  static async prepare(options: LocalReaperOptions): Promise<LocalReaper> {
    const { accountId, region, env, zipFile, folder } = options;
    const client = new LambdaClient({
      region,
      endpoint: env.AWS_ENDPOINT_URL,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
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
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(unzipSync(zip))) writeFileSync(join(folder, name), content);
    return new LocalReaper(options, deployed.Environment?.Variables ?? {});
  }

  /** One invocation; takes about a third of a second beyond the work. */
  async invoke(event: unknown, invoke: InvokeOptions = {}): Promise<Invoked> {
    const { accountId, region, env, folder, onLine } = this.options;
    const { requestId = randomUUID(), remainingSeconds = 900, killAfterCalls } = invoke;
    const { functionArn, functionName } = reaperNames(accountId, region);
    const started = performance.now();
    const child = await start(process.execPath, {
      role: "job",
      args: [
        "-e",
        RUNTIME,
        join(folder, "index.mjs"),
        JSON.stringify(event),
        requestId,
        String(remainingSeconds),
        functionArn,
      ],
      cwd: folder,
      env: {
        ...env,
        ...this.variables,
        AWS_LAMBDA_FUNCTION_NAME: functionName,
        // In the user agent: fault rules can tell this caller from others.
        AWS_SDK_UA_APP_ID: requestId,
      },
      onLine: (line) => (line.startsWith(RESULT) ? undefined : onLine?.(line)),
    });
    let killed = false;
    const timer =
      killAfterCalls &&
      watch(killAfterCalls, () => {
        killed = true;
        // The child leads its group: no signal handler, no farewell.
        process.kill(-child.pid, "SIGKILL");
      });
    const finished = await child.finished;
    clearInterval(timer);
    const seconds = (performance.now() - started) / 1000;
    return killed && !finished.stdout.includes(RESULT)
      ? { kind: "killed", seconds }
      : read(finished, seconds);
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

function read(finished: Finished, seconds: number): Invoked {
  const line = finished.stdout.split("\n").find((text) => text.startsWith(RESULT));
  if (line === undefined) {
    throw new Error(
      `The reaper ended with exit code ${finished.exitCode} and no result:\n${lastLines(finished.stdout + finished.stderr, 30)}`,
    );
  }
  return { ...(JSON.parse(line.slice(RESULT.length)) as Invoked), seconds };
}
