import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { unzipSync } from "fflate";
import { lastLines, start, type RunningProcess } from "../operations/process";

/** Code of a function, unpacked by {@link unpackCode}, and the input from Lambda. */
export interface FunctionCode {
  readonly functionArn: string;
  readonly folder: string;
  /** For example `nodejs22.x` or `python3.13`. */
  readonly runtime: string;
  /** `<file without extension>.<exported name>`, as in Lambda. */
  readonly handler: string;
  /** The function's own environment variables. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Invocation {
  readonly event: unknown;
  readonly requestId: string;
  /** Time left of the function's limit. */
  readonly remainingSeconds: number;
  /** Environment of which the function receives the part that Lambda sets: PATH, locale, time zone, `AWS_*`. */
  readonly env: NodeJS.ProcessEnv;
  /** Receives each line that the function logs. */
  readonly onLine?: (line: string) => void;
  /** Called with the process when it has started. */
  readonly onStart?: (child: RunningProcess) => void;
}

/** Result of an invocation: the handler returned or threw, or the process ended without either. */
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

/** Runs in a process of its own, as Lambda's runtime does: import the code, call the handler, print the result. */
const NODE_RUNTIME = `
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
  .then((code) => (code[name] ?? code.default[name])(JSON.parse(event), context))
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

/** The same for Python; what the function prints goes to the log, as its result does. */
const PYTHON_RUNTIME = `
import importlib.util, json, os, sys, time, traceback
file, name, event, request_id, seconds, arn = sys.argv[1:]
end = time.time() + float(seconds)
class Context:
    aws_request_id = request_id
    function_name = arn.split(":")[-1]
    invoked_function_arn = arn
    def get_remaining_time_in_millis(self):
        return int((end - time.time()) * 1000)
def say(result):
    print("\\n" + ${JSON.stringify(RESULT)} + json.dumps(result), flush=True)
sys.path.insert(0, os.getcwd())
try:
    spec = importlib.util.spec_from_file_location(os.path.basename(file)[:-3], file)
    code = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = code
    spec.loader.exec_module(code)
    value = getattr(code, name)(json.loads(event), Context())
    say({"kind": "returned", "value": value})
except Exception as error:
    say({"kind": "threw", "errorType": type(error).__name__, "errorMessage": str(error), "error": traceback.format_exc()})
`;

interface Interpreter {
  readonly command: string;
  /** Command line up to the code's file. */
  readonly args: readonly string[];
  /** Endings of files, the first that exists counts. */
  readonly extensions: readonly string[];
}

/** Which program runs a function; a runtime that is neither is refused. */
function interpreterOf(runtime: string): Interpreter {
  if (runtime.startsWith("python")) {
    return { command: "python3", args: ["-B", "-c", PYTHON_RUNTIME], extensions: [".py"] };
  }
  if (runtime.startsWith("nodejs")) {
    return {
      command: process.execPath,
      args: ["-e", NODE_RUNTIME],
      extensions: [".mjs", ".js", ".cjs"],
    };
  }
  throw new Error(`The local AWS runs functions in nodejs and python, not in ${runtime}.`);
}

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

/** Why a zip is not unpacked; `undefined` if it is valid. */
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

/** The variables that deployed code gets, without the developer's own tokens and settings. */
function functionEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => /^(PATH|LANG|TZ|TMPDIR|AWS_\w+)$/.test(name)),
  );
}

/** One invocation of a function in Node or Python; takes about a third of a second. */
export async function runFunction(code: FunctionCode, invocation: Invocation): Promise<Invoked> {
  const { event, requestId, remainingSeconds, env, onLine, onStart } = invocation;
  const { command, args, extensions } = interpreterOf(code.runtime);
  const dot = code.handler.lastIndexOf(".");
  const [file, name] = [code.handler.slice(0, dot), code.handler.slice(dot + 1)];
  const files = extensions.map((extension) => join(code.folder, `${file}${extension}`));
  const found = files.find((one) => existsSync(one));
  if (found === undefined) return missing(code, file, extensions);
  const child = await start(command, {
    role: "job",
    args: [
      ...args,
      found,
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

/** As Lambda says it. */
function missing({ handler }: FunctionCode, file: string, extensions: readonly string[]): Invoked {
  const errorType = "Runtime.ImportModuleError";
  const names = extensions.map((extension) => `${file}${extension}`).join(", ");
  const errorMessage = `The handler is ${handler}, but the code has none of ${names}.`;
  return { kind: "threw", errorType, errorMessage, error: `${errorType}: ${errorMessage}` };
}
