import { Pace, type Ticker } from "./pace";
import { ratesOf } from "./rates";

/** A twentieth of AWS's limit is left for everyone else in the account. */
const SHARE = 0.95;

/** Resolves when a call may be sent. Shared by all clients of a process, because AWS counts calls per account, not per client. */
export type Budget = (service: string, command: string) => Promise<void>;

export function budgetOf(ticker: Ticker): Budget {
  const paces = new Map<string, Pace>();
  return async (service, command) => {
    for (const { key, atOnce, perSecond } of ratesOf(service, command)) {
      const rate = { atOnce: Math.max(1, Math.floor(atOnce * SHARE)), perSecond: perSecond * SHARE };
      const pace = paces.get(key) ?? new Pace(rate, ticker);
      paces.set(key, pace);
      await pace.take();
    }
  };
}
