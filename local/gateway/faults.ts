import type { Answer } from "./call";
import { errorAnswer } from "./error-shape";
import type { Operation } from "./operation";

/** Kind of fault. */
export type Fault =
  /** Throttling in the shape and with the code of the called service. */
  | { readonly kind: "throttling" }
  /** A server error; with `emptyBody` as a load balancer in front of AWS would send it. */
  | { readonly kind: "serverError"; readonly status?: 500 | 502 | 503 | 504; readonly emptyBody?: boolean }
  | { readonly kind: "accessDenied" }
  | { readonly kind: "expiredToken" }
  /**
   * Gives the true answer, but not before the promise is resolved. `before`: moto does the work after that; `after`:
   * moto has done it. `reached` is called when the call is held.
   *
   * @default "before"
   */
  | {
      readonly kind: "held";
      readonly until: Promise<void>;
      readonly when?: "before" | "after";
      readonly reached?: () => void;
    }
  /**
   * Closes the connection. `beforeHeaders`: the call never reaches moto. `halfWay`: moto has done the work, and half
   * of its answer is sent.
   */
  | { readonly kind: "connectionClosed"; readonly when: "beforeHeaders" | "halfWay" };

/** Which matching calls are hit. A sequence is repeated. */
export type Occurrence =
  | { readonly always: true }
  /** The call of this number among those that match, counted from 1. */
  | { readonly nth: number }
  /** Chance of each call between 0 and 1, from a seeded generator: the same seed gives the same hits. */
  | { readonly probability: number; readonly seed: number }
  /** The first `fail` calls fail, the next `pass` succeed, and again; with `once` only the first round. */
  | { readonly fail: number; readonly pass: number; readonly once?: boolean };

export interface FaultRule {
  /** Named in the call log. */
  readonly id: string;
  /** Signing name such as `ec2`; all services if absent. */
  readonly service?: string;
  /** Name or pattern; all operations if absent. */
  readonly operation?: string | RegExp;
  /** Exact or pattern; all resources if absent. */
  readonly resource?: string | RegExp;
  /** Pattern of the caller's user agent; all callers if absent. */
  readonly client?: RegExp;
  readonly occurrence: Occurrence;
  readonly fault: Fault;
}

export interface FiredFault {
  readonly rule: FaultRule;
  readonly fault: Fault;
}

/** The rules in force; the first rule that matches and is due fires. */
export class Faults {
  private rules: { readonly rule: FaultRule; readonly due: () => boolean }[] = [];

  /** Adds a rule; an id in use is replaced. */
  add(rule: FaultRule): void {
    this.remove(rule.id);
    this.rules.push({ rule, due: schedule(rule) });
  }

  remove(id: string): void {
    this.rules = this.rules.filter(({ rule }) => rule.id !== id);
  }

  clear(): void {
    this.rules = [];
  }

  /** Decides about one call, and counts it for every matching rule up to the one that fires. */
  next(operation: Operation & Caller): FiredFault | undefined {
    for (const { rule, due } of this.rules) {
      if (ruleMatches(rule, operation) && due()) return { rule, fault: rule.fault };
    }
    return undefined;
  }
}

/** The headers that identify the caller. */
interface Caller {
  readonly headers?: Readonly<Record<string, string>>;
}

function ruleMatches(rule: FaultRule, call: Operation & Caller): boolean {
  return (
    textMatches(rule.client, call.headers?.["user-agent"] ?? "") &&
    (rule.service === undefined || rule.service === call.service) &&
    textMatches(rule.operation, call.operation) &&
    textMatches(rule.resource, call.resource)
  );
}

function textMatches(expected: string | RegExp | undefined, text: string): boolean {
  if (expected === undefined) return true;
  return typeof expected === "string"
    ? expected === text
    : new RegExp(expected.source, expected.flags.replace(/[gy]/g, "")).test(text);
}

/** The answer of a fault, if it has one. The server handles held answers and closed connections. */
export function faultAnswer(fault: Fault, call: Operation): Answer | undefined {
  switch (fault.kind) {
    case "throttling":
      return errorAnswer(call, "throttling");
    case "accessDenied":
      return errorAnswer(call, "accessDenied");
    case "expiredToken":
      return errorAnswer(call, "expiredToken");
    case "serverError": {
      const status = fault.status ?? 500;
      return fault.emptyBody
        ? { status, headers: {}, body: Buffer.alloc(0) }
        : { ...errorAnswer(call, "internal"), status };
    }
    case "held":
    case "connectionClosed":
      return undefined;
  }
}

function schedule({ id, occurrence }: FaultRule): () => boolean {
  if ("always" in occurrence) return () => true;
  if ("nth" in occurrence) {
    const { nth } = occurrence;
    if (!(Number.isInteger(nth) && nth > 0)) {
      throw new Error(`Fault rule "${id}": nth is ${nth}; give a whole number, at least 1.`);
    }
    let seen = 0;
    return () => ++seen === nth;
  }
  if ("probability" in occurrence) {
    const { probability, seed } = occurrence;
    if (!(probability >= 0 && probability <= 1)) {
      throw new Error(`Fault rule "${id}": probability is ${probability}; give a number from 0 to 1.`);
    }
    const random = seededRandom(seed);
    return () => random() < probability;
  }
  const { fail, pass, once } = occurrence;
  if (!(Number.isInteger(fail) && fail > 0 && Number.isInteger(pass) && pass >= 0)) {
    throw new Error(
      `Fault rule "${id}": fail is ${fail} and pass is ${pass}; give whole numbers, fail at least 1.`,
    );
  }
  let count = 0;
  return () => {
    const position = count++;
    if (once && position >= fail) return false;
    return position % (fail + pass) < fail;
  };
}

/** mulberry32: small, seeded and good enough to pick calls. Numbers from 0 to below 1. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
