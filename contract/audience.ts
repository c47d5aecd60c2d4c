/** Who receives the reaper's notices: the attributes of a notice, and the filter policies of subscriptions. */

export type NoticeKind = "warning" | "completion" | "failure" | "alarm";

/** Attributes of a notice, by which a subscription may filter. */
export interface NoticeAttributes {
  readonly kind: NoticeKind;
  readonly environment: string;
  /** Absent when the record of the environment cannot be read. */
  readonly owner?: string;
}

/** Filter policy of a subscription: for each attribute, the values it accepts. */
export type FilterPolicy = Readonly<Partial<Record<keyof NoticeAttributes, readonly string[]>>>;

/** An address and what it receives. */
export interface Subscriber {
  readonly email: string;
  /** @default every notice */
  readonly filterPolicy?: FilterPolicy;
}

/**
 * The subscribers of an account and region. An address can be subscribed to a topic once only, so one that several
 * teams share gets one subscription for all of them.
 *
 * @param operators addresses that receive every notice
 * @param byOwner addresses of each owner, possibly several entries for the same one
 */
export function subscribersOf(
  operators: readonly string[],
  byOwner: readonly (readonly [owner: string, emails: readonly string[]])[],
): Subscriber[] {
  const owners = new Map<string, Set<string>>();
  for (const [owner, emails] of byOwner) {
    for (const email of emails) owners.set(email, new Set([...(owners.get(email) ?? []), owner]));
  }
  const everything = [...new Set(operators)];
  return [
    ...everything.map((email) => ({ email })),
    ...[...owners]
      .filter(([email]) => !everything.includes(email))
      .map(([email, those]) => ({ email, filterPolicy: { owner: [...those].sort() } })),
  ].sort((a, b) => (a.email < b.email ? -1 : 1));
}

/**
 * Whether a subscription with this filter policy receives a notice. Operators such as `prefix` are not interpreted:
 * a subscription that uses them does not count.
 *
 * @param filterPolicy JSON, as SNS returns it @default every notice
 */
export function receives(filterPolicy: string | undefined, attributes: NoticeAttributes): boolean {
  if (filterPolicy === undefined || filterPolicy === "") return true;
  let policy: unknown;
  try {
    policy = JSON.parse(filterPolicy);
  } catch {
    return false;
  }
  if (typeof policy !== "object" || policy === null || Array.isArray(policy)) return false;
  const values = attributes as unknown as Readonly<Record<string, string | undefined>>;
  return Object.entries(policy).every(
    ([name, accepted]) =>
      Array.isArray(accepted) && values[name] !== undefined && accepted.includes(values[name]),
  );
}
