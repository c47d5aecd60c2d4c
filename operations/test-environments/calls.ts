import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** One attempt of a call to AWS. There are no bodies in it, because they may hold secrets. */
export interface CallLine {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly service: string;
  readonly operation: string;
  readonly requestId?: string;
  /** HTTP status, or the name of the error if there was no answer. */
  readonly status?: number;
  readonly error?: string;
  readonly attempt: number;
  readonly durationMs: number;
}

interface Stack {
  readonly clientName?: string;
  readonly commandName?: string;
}

type Next = (
  args: unknown,
) => Promise<{ response?: { statusCode?: number; headers?: Record<string, string> } }>;

interface Instrumentable {
  readonly middlewareStack: {
    add(
      middleware: (next: Next, context: Stack) => Next,
      options: { readonly step: string; readonly name: string; readonly priority?: string },
    ): void;
  };
}

/** Counts the calls of a process and keeps one JSON line of each in a file. */
export class CallRecorder {
  count = 0;
  /** Milliseconds that AWS's clock is ahead of this machine's, by the last answer that told the time. */
  clockOffsetMs = 0;

  /** The SDK's name of the service that threw an error; its errors do not say it. */
  private readonly services = new WeakMap<object, string>();

  constructor(private readonly file?: string) {}

  /** Wraps a client of the SDK. */
  readonly instrument = <C>(client: C): C => {
    (client as Instrumentable).middlewareStack.add(
      (next, context) => async (args) => {
        const started = Date.now();
        const about = {
          service: serviceIn(context),
          operation: (context.commandName ?? "").replace(/Command$/, ""),
        };
        const attempt = attemptOf(args);
        try {
          const result = await next(args);
          const { statusCode, headers = {} } = result.response ?? {};
          const time = Date.parse(headers.date ?? "");
          if (!Number.isNaN(time)) this.clockOffsetMs = time - Date.now();
          const requestId = headers["x-amzn-requestid"] ?? headers["x-amz-request-id"];
          this.add({ ...about, requestId, status: statusCode, attempt }, started);
          return result;
        } catch (error) {
          this.add({ ...about, error: (error as Error).name, attempt }, started);
          throw error;
        }
      },
      // Once per attempt: retries happen above this step.
      { step: "deserialize", name: "automockCalls", priority: "low" },
    );
    (client as Instrumentable).middlewareStack.add(
      (next, context) => async (args) => {
        try {
          return await next(args);
        } catch (error) {
          this.services.set(error as object, serviceIn(context));
          throw error;
        }
      },
      { step: "initialize", name: "automockErrors" },
    );
    return client;
  };

  /** The SDK's name of the service that threw an error, for example `Lambda`. */
  serviceOf(error: unknown): string | undefined {
    return this.services.get(error as object);
  }

  private add(line: Omit<CallLine, "at" | "durationMs">, started: number): void {
    this.count += 1;
    if (this.file === undefined) return;
    const full: CallLine = {
      at: new Date(started).toISOString(),
      ...line,
      durationMs: Date.now() - started,
    };
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      appendFileSync(this.file, `${JSON.stringify(full)}\n`, { mode: 0o600 });
    } catch {
      // On a full or read-only disk the calls that remove the environment must go on.
    }
  }
}

function serviceIn({ clientName = "" }: Stack): string {
  return clientName.replace(/Client$/, "");
}

/** The SDK's own count: `amz-sdk-request: attempt=2; max=8`. */
function attemptOf(args: unknown): number {
  const { request } = args as { readonly request?: { readonly headers?: Record<string, string> } };
  return Number(/attempt=(\d+)/.exec(request?.headers?.["amz-sdk-request"] ?? "")?.[1] ?? 1);
}
