import { appendFileSync } from "node:fs";

/** One line of the call log. */
export interface LoggedCall {
  /** ISO 8601. */
  readonly time: string;
  readonly service: string;
  readonly operation: string;
  readonly resource: string;
  /** HTTP status; 0 if the connection was closed without an answer. */
  readonly status: number;
  /** 1 for the first attempt, from the client's `amz-sdk-request`. */
  readonly attempt: number;
  readonly milliseconds: number;
  /** Id of the fault rule that caused this answer. */
  readonly fault?: string;
}

/** Every call through the gateway, in the order of the answers; also as JSON lines in a file if one is given. */
export class CallLog {
  private readonly entries: LoggedCall[] = [];

  constructor(private readonly file?: string) {}

  add(call: LoggedCall): void {
    this.entries.push(call);
    if (this.file) appendFileSync(this.file, `${JSON.stringify(call)}\n`);
  }

  all(): readonly LoggedCall[] {
    return this.entries;
  }

  /** Calls to one service, or to one of its operations. */
  of(service: string, operation?: string): readonly LoggedCall[] {
    return this.entries.filter(
      (call) => call.service === service && (!operation || call.operation === operation),
    );
  }
}

/** The client's own attempt count: `amz-sdk-request: attempt=2; max=3`. */
export function attemptOf(headers: Readonly<Record<string, string>>): number {
  return Number(/attempt=(\d+)/.exec(headers["amz-sdk-request"] ?? "")?.[1] ?? 1);
}
