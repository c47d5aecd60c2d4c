import { canonicalTimeZone, isTimeZone } from "../../contract/time-zone";
import type { Environment } from "./fields";

export interface CrossFieldFault {
  /** The field that is reported. */
  readonly path: readonly (string | number)[];
  /** @default the value of the field */
  readonly given?: string;
  readonly allowed: string;
  readonly fix: string;
}

export interface Rule {
  /** Fields that the rule needs. The rule is skipped if one of them is invalid. */
  readonly reads: readonly string[];
  readonly check: (environment: Environment) => Iterable<CrossFieldFault>;
}

export function* timeZoneFaults(path: CrossFieldFault["path"], name: string): Generator<CrossFieldFault> {
  if (isTimeZone(name)) return;
  const meant = canonicalTimeZone(name);
  yield {
    path,
    allowed: "an IANA time zone such as Europe/Berlin or America/New_York",
    fix:
      meant !== undefined && isTimeZone(meant)
        ? `did you mean "${meant}"?`
        : "look up the name at https://www.iana.org/time-zones",
  };
}
