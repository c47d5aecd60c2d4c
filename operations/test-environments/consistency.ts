import { setTimeout } from "node:timers/promises";

/** Answers that mean "not yet": AWS has not yet spread what an earlier call created. Nothing else is retried here. */
const NOT_YET: readonly { readonly name: string; readonly message?: RegExp }[] = [
  // A new role: https://github.com/aws/aws-sdk-js/issues/3498
  { name: "InvalidParameterValueException", message: /cannot be assumed by Lambda/ },
  // The policy of a new role, read when an event source mapping is created.
  { name: "InvalidParameterValueException", message: /role does not have permissions to call/ },
  { name: "ResourceConflictException", message: /in the following state: Pending|update is in progress/i },
  // A table is refused while too many others with indexes are being created.
  { name: "LimitExceededException", message: /simultaneous|concurrent|in the CREATING/i },
  { name: "ResourceInUseException", message: /is being (created|updated)/i },
  { name: "OperationAborted" },
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html: for 60 seconds, or a few more.
  { name: "QueueDeletedRecently" },
];

/** Whether an answer means "not yet". */
export function isNotYet(error: unknown): boolean {
  const { name, message } = error as Partial<Error>;
  return NOT_YET.some((one) => one.name === name && (one.message?.test(message ?? "") ?? true));
}

/** Milliseconds between attempts; the last one repeats. Coarser steps would lose seconds of every creation. */
const STEPS_MS = [250, 500, 1000, 2000];

/** Longest wait in milliseconds. Roles have taken up to a minute. */
const DEADLINE_MS = 60_000;

export interface Waiting {
  /** @throws when the run is stopped */
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
}

/** Repeats a call while AWS answers "not yet", for at most a minute. Any other error is thrown at once. */
export async function whenConsistent<T>(
  { sleep, now }: Waiting,
  call: () => Promise<T>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const until = now() + deadlineMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const step = STEPS_MS[Math.min(attempt, STEPS_MS.length - 1)]!;
      if (!isNotYet(error) || now() + step > until) throw error;
      await sleep(step);
    }
  }
}

/** The clock of this machine; a sleep ends with an error when the signal fires. */
export function waitingUntil(signal: AbortSignal): Waiting {
  return {
    sleep: (ms) => setTimeout(ms, undefined, { signal }),
    now: () => Date.now(),
  };
}
