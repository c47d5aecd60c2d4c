import type { Environment } from "./fields";

export interface CrossFieldFault {
  /** Where the fault is shown. */
  readonly path: readonly (string | number)[];
  readonly allowed: string;
  readonly fix: string;
}

export interface Rule {
  /** Fields the rule needs; it is skipped while one of them is wrong in itself. */
  readonly reads: readonly string[];
  readonly check: (environment: Environment) => Iterable<CrossFieldFault>;
}
