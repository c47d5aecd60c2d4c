import timers from "node:timers/promises";
import type { VirtualClock } from "./aws-simulator/kernel/clock";

/**
 * Lets every wait of this process pass on a virtual clock, those inside the SDK's waiters too. Returns how to undo it.
 */
export function onVirtualTime(clock: VirtualClock): () => void {
  const real = { now: Date.now, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const realSleep = timers.setTimeout;
  const cancels = new Map<object, AbortController>();
  Date.now = () => clock.now();
  const schedule = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const controller = new AbortController();
    const timer = { ref: () => timer, unref: () => timer, hasRef: () => true };
    cancels.set(timer, controller);
    clock.sleep(ms, controller.signal).then(
      () => run(...args),
      () => undefined,
    );
    return timer;
  };
  globalThis.setTimeout = schedule as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer: object) => cancels.get(timer)?.abort()) as typeof clearTimeout;
  timers.setTimeout = (async (ms: number, value: unknown, { signal }: { signal?: AbortSignal } = {}) => {
    await clock.sleep(ms, signal);
    return value;
  }) as typeof timers.setTimeout;
  return () => {
    Date.now = real.now;
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    timers.setTimeout = realSleep;
  };
}
