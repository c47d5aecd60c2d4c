import type { Action, Rule, RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";

/** What listener rules look at. */
export interface Asked {
  readonly method: string;
  /** Without query and fragment, as it was sent: nothing is decoded. */
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  /** Without port. */
  readonly host: string;
  /** IPv4 address that the request comes from. */
  readonly source: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The actions for a request: those of the rule with the lowest priority that matches, else the listener's own. */
export function actionsFor(
  rules: readonly Rule[],
  defaultActions: readonly Action[],
  asked: Asked,
): readonly Action[] {
  const matching = rules
    .filter(({ Priority, Conditions = [] }) => isPriority(Priority) && Conditions.every(isMet(asked)))
    .sort((a, b) => Number(a.Priority) - Number(b.Priority));
  return matching[0]?.Actions ?? defaultActions;
}

/** `*` stands for any characters, `?` for one; the whole text has to match. */
export function matchesPattern(pattern: string, text: string, ignoreCase = false): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, "[^]*")
    .replace(/\?/g, "[^]");
  return new RegExp(`^${source}$`, ignoreCase ? "i" : "").test(text);
}

/** Whether an IPv4 address is in a network in CIDR notation. IPv6 networks contain none of them. */
export function isInNetwork(address: string, cidr: string): boolean {
  const [network = "", bits = "32"] = cidr.split("/");
  const wanted = numberOf(network);
  const given = numberOf(address);
  if (wanted === undefined || given === undefined) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(wanted / size) === Math.floor(given / size);
}

function numberOf(address: string): number | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number);
  return parts?.every((part) => part < 256) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}

/** Not that of the listener's own rule, which moto lists too. */
function isPriority(priority: string | undefined): boolean {
  return /^\d+$/.test(priority ?? "");
}

function isMet(asked: Asked) {
  return (condition: RuleCondition): boolean => {
    const { Field, Values = [] } = condition;
    switch (Field) {
      case "path-pattern":
        return (condition.PathPatternConfig?.Values ?? Values).some((pattern) =>
          matchesPattern(pattern, asked.path),
        );
      case "host-header":
        return (condition.HostHeaderConfig?.Values ?? Values).some((pattern) =>
          matchesPattern(pattern, asked.host, true),
        );
      case "http-request-method":
        return (condition.HttpRequestMethodConfig?.Values ?? []).includes(asked.method);
      case "source-ip":
        return (condition.SourceIpConfig?.Values ?? []).some((cidr) => isInNetwork(asked.source, cidr));
      case "http-header": {
        const { HttpHeaderName = "", Values: patterns = [] } = condition.HttpHeaderConfig ?? {};
        const given = [asked.headers[HttpHeaderName.toLowerCase()] ?? []].flat();
        return patterns.some((pattern) => given.some((value) => matchesPattern(pattern, value, true)));
      }
      case "query-string": {
        const given = [...new URLSearchParams(asked.query)];
        return (condition.QueryStringConfig?.Values ?? []).some(({ Key, Value = "" }) =>
          given.some(
            ([key, value]) =>
              (Key === undefined || matchesPattern(Key, key, true)) && matchesPattern(Value, value, true),
          ),
        );
      }
      default:
        return false; // a condition that is not known here must not open anything
    }
  };
}
