import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { unzipSync } from "fflate";
import { lastLines, start, type RunningProcess } from "../operations/process";

/** Code of a function, unpacked by {@link unpackCode}, and what Lambda tells it. */
export interface FunctionCode {
  readonly functionArn: string;
  readonly folder: string;
  /** `<file without extension>.<exported name>`, as Lambda takes it. */
  readonly handler: string;
  /** The function's own environment variables. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Invocation {
  readonly event: unknown;
  readonly requestId: string;
  /** What is left of the function's time limit. */
  readonly remainingSeconds: number;
  /** Environment of which the function receives the part that Lambda sets: PATH, locale, time zone, `AWS_*`. */
  readonly env: NodeJS.ProcessEnv;
  /** Receives each line that the function logs. */
  readonly onLine?: (line: string) => void;
  /** Called with the process once it runs. */
  readonly onStart?: (child: RunningProcess) => void;
}

/** What came of an invocation: what the handler returned, threw, or that the process ended without either. */
export type Invoked =
  | { readonly kind: "returned"; readonly value: unknown }
  | {
      readonly kind: "threw";
      readonly errorType: string;
      readonly errorMessage: string;
      /** With where it came from. */
      readonly error: string;
    }
  | { readonly kind: "ended"; readonly exitCode: number; readonly lastWords: string };

const RESULT = "invoked:";

/** Runs in a process of its own, as Lambda's runtime does: import the bundle, call the handler, print the result. */
const RUNTIME = `
const [file, name, event, requestId, seconds, arn] = process.argv.slice(1);
const end = Date.now() + 1000 * Number(seconds);
const context = {
  awsRequestId: requestId,
  functionName: arn.split(":").pop(),
  invokedFunctionArn: arn,
  getRemainingTimeInMillis: () => end - Date.now(),
};
const say = (result) => console.log(${JSON.stringify(RESULT)} + JSON.stringify(result));
import(file)
  .then((code) => code[name](JSON.parse(event), context))
  .then(
    (value) => say({ kind: "returned", value: value === undefined ? null : value }),
    (error) => say({
      kind: "threw",
      errorType: String((error && error.name) || "Error"),
      errorMessage: String((error && error.message) || error),
      error: String((error && error.stack) || error),
    }),
  );
`;

/**
 * Unpacks a function's zip into a folder.
 *
 * @throws Error when `zipFault` finds one; nothing is written then
 */
export function unpackCode(zip: Uint8Array, folder: string): void {
  const fault = zipFault(zip);
  if (fault !== undefined) throw new Error(fault);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(unzipSync(zip))) {
    if (name.endsWith("/")) continue;
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Why a zip is not unpacked; `undefined` when nothing is wrong with it. */
export function zipFault(zip: Uint8Array): string | undefined {
  const names: string[] = [];
  try {
    const noteAndSkip = ({ name }: { name: string }) => {
      names.push(name);
      return false;
    };
    unzipSync(zip, { filter: noteAndSkip });
  } catch (error) {
    return `The code is not a zip file that can be read: ${(error as Error).message}.`;
  }
  const outside = names.find((name) => isAbsolute(name) || /[\\\0]|(^|\/)\.\.(\/|$)/.test(name));
  return outside === undefined
    ? undefined
    : `The zip entry ${JSON.stringify(outside)} would be written outside the function's folder.`;
}

/** What deployed code sees of this machine's environment: none of the developer's own tokens and settings. */
function functionEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => /^(PATH|LANG|TZ|TMPDIR|AWS_\w+)$/.test(name)),
  );
}

/** One invocation of a function of this project's kind (an ES module for Node); takes about a third of a second. */
export async function runFunction(code: FunctionCode, invocation: Invocation): Promise<Invoked> {
  const { event, requestId, remainingSeconds, env, onLine, onStart } = invocation;
  const [file = "", name = ""] = code.handler.split(".");
  const child = await start(process.execPath, {
    role: "job",
    args: [
      "-e",
      RUNTIME,
      join(code.folder, `${file}.mjs`),
      name,
      JSON.stringify(event),
      requestId,
      String(remainingSeconds),
      code.functionArn,
    ],
    cwd: code.folder,
    env: {
      ...functionEnvironment(env),
      ...code.variables,
      AWS_LAMBDA_FUNCTION_NAME: code.functionArn.split(":").at(-1),
    },
    onLine: (line) => (line.startsWith(RESULT) ? undefined : onLine?.(line)),
  });
  onStart?.(child);
  const { stdout, stderr, exitCode } = await child.finished;
  const line = stdout.split("\n").find((text) => text.startsWith(RESULT));
  return line === undefined
    ? { kind: "ended", exitCode, lastWords: lastLines(stdout + stderr, 30) }
    : (JSON.parse(line.slice(RESULT.length)) as Invoked);
}
