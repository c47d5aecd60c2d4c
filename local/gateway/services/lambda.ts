import { zipFault, type Invoked } from "../../lambda-runtime";
import {
  isSuccess,
  jsonOf,
  withJson,
  withRequestBody,
  type Answer,
  type Call,
  type Forward,
  type JsonObject,
  type ServicePatch,
} from "../call";
import { awsErrorAnswer } from "../error-shape";

/** A function as it was deployed, and its code. */
export interface DeployedFunction {
  readonly functionArn: string;
  /** `<file>.<exported name>`. */
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly zip: Uint8Array;
}

/** Runs a function once. */
export type RunFunction = (deployed: DeployedFunction, event: unknown) => Promise<Invoked>;

const UPLOADS = new Set(["CreateFunction", "UpdateFunctionCode"]);

/** What a caller sets on a function, moto drops, and GetFunction returns on AWS. */
const REMEMBERED = ["DeadLetterConfig", "LoggingConfig"] as const;

/**
 * Remembers what moto drops of a function's configuration, and with `run` invokes functions whose code came as a zip
 * file: `RequestResponse` waits for the answer, `Event` does not, and is not tried again when it fails.
 */
export function lambda(run?: RunFunction): ServicePatch {
  const byName = new Map<string, JsonObject>();
  const zips = new Map<string, Uint8Array>();
  const rememberCode = (name: string, { ZipFile }: JsonObject) => {
    if (typeof ZipFile === "string") zips.set(name, Buffer.from(ZipFile, "base64"));
  };

  return async (call, forward) => {
    const fault = UPLOADS.has(call.operation) ? codeFault(jsonOf(call)) : undefined;
    if (fault !== undefined) {
      return awsErrorAnswer(call, { status: 400, code: "InvalidParameterValueException", message: fault });
    }
    const zip = zips.get(nameOf(call.resource));
    if (call.operation === "Invoke" && run && zip) return invoke(call, forward, zip, run);
    const answer = await forward(call);
    if (!isSuccess(answer)) return answer;
    switch (call.operation) {
      case "CreateFunction":
      case "UpdateFunctionConfiguration": {
        const input = jsonOf(call);
        const name = nameOf(String(input.FunctionName ?? call.resource));
        if (call.operation === "CreateFunction") rememberCode(name, (input.Code ?? {}) as JsonObject);
        const set = Object.entries(input).filter(([key]) =>
          REMEMBERED.some((remembered) => remembered === key),
        );
        const before = call.operation === "CreateFunction" ? {} : byName.get(name);
        byName.set(name, { ...before, ...Object.fromEntries(set) });
        return withConfiguration(answer, byName.get(name));
      }
      case "UpdateFunctionCode":
        rememberCode(nameOf(call.resource), jsonOf(call));
        return answer;
      case "GetFunction":
      case "GetFunctionConfiguration":
        return withConfiguration(answer, byName.get(nameOf(call.resource)));
      case "DeleteFunction":
        byName.delete(nameOf(call.resource));
        zips.delete(nameOf(call.resource));
        return answer;
      default:
        return answer;
    }
  };
}

/** What is wrong with code that is uploaded; it would otherwise only show when the function runs. */
function codeFault({
  Code,
  ZipFile = (Code as JsonObject | undefined)?.ZipFile,
}: JsonObject): string | undefined {
  return typeof ZipFile === "string" ? zipFault(Buffer.from(ZipFile, "base64")) : undefined;
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invoke(call: Call, forward: Forward, zip: Uint8Array, run: RunFunction): Promise<Answer> {
  const described = await forward({
    ...withRequestBody(call, ""),
    operation: "GetFunctionConfiguration",
    method: "GET",
    path: call.path.replace(/\/invocations$/, "/configuration"),
    rawQuery: "",
  });
  if (!isSuccess(described)) return described;
  let event: unknown;
  try {
    event = jsonOf(call);
  } catch (error) {
    return awsErrorAnswer(call, {
      status: 400,
      code: "InvalidRequestContentException",
      message: `Could not parse request body into json: ${(error as Error).message}`,
    });
  }
  const { FunctionArn, Handler, Timeout, Environment } = jsonOf(described);
  const deployed: DeployedFunction = {
    functionArn: String(FunctionArn),
    handler: String(Handler),
    timeoutSeconds: Number(Timeout),
    variables: (Environment as { Variables?: Record<string, string> } | undefined)?.Variables ?? {},
    zip,
  };
  switch (call.headers["x-amz-invocation-type"]) {
    case "DryRun":
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    case "Event":
      void run(deployed, event).catch(() => undefined);
      return { status: 202, headers: {}, body: Buffer.alloc(0) };
    default:
      return answerOf(await run(deployed, event), deployed);
  }
}

/** What failed is said in a header and in the payload; the status is that of a success. */
function answerOf(invoked: Invoked, { timeoutSeconds }: DeployedFunction): Answer {
  const headers = { "content-type": "application/json", "x-amz-executed-version": "$LATEST" };
  const failure = (payload: object): Answer => ({
    status: 200,
    headers: { ...headers, "x-amz-function-error": "Unhandled" },
    body: Buffer.from(JSON.stringify(payload)),
  });
  switch (invoked.kind) {
    case "returned":
      return { status: 200, headers, body: Buffer.from(JSON.stringify(invoked.value)) };
    case "threw": {
      const { errorType, errorMessage, error } = invoked;
      return failure({ errorType, errorMessage, trace: error.split("\n") });
    }
    case "ended":
      return failure({
        errorType: "Runtime.ExitError",
        errorMessage: `The function ended with exit code ${invoked.exitCode} and no answer; its time limit is ${timeoutSeconds} s.`,
      });
  }
}

function withConfiguration(answer: Answer, remembered: JsonObject = {}): Answer {
  const body = jsonOf(answer);
  const configuration = body.Configuration as JsonObject | undefined;
  return withJson(
    answer,
    configuration
      ? { ...body, Configuration: { ...configuration, ...remembered } }
      : { ...body, ...remembered },
  );
}

/** A function is addressed by name or by ARN. */
function nameOf(nameOrArn: string): string {
  return /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}
