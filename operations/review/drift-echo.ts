import { isObject } from "../../contract/json";
import type { Change, ResourceChange, StateModule, TerraformPlan } from "../terraform/plan-json";
import { COUNTS, WRITERS } from "./echo-writers";
import { parsed } from "./masking";
import { canonical, kindOf } from "./shown";

/**
 * Not every difference from the state is drift. After an apply, a role also lists the policies that other resources of
 * the stack attached to it, and a route table its routes. Terraform reads these echoes at the next refresh. Twenty of
 * them would hide the port that someone opened by hand. Entries are compared one by one: a route that the stack did not
 * create is drift even if all others are echoes.
 */

/** Attributes that AWS updates by itself. */
const MOVES_ALONG: Readonly<Record<string, readonly string[]>> = {
  aws_db_instance: ["latest_restorable_time"],
  aws_lambda_function: ["last_modified"],
  aws_dynamodb_table: ["stream_label"],
};

/**
 * States that last until someone acts; all others, such as backing-up, pass by themselves.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
 */
const LASTING_STATUS =
  /^(stopp|failed|storage-full|in(compatible|accessible|sufficient)-|restore-error|deleting)/;

type Values = Readonly<Record<string, unknown>>;

interface Sibling {
  readonly type: string;
  readonly values: Values;
}

/** The stack's other resources, as they were in the state and as they were just read. */
export interface Siblings {
  readonly before: readonly Sibling[];
  readonly after: readonly Sibling[];
}

/** The drift without the stack's own echoes. */
export function withoutEchoes({ type, change }: ResourceChange, siblings: Siblings): Change {
  const [before, after] = [change.before, change.after].map((value) =>
    isObject(value) ? { ...value } : {},
  ) as [Record<string, unknown>, Record<string, unknown>];
  const own = [before.id, before.arn, before.name, before.allocation_id, before.url].filter(
    (id) => typeof id === "string",
  );
  for (const attribute of Object.keys(WRITERS[type] ?? {})) {
    const old = writtenTo(type, attribute, own, siblings.before);
    const now = writtenTo(type, attribute, own, siblings.after);
    const value = before[attribute];
    if (Array.isArray(value) || Array.isArray(after[attribute])) {
      before[attribute] = foreignEntries(value, old, attribute);
      after[attribute] = foreignEntries(after[attribute], now, attribute);
      // Exactly what the stack writes: what was there before, its last apply has replaced.
      const isAllOurs = now.size > 0 && isEmptyList(after[attribute]);
      if (isAllOurs && listLength(change.after, attribute) === now.size) before[attribute] = [];
    } else if (now.has(entryKey(after[attribute], attribute))) {
      before[attribute] = after[attribute] = null;
    }
  }
  const counted = COUNTS[type];
  if (counted !== undefined) {
    const { attribute, type: counts, argument } = counted;
    const ours = siblings.after.filter(
      (each) => each.type === counts && own.includes(String(each.values[argument])),
    );
    // A resource is in the state and in the plan.
    if (after[attribute] === new Set(ours.map(({ values: { id } }) => id)).size)
      before[attribute] = after[attribute];
  }
  if (type === "aws_security_group") {
    for (const direction of ["ingress", "egress"] as const) {
      const id = String(before.id);
      before[direction] = foreignRules(before[direction], rulesOf(id, direction, siblings.before), id);
      after[direction] = foreignRules(after[direction], rulesOf(id, direction, siblings.after), id);
    }
  }
  const passes = type === "aws_db_instance" && !LASTING_STATUS.test(String(after.status));
  const moving = [...(MOVES_ALONG[type] ?? []), ...(passes ? ["status"] : [])];
  for (const name of Object.keys({ ...before, ...after })) {
    if (!moving.includes(name) && withoutDefaults(type, name, before) !== withoutDefaults(type, name, after))
      continue;
    delete before[name];
    delete after[name];
  }
  return { ...change, before, after };
}

/** The entries that the stack writes to an attribute, by key. */
function writtenTo(
  type: string,
  attribute: string,
  own: readonly unknown[],
  siblings: readonly Sibling[],
): ReadonlySet<string> {
  const writers = WRITERS[type]![attribute]!;
  return new Set(
    siblings.flatMap((sibling) =>
      writers
        .filter(
          ({ type: writer, argument }) =>
            sibling.type === writer && (argument === undefined || own.includes(sibling.values[argument])),
        )
        .flatMap(({ entries }) => entries(sibling.values))
        .filter((entry) => !isNothing(entry))
        .map((entry) => entryKey(entry, attribute)),
    ),
  );
}

