import { isObject } from "../../contract/json";
import { counted } from "../../contract/text";
import type { AttributeChange } from "./attribute-changes";
import type { AttentionItem, Counts, DriftReport, Replacement, ResourceReport } from "./model";
import { clip, type DiffLine } from "./lines";
import { UNKNOWN } from "./shown";
import { isSecurityRelevant, isSecurityType } from "./resource-kinds";
import type { Change, TerraformPlan } from "../terraform/plan-json";

/** Worst first. */
const KINDS: readonly AttentionItem["kind"][] = [
  "stateful",
  "destroy",
  "replace",
  "forget",
  "drift",
  "security",
  "follows",
  "revision",
];

/** More changed attributes of one resource are counted, not listed. */
const MOST_ATTRIBUTES = 4;

/**
 * What a reviewer has to look at: each replacement and each destruction with its reason, then what decides who may reach
 * or do what, then what was changed by hand. The resources must come in order.
 */
export function attentionOf(
  resources: readonly ResourceReport[],
  drift: readonly DriftReport[],
  plan: TerraformPlan,
): AttentionItem[] {
  const changes = new Map((plan.resource_changes ?? []).map((each) => [keyOf(each), each.change]));
  const found = new Map((plan.resource_drift ?? []).map(({ address, change }) => [address, change]));
  // In a stack that is new as a whole every rule and policy is new: only what opens it to the world stands out.
  const isNewStack = [...changes.values()].every(({ before }) => before === null || before === undefined);
  const items = [
    ...resources.flatMap((resource) => lossItem(resource, changes.get(keyOf(resource))?.before)),
    ...resources.flatMap((resource) => securityItem(resource, changes.get(keyOf(resource)), isNewStack)),
    ...[...drift]
      .sort((a, b) => Number(isDangerous(b)) - Number(isDangerous(a)))
      .map((each) => driftItem(each, found.get(each.address)?.after)),
  ];
  return items.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** Beside a resource may stand what an unfinished apply has left of it. */
function keyOf({ address, deposed = "" }: Pick<ResourceReport, "address" | "deposed">): string {
  return `${address} ${deposed}`;
}

function lossItem(resource: ResourceReport, before: unknown): AttentionItem[] {
  const { action, address, type, name, stateful, replacement, deposed, reason } = resource;
  if (action !== "replace" && action !== "destroy" && action !== "forget") return [];
  const item = (kind: AttentionItem["kind"], ...why: (string | undefined)[]): AttentionItem[] => [
    {
      kind,
      action,
      address,
      type,
      name,
      loud: kind === "stateful",
      why: why.filter((clause) => clause !== undefined),
    },
  ];
  if (action === "forget") return item("forget", "stays in AWS, Terraform no longer knows it", stateful);
  const refuses = refusals(before);
  if (action === "destroy") {
    const left = deposed === undefined ? reason : `left behind by an unfinished apply (${deposed})`;
    const rule = RULE.test(type) ? ruleText(resource.attributes) : undefined;
    return item(stateful === undefined ? "destroy" : "stateful", stateful, rule, left, ...refuses);
  }
  if (replacement!.revision !== undefined) return item("revision", replacement!.revision, forcedBy(resource));
  const kind =
    stateful !== undefined ? "stateful" : replacement!.follows === undefined ? "replace" : "follows";
  return item(
    kind,
    forcedBy(resource),
    stateful,
    orderText(replacement!),
    ...(stateful === undefined ? [] : refuses),
  );
}

/** "`cidr_block` forces it ("10.1.0.0/16" → "10.3.0.0/16")", or why else it is replaced. */
function forcedBy({ replacement, attributes }: ResourceReport): string {
  const { attributes: forcing, reason, follows } = replacement!;
  if (forcing.length === 0) return reason ?? "Terraform gives no reason";
  const texts = forcing.map((path) => {
    const change = attributes.find(({ name }) => name === path);
    const values =
      change !== undefined && follows === undefined ? shortChange(change.before, change.after) : undefined;
    return values === undefined ? path : `${path} (${values})`;
  });
  const verb = forcing.length === 1 ? "forces it" : "force it";
  return `${texts.join(", ")} ${verb}${follows === undefined ? "" : `, follows from ${follows.name}`}`;
}

function shortChange(before = "nothing", after = "nothing"): string | undefined {
  // What is not to be seen says nothing in brackets.
  if ([before, after].some((text) => /\n|^\((sensitive|known after apply)/.test(text))) return undefined;
  return `${clip(before, 60)} → ${clip(after, 60)}`;
}

function orderText({ order }: Replacement): string {
  return order === "createFirst" ? "created first, no gap" : "destroyed first, so there is a gap";
}

/** What AWS or Terraform will do about a deletion, as far as the resource's own attributes say. */
function refusals(before: unknown): string[] {
  if (!isObject(before)) return [];
  const why: string[] = [];
  if (before.deletion_protection === true || before.enable_deletion_protection === true) {
    why.push("deletion protection is on: AWS will refuse");
  }
  if (before.deletion_protection_enabled === true) why.push("deletion protection is on: AWS will refuse");
  if (before.skip_final_snapshot === true) why.push("no final snapshot is made");
  if (before.skip_final_snapshot === false) why.push("a final snapshot is made");
  if (before.force_destroy === true) why.push("force_destroy: what is in it is deleted with it");
  if (before.force_delete === true) why.push("force_delete: what is in it is deleted with it");
  return why;
}

const WORLD = /"(0\.0\.0\.0\/0|::\/0)"/;
const DOORS = /^aws_(?:(?:default_)?(?:security_group|network_acl)|vpc_security_group_(?!egress))/;

/** Whether everybody is let in; who may go out is another question. Of a rule what stays counts too: wider ports. */
function opensDoor(type: string, attributes: readonly AttributeChange[], rule: unknown): boolean {
  if (!DOORS.test(type)) return false;
  if (!type.endsWith("_rule")) {
    return attributes.some(({ name, after }) => name === "ingress" && WORLD.test(after ?? ""));
  }
  if (!isObject(rule) || rule.type === "egress" || rule.egress === true || rule.rule_action === "deny")
    return false;
  return WORLD.test(JSON.stringify(rule));
}

function securityItem(
  resource: ResourceReport,
  change: Change | undefined,
  isNewStack: boolean,
): AttentionItem[] {
  const { action, type, name, address, attributes } = resource;
  const relevant = attributes.filter((attribute) => isSecurityRelevant(type, attribute.name));
  const opens = opensDoor(type, relevant, change?.after);
  // What goes is listed already, because it goes; but not that what comes instead lets everybody in.
  const isListed =
    action === "change"
      ? relevant.length > 0
      : action === "replace"
        ? opens && !opensDoor(type, [], change?.before)
        : action === "add" && (opens || (!isNewStack && isSecurityType(type)));
  if (!isListed) return [];
  // The line of the replacement says what changes.
  const what = action === "replace" ? [] : describe(relevant, type);
  const why = [...(opens ? ["open to the whole internet"] : []), ...what];
  return [{ kind: "security", action, address, type, name, loud: opens, why }];
}

function describe(attributes: readonly AttributeChange[], type: string): string[] {
  if (RULE.test(type) && attributes.every(({ kind }) => kind !== "change")) return [ruleText(attributes)];
  const texts = attributes.slice(0, MOST_ATTRIBUTES).map(attributeText);
  const more = attributes.length - texts.length;
  return more > 0 ? [...texts, `${more} more`] : texts;
}

function attributeText({ name, kind, after, lines }: AttributeChange): string {
  const [first] = lines;
  if (after === UNKNOWN.text) return `${name}: known after apply`;
  if (kind === "add" && lines.length === 1) return `${name}: ${clip(after!, 80)}`;
  if (lines.length === 1) return clip(first!.text, 160);
  if (kind === "add" && lines.length <= 12) {
    const inner = lines.map(({ text }) => text.trim()).filter((text) => !/^[[\]{}]$|[[{]$/.test(text));
    return clip(`${name}: ${inner.join(", ")}`, 200);
  }
  const [plus, minus] = (["+", "-"] as const).map((sign) => lines.filter((line) => line.sign === sign)) as [
    DiffLine[],
    DiffLine[],
  ];
  const most = plus.length + minus.length > 4 ? 2 : 4;
  const side = (some: readonly DiffLine[]) =>
    some.length > most
      ? counted(some.length, "line")
      : some.map(({ text }) => clip(text.trim(), 80)).join(" ") || "nothing";
  return `${name}: ${side(minus)} → ${side(plus)}`;
}

const RULE = /^aws_vpc_security_group_(ingress|egress)_rule$/;

/** "tcp 80 for 203.0.113.0/24" */
function ruleText(attributes: readonly AttributeChange[]): string {
  const of = (name: string) => {
    const found = attributes.find((attribute) => attribute.name === name);
    return (found?.after ?? found?.before)?.replaceAll('"', "");
  };
  const [from, to] = [of("from_port"), of("to_port")];
  const ports = from === undefined ? "" : from === to ? ` ${from}` : ` ${from}-${to}`;
  const protocol = of("ip_protocol") === "-1" ? "everything" : (of("ip_protocol") ?? "");
  const peer = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]
    .map(of)
    .find(Boolean);
  return `${protocol}${ports} for ${peer ?? "a source known after apply"}`;
}

function driftItem(drift: DriftReport, found: unknown): AttentionItem {
  const { address, type, name, kind, planned, attributes } = drift;
  const open = isDangerous(drift) && opensDoor(type, attributes, found);
  const why = [
    kind === "gone" ? "deleted outside of Terraform" : "changed outside of Terraform",
    ...(open ? ["open to the whole internet"] : []),
    ...attributes.slice(0, MOST_ATTRIBUTES).map(attributeText),
    planned
      ? kind === "gone"
        ? "this plan makes it anew"
        : "this plan changes it"
      : "this plan leaves it so",
  ];
  return { kind: "drift", action: "drift", address, type, name, loud: open, why };
}

/** Whether somebody has changed by hand who may reach or do what. */
export function isDangerous({ type, attributes }: DriftReport): boolean {
  return attributes.some(({ name }) => isSecurityRelevant(type, name));
}

/** "2 destroy, 1 replace, 4 change": the worst first, nothing that is zero. */
export function countsText(counts: Counts): string {
  const words = (["replace", "destroy", "forget", "change", "add", "import", "move"] as const).filter(
    (key) => counts[key] > 0,
  );
  const texts = words.map((key) => `${counts[key]} ${key}`);
  if (texts.length === 0 && counts.outputs > 0) texts.push(counted(counts.outputs, "output"));
  return texts.length === 0 ? "no changes" : texts.join(", ");
}
