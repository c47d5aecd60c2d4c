import type { Environment } from "./fields";

export interface CrossFieldFault {
  /** The field that is reported. */
  readonly path: readonly (string | number)[];
  readonly allowed: string;
  readonly fix: string;
}

export interface Rule {
  /** Fields that the rule needs. The rule is skipped if one of them is invalid. */
  readonly reads: readonly string[];
  readonly check: (environment: Environment) => Iterable<CrossFieldFault>;
}