function foreignEntries(entries: unknown, written: ReadonlySet<string>, attribute: string): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.filter((entry) => !written.has(entryKey(entry, attribute)));
}

/** Normalizes entries for comparison: sorted keys, parsed documents, no unset members. */
function entryKey(entry: unknown, attribute: string): string {
  // The first label of a private DNS name is the address; the domain differs by region.
  if (attribute === "private_dns" && typeof entry === "string") return entry.split(".")[0]!;
  return canonical(opened(entry), "block", isDefault);
}

/** Parses JSON documents, because AWS returns them with different white space and key order. */
function opened(value: unknown): unknown {
  if (typeof value === "string") return parsed(value) ?? value;
  if (Array.isArray(value)) return value.map(opened);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, opened(member)]));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function listLength(values: unknown, attribute: string): number {
  const list = isObject(values) ? values[attribute] : undefined;
  return Array.isArray(list) ? list.length : 0;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** Every resource of the stack. An incomplete plan lacks some; those come from its state. */
export function siblingsOf(plan: TerraformPlan): Siblings {
  const fromState = resourcesIn(plan.prior_state?.values?.root_module);
  const valuesOf = (changes: readonly ResourceChange[], side: "before" | "after") =>
    changes.map(({ type, change }) => ({ type, values: change[side] }));
  const known = (some: readonly { type: string; values: unknown }[]) =>
    some.filter((each): each is Sibling => isObject(each.values));
  // A plan starts from what was just read; only the drift has the earlier values.
  const after = known([...fromState, ...valuesOf(plan.resource_changes ?? [], "before")]);
  const drift = plan.resource_drift ?? [];
  return { before: [...after, ...known(valuesOf(drift, "before"))], after };
}

function resourcesIn(module: StateModule | undefined): { type: string; values: unknown }[] {
  if (module === undefined) return [];
  const own = (module.resources ?? []).map(({ type, values }) => ({ type, values }));
  return [...own, ...(module.child_modules ?? []).flatMap(resourcesIn)];
}

/** The rules that the stack created for a security group. */
function rulesOf(groupId: string, direction: string, siblings: readonly Sibling[]): ReadonlySet<string> {
  const rules = siblings.filter(
    ({ type, values }) =>
      type === `aws_vpc_security_group_${direction}_rule` && values.security_group_id === groupId,
  );
  return new Set(
    rules.map(({ values }) => {
      const source =
        values.cidr_ipv4 ?? values.cidr_ipv6 ?? values.prefix_list_id ?? values.referenced_security_group_id;
      return ruleKey(values.ip_protocol, values.from_port, values.to_port, source);
    }),
  );
}

const SOURCES = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups"];

/** Rules of the group with sources that the stack did not allow; sources that it did allow are left out. */
function foreignRules(entries: unknown, known: ReadonlySet<string>, groupId: string): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.flatMap((entry: unknown) => {
    if (!isObject(entry)) return [entry];
    const foreign = SOURCES.map((key) => {
      const sources = Array.isArray(entry[key]) ? (entry[key] as unknown[]) : [];
      const rest = sources.filter(
        (source) => !known.has(ruleKey(entry.protocol, entry.from_port, entry.to_port, source)),
      );
      return [key, rest] as const;
    });
    const isOwn = known.has(ruleKey(entry.protocol, entry.from_port, entry.to_port, groupId));
    const self = entry.self === true && !isOwn;
    const isForeign = self || foreign.some(([, rest]) => rest.length > 0);
    return isForeign ? [{ ...entry, ...Object.fromEntries(foreign), self }] : [];
  });
}

/** All traffic has no ports, or ports 0 to 0. */
function ruleKey(protocol: unknown, from: unknown, to: unknown, source: unknown): string {
  return String(protocol) === "-1"
    ? `all ${String(source)}`
    : [protocol, from, to, source].map(String).join(" ");
}

/** As text, without the 0, false or empty values that a provider reads for unset arguments. */
function withoutDefaults(type: string, name: string, values: Values): string {
  return canonical(values[name], kindOf(type, name), isDefault);
}

function isDefault(value: unknown): boolean {
  return value === "" || value === 0 || value === false;
}
