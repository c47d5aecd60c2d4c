import { UserError } from "../../contract/user-error";

export interface WaitPorts {
  /** Milliseconds that only grow. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export interface WaitOptions<T> {
  /** Starts the session; its own answer is the only proof that the agent is there. */
  readonly start: () => Promise<T>;
  /** Whether the box still starts or runs. */
  readonly isAlive: () => Promise<boolean>;
  /** Called once when the agent is late. */
  readonly onLate: () => void;
  readonly signal?: AbortSignal;
}

/** From then on the agent counts as late, and Instance Connect may be quicker. */
export const LATE_SECONDS = 25;
/** An agent that has not come by then has no way to Session Manager. */
const GIVE_UP_SECONDS = 300;
const POLL_MS = 1_000;
/** Polls between two looks at the instance. */
const LOOK_EVERY = 5;

/**
 * Waits until a session starts. It asks for the session itself: the agent's ping status follows minutes later.
 *
 * @throws UserError when the box has ended, or its agent does not come within five minutes
 */
export async function untilStarted<T>(options: WaitOptions<T>, ports: WaitPorts): Promise<T> {
  const began = ports.now();
  const seconds = () => (ports.now() - began) / 1000;
  let isLate = false;
  for (let polls = 1; ; polls++) {
    options.signal?.throwIfAborted();
    try {
      return await options.start();
    } catch (error) {
      if ((error as Error).name !== "TargetNotConnected") throw error;
    }
    if (!isLate && seconds() >= LATE_SECONDS) {
      isLate = true;
      options.onLate();
    }
    if (seconds() >= GIVE_UP_SECONDS) {
      throw new UserError(
        "The box runs, but its agent did not reach Session Manager within five minutes. " +
          "Its subnet must have a route to the internet, or interface endpoints of ssm and ssmmessages.",
      );
    }
    if (polls % LOOK_EVERY === 0 && !(await options.isAlive())) {
      throw new UserError(
        "The box ended before its agent was there. If it was a Spot instance, try --on-demand.",
      );
    }
    await ports.sleep(POLL_MS);
  }
}
