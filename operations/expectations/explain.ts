import { request as httpRequest } from "node:http";
import { TASK_SIZES } from "../../contract/fargate";
import { isObject } from "../../contract/json";
import { memorySplit } from "../../contract/mockserver-memory";
import { UserError } from "../../contract/user-error";
import { checkExpectations, errorsIn } from "./check";
import { countFindings, formatFindings } from "./finding";
import { labelOf, readInput } from "./input";
import { LocalMockServer, nameless } from "./server";
import { mismatchLines, type SentRequest } from "./server/mismatch";
import { nearest, TRACE_HEADER, type Rejection } from "./server/trace";

export interface ExplainOptions {
  readonly file: string;
  readonly request: SentRequest;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** An expectation that did not answer, and why. */
export interface PassedOver {
  readonly id: string;
  readonly why: readonly string[];
}

/** Which expectation answers a request; the `--json` result of `explain`. */
export interface Explanation {
  readonly request: string;
  /** `undefined` when the connection is dropped. */
  readonly status?: number;
  /** Of the expectation that answers. */
  readonly answeredBy?: string;
  /** Those before it for the same method and path. */
  readonly passed: readonly PassedOver[];
  /** Number of those before it for another method or path. */
  readonly others: number;
  /** The one that comes nearest, when none answers. */
  readonly nearest?: PassedOver;
}

/** Asks a real MockServer, which starts for that. @throws UserError when the file has errors, or MockServer cannot start */
export async function explain({ file, request, env, log }: ExplainOptions): Promise<Explanation> {
  const { expectations, findings } = checkExpectations(readInput(file));
  if (errorsIn(findings).length > 0) {
    throw new UserError(
      `${formatFindings(labelOf(file), findings)}\n\n${countFindings(findings)}; MockServer was not asked.`,
    );
  }
  const { heapMiB } = memorySplit(TASK_SIZES.large);
  const server = await LocalMockServer.start({ expectations, heapMiB, env, log });
  try {
    const status = await send(server.port, request);
    const trace = await server.trace(TRACE_ID);
    const passed = passedOver(expectations, request);
    const isOther = ({ differences }: Rejection) =>
      differences.some(({ part }) => part === "method" || part === "path");
    const near = trace.answeredBy === undefined ? nearest(trace) : undefined;
    return {
      request: `${request.method} ${request.path}`,
      ...(status !== undefined && { status }),
      ...(trace.answeredBy !== undefined && { answeredBy: trace.answeredBy }),
      passed: trace.rejected.filter((one) => !isOther(one)).map(passed),
      others: trace.rejected.filter(isOther).length,
      ...(near && { nearest: passed(near) }),
    };
  } finally {
    await server.stop();
  }
}

/** Says why an expectation did not answer a request. */
export function passedOver(
  expectations: readonly unknown[],
  request: SentRequest,
): (rejection: Rejection) => PassedOver {
  const byId = new Map(
    expectations.map((one, i) => [isObject(one) && typeof one.id === "string" ? one.id : nameless(i), one]),
  );
  return (rejection) => ({
    id: rejection.id,
    why: mismatchLines(rejection, byId.get(rejection.id), request),
  });
}

const TRACE_ID = "explain";

function send(port: number, { method, path, headers, body }: SentRequest): Promise<number | undefined> {
  return new Promise((resolve) => {
    const length = body === undefined ? [] : ["content-length", String(Buffer.byteLength(body))];
    const sending = httpRequest(
      { host: "127.0.0.1", port, method, path, headers: ["host", `127.0.0.1:${port}`, ...headers.flat(), ...length, TRACE_HEADER, TRACE_ID], agent: false }, // prettier-ignore
      (answer) => {
        answer.resume().once("close", () => resolve(answer.statusCode));
      },
    );
    sending.once("error", () => resolve(undefined));
    sending.end(body);
  });
}
