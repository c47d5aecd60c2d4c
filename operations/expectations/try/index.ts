import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { memorySplit } from "../../../contract/mockserver-memory";
import { TASK_SIZES, type TaskSizeName } from "../../../contract/fargate";
import { counted } from "../../../contract/text";
import { UserError } from "../../../contract/user-error";
import { checkExpectations, errorsIn } from "../check";
import { countFindings, formatFindings } from "../finding";
import { readInput } from "../input";
import { LocalMockServer } from "../server";
import { passedOver, type PassedOver } from "../explain";
import { nearest } from "../server/trace";
import { Front, type Forwarded } from "./front";

export interface TryOptions {
  readonly file: string;
  /** Size of the tasks whose memory MockServer gets. */
  readonly size: TaskSizeName;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly onAnswer: (answered: Answered) => void;
}

/** A request, and the expectation that answered it. */
export interface Answered {
  readonly request: string;
  /** `undefined` when the connection was dropped. */
  readonly status?: number;
  readonly answeredBy?: string;
  /** When none answered. */
  readonly nearest?: PassedOver;
}

/** A file of expectations that answers on loopback. */
export interface Trial {
  readonly url: string;
  stop(): Promise<void>;
}

const LOOK_MILLISECONDS = 300;

/**
 * Starts MockServer with a file, and loads the file again whenever it is saved. A file with errors is not loaded: the
 * last good one stays.
 *
 * @throws UserError when the file has errors, or MockServer cannot start
 */
export async function tryExpectations({ file, size, port, env, log, onAnswer }: TryOptions): Promise<Trial> {
  let expectations = checked(file, readInput(file), size);
  const { heapMiB } = memorySplit(TASK_SIZES[size]);
  const server = await LocalMockServer.start({ expectations, heapMiB, env, log });
  const front = await Front.open(server, {
    port,
    onAnswer: (forwarded) => onAnswer(answeredOf(forwarded, expectations)),
  }).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  log(`${file}: ${counted(expectations.length, "expectation")}`);
  let loading = Promise.resolve();
  const reload = async () => {
    try {
      const fresh = checked(file, readFileSync(file), size);
      await server.load(fresh);
      expectations = fresh;
      log(`${file}: ${counted(fresh.length, "expectation")} loaded`);
    } catch (error) {
      log(`${(error as Error).message}\nThe last good version still answers.`);
    }
  };
  const onChange = () => void (loading = loading.then(reload));
  watchFile(file, { interval: LOOK_MILLISECONDS }, onChange);
  return {
    url: front.url,
    stop: async () => {
      unwatchFile(file, onChange);
      front.close();
      await loading;
      await server.stop();
    },
  };
}

function answeredOf({ request, status, trace }: Forwarded, expectations: readonly unknown[]): Answered {
  const { answeredBy } = trace;
  const near = answeredBy === undefined ? nearest(trace) : undefined;
  return {
    request: `${request.method} ${request.path}`,
    ...(status !== undefined && { status }),
    ...(answeredBy !== undefined && { answeredBy }),
    ...(near && { nearest: passedOver(expectations, request)(near) }),
  };
}

function checked(file: string, bytes: Uint8Array, size: TaskSizeName): readonly unknown[] {
  const { expectations, findings } = checkExpectations(bytes, TASK_SIZES[size]);
  if (errorsIn(findings).length === 0) return expectations;
  throw new UserError(`${formatFindings(file, findings)}\n\n${countFindings(findings)}; it was not loaded.`);
}
