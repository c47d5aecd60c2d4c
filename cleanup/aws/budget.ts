import { Pace, type Ticker } from "./pace";
import { rateOf } from "./rates";

/** A twentieth of AWS's limit is left for everyone else in the account. */
const SHARE = 0.95;

/** The paces of one process, shared by all its clients, because AWS counts calls per account, not per client. */
export type Budget = (service: string, command: string) => Pace;

export function budgetOf(ticker: Ticker): Budget {
  const paces = new Map<string, Pace>();
  return (service, command) => {
    const { key, atOnce, perSecond } = rateOf(service, command);
    const rate = { atOnce: Math.max(1, Math.floor(atOnce * SHARE)), perSecond: perSecond * SHARE };
    const pace = paces.get(key) ?? new Pace(rate, ticker);
    paces.set(key, pace);
    return pace;
  };
}
