/** A request's way through the expectations, by MockServer's own log. */

/** Marks a request, so that its entries are found. */
export const TRACE_HEADER = "x-automock-trace";

/** Of the expectation that says which file MockServer has loaded. */
export const MARKER_ID = "automock.load";

/** The part of an entry of MockServer's log that is used. */
export interface LogEntry {
  readonly type: string;
  readonly expectationId?: string;
  readonly expectation?: { readonly id?: string };
  readonly because?: string | readonly string[];
}

/** An expectation that was tried and did not match. */
export interface Rejection {
  readonly id: string;
  /** Parts of the request that match. */
  readonly matched: number;
  /** Parts that do not, and why. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  /** `path`, `method`, `headers` … */
  readonly part: string;
  readonly detail: string;
}

export interface Trace {
  /** The expectation that answered. */
  readonly answeredBy?: string;
  /** In the order in which they were tried. */
  readonly rejected: readonly Rejection[];
  /** Whether the request has been answered. */
  readonly ended: boolean;
}

/** Reads the entries of one request. */
export function traceOf(entries: readonly LogEntry[]): Trace {
  // Of a forwarded request, and of one without a match, MockServer looks at the expectations twice.
  const rejected = new Map<string, Rejection>();
  let answeredBy: string | undefined;
  let ended = false;
  for (const { type, expectation, expectationId, because = "" } of entries) {
    const id = expectation?.id;
    if (type === "EXPECTATION_NOT_MATCHED" && id !== undefined) {
      const text = typeof because === "string" ? because : because.join("\n");
      if (id !== MARKER_ID && !rejected.has(id)) rejected.set(id, { id, ...partsOf(text) });
    } else if (type === "NO_MATCH_RESPONSE") ended = true;
    else if (expectationId !== undefined) {
      answeredBy = expectationId;
      ended = true;
    }
  }
  return { ...(answeredBy !== undefined && { answeredBy }), rejected: [...rejected.values()], ended };
}

/** The expectation that came nearest: the most parts match; of the same number the first. */
export function nearest({ rejected }: Trace): Rejection | undefined {
  const byParts = [...rejected].sort(
    (a, b) => a.differences.length - b.differences.length || b.matched - a.matched,
  );
  return byParts[0];
}

function partsOf(because: string): Omit<Rejection, "id"> {
  const parts = because.split(/^(?=\S.* (?:matched|didn't match))/m).filter((part) => part.trim() !== "");
  const differences = parts.flatMap((part) => {
    const [, name, detail] = /^(\S.*?) didn't match:?([\s\S]*)$/.exec(part) ?? [];
    return name === undefined ? [] : [{ part: name, detail: compact(detail!) }];
  });
  return { matched: parts.length - differences.length, differences };
}

/** Without empty lines. */
function compact(text: string): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("\n");
}
