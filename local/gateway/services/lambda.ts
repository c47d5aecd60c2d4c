import { randomUUID } from "node:crypto";
import { zipFault, type Invoked } from "../../lambda-runtime";
import {
  isSuccess,
  jsonAnswer,
  jsonOf,
  withJson,
  type Answer,
  type Call,
  type Forward,
  type JsonObject,
  type ServicePatch,
} from "../call";
import type { Delays } from "../delays";
import { awsErrorAnswer } from "../error-shape";
import { functionName, type DeployedFunction, type Functions, type RunFunction } from "../functions";
import { ownCall } from "../own-call";
import type { Roles } from "./iam";

export interface LambdaOptions {
  readonly functions: Functions;
  readonly delays: Delays;
  readonly roles: Roles;
}

const UPLOADS = new Set(["CreateFunction", "UpdateFunctionCode"]);

/** What a caller sets on a function, moto drops, and GetFunction returns on AWS. */
const REMEMBERED = ["DeadLetterConfig", "LoggingConfig"] as const;

/** Lambda cuts the log that it returns to the last 4 KiB. */
const TAIL_BYTES = 4096;

interface Remembered {
  readonly settings: JsonObject;
  readonly started: number;
}

/**
 * Remembers what moto drops of a function's configuration, and invokes functions whose code came as a zip file or lies
 * in a bucket: `RequestResponse` waits for the answer, `Event` does not, and is not tried again when it fails.
 */
export function lambda({ functions, delays, roles }: LambdaOptions): ServicePatch {
  const byName = new Map<string, Remembered>();
  const keyOf = (call: Call, name = call.resource) =>
    `${call.accountId} ${call.region} ${functionName(name)}`;
  const isPending = (call: Call) => {
    const one = byName.get(keyOf(call));
    return one !== undefined && !delays.isOver("functionCreation", one.started);
  };
  const withConfiguration = (answer: Answer, call: Call, name = call.resource) => {
    const one = byName.get(keyOf(call, name));
    if (!one) return answer;
    const pending = delays.isOver("functionCreation", one.started) ? {} : PENDING;
    const body = jsonOf(answer);
    const configuration = body.Configuration as JsonObject | undefined;
    const added = { ...one.settings, ...pending };
    return withJson(
      answer,
      configuration ? { ...body, Configuration: { ...configuration, ...added } } : { ...body, ...added },
    );
  };

  return async (call, forward) => {
    if (call.operation === "GetAccountSettings") return accountSettings(byName.size);
    if (call.operation === "Invoke") {
      if (isPending(call)) return pendingConflict(call);
      const { run } = functions;
      return run && functions.hasCode(call, call.resource)
        ? invoke(call, forward, functions, run)
        : forward(call);
    }
    if (call.operation === "CreateFunction" && !roles.isUsable(call, String(jsonOf(call).Role))) {
      return invalid(call, "The role defined for the function cannot be assumed by Lambda.");
    }
    const code = UPLOADS.has(call.operation) ? await codeOf(call, forward) : undefined;
    if (typeof code === "string") return invalid(call, code);
    const answer = await forward(call);
    if (!isSuccess(answer)) return answer;
    switch (call.operation) {
      case "CreateFunction":
      case "UpdateFunctionConfiguration": {
        const input = jsonOf(call);
        const name = String(input.FunctionName ?? call.resource);
        if (code) functions.setCode(call, name, code);
        const set = Object.entries(input).filter(([key]) =>
          REMEMBERED.some((remembered) => remembered === key),
        );
        const before = call.operation === "CreateFunction" ? undefined : byName.get(keyOf(call, name));
        byName.set(keyOf(call, name), {
          settings: { ...before?.settings, ...Object.fromEntries(set) },
          started: before?.started ?? delays.started(),
        });
        return withConfiguration(answer, call, name);
      }
      case "UpdateFunctionCode":
        if (code) functions.setCode(call, call.resource, code);
        return answer;
      case "GetFunction":
      case "GetFunctionConfiguration":
        return withConfiguration(answer, call);
      case "DeleteFunction":
        byName.delete(keyOf(call));
        functions.forget(call, call.resource);
        return answer;
      default:
        return answer;
    }
  };
}

/** The limits of a new account: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
function accountSettings(FunctionCount: number): Answer {
  const concurrency = { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 };
  const codeSizes = { CodeSizeUnzipped: 250 * 2 ** 20, CodeSizeZipped: 50 * 2 ** 20 };
  return jsonAnswer({
    AccountLimit: { TotalCodeSize: 75 * 2 ** 30, ...codeSizes, ...concurrency },
    AccountUsage: { TotalCodeSize: 0, FunctionCount },
  });
}

const PENDING = {
  State: "Pending",
  StateReason: "The function is being created.",
  StateReasonCode: "Creating",
} as const;

function pendingConflict(call: Call): Answer {
  return awsErrorAnswer(call, {
    status: 409,
    code: "ResourceConflictException",
    message:
      "The operation cannot be performed at this time. The function is currently in the following state: Pending",
  });
}

function invalid(call: Call, message: string): Answer {
  return awsErrorAnswer(call, { status: 400, code: "InvalidParameterValueException", message });
}

/**
 * Code that is uploaded or fetched from a bucket; as a text, what is wrong with it, which would otherwise only show
 * when the function runs. `undefined` for code of another kind, and for an object that moto does not find either.
 */
async function codeOf(call: Call, forward: Forward): Promise<Uint8Array | string | undefined> {
  const input = jsonOf(call);
  const { ZipFile, S3Bucket, S3Key } = (input.Code ?? input) as JsonObject;
  let zip: Buffer | undefined;
  if (typeof ZipFile === "string") zip = Buffer.from(ZipFile, "base64");
  else if (typeof S3Bucket === "string" && typeof S3Key === "string") {
    const path = `/${S3Bucket}/${S3Key.split("/").map(encodeURIComponent).join("/")}`;
    const { accountId, region } = call;
    const object = await forward(ownCall({ accountId, region, service: "s3", path }));
    zip = isSuccess(object) ? object.body : undefined;
  }
  return zip && (zipFault(zip) ?? zip);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invoke(call: Call, forward: Forward, functions: Functions, run: RunFunction): Promise<Answer> {
  const described = await functions.deployed(call, call.resource, forward);
  if ("status" in described) return described;
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
  switch (call.headers["x-amz-invocation-type"]) {
    case "DryRun":
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    case "Event":
      void run(described, event).catch(() => undefined);
      return { status: 202, headers: {}, body: Buffer.alloc(0) };
    default: {
      const lines: string[] = [];
      const answer = answerOf(await run(described, event, (line) => lines.push(line)), described);
      if (call.headers["x-amz-log-type"] !== "Tail") return answer;
      const log = logOf(lines).subarray(-TAIL_BYTES).toString("base64");
      return { ...answer, headers: { ...answer.headers, "x-amz-log-result": log } };
    }
  }
}

/** The function's lines between those that Lambda itself writes. */
function logOf(lines: readonly string[]): Buffer {
  const id = randomUUID();
  const all = [`START RequestId: ${id} Version: $LATEST`, ...lines, `END RequestId: ${id}`];
  return Buffer.from(`${all.join("\n")}\n`);
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
