import { isObject } from "../../contract/json";
import { counted } from "../../contract/text";
import type { AttributeChange } from "./attribute-changes";
import type { AttentionItem, Counts, DriftReport, Replacement, ResourceReport } from "./model";
import { clip, type DiffLine } from "./lines";
import { UNKNOWN } from "./shown";
import { guardLost, isDoor, isWayIn, openEntries, openings, turns } from "./openness";
import { nestedChanges } from "./nested-changes";
import { isSecurityRelevant, isSecurityType, shortens } from "./resource-kinds";
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

/** Further changed attributes of a resource are counted, not listed. */
const MOST_ATTRIBUTES = 4;

/**
 * What a reviewer must look at: replacements and destructions with their reasons, then security changes, then changes
 * made outside of Terraform. Expects `resources` in report order.
 */
export function attentionOf(
  resources: readonly ResourceReport[],
  drift: readonly DriftReport[],
  plan: TerraformPlan,
): AttentionItem[] {
  const changes = new Map((plan.resource_changes ?? []).map((each) => [keyOf(each), each.change]));
  const found = new Map((plan.resource_drift ?? []).map(({ address, change }) => [address, change]));
  // In a stack that is new as a whole every rule and policy is new: only what opens it to the world stands out.
  const isNew = isNewStack(plan);
  const gone = new Set(
    [...changes.values()]
      .filter(({ actions, before }) => actions.includes("delete") && isObject(before))
      .flatMap(({ before }) => [(before as Values).id, (before as Values).arn]),
  );
  const items = [
    ...resources.flatMap((resource) => lossItem(resource, changes.get(keyOf(resource))?.before, gone)),
    ...resources.flatMap((resource) => securityItem(resource, changes.get(keyOf(resource)), isNew)),
    ...[...drift]
      .sort((a, b) => Number(isDangerous(b)) - Number(isDangerous(a)))
      .map((each) => driftItem(each, found.get(each.address))),
  ];
  return items.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** Whether nothing of the stack is deployed yet. */
export function isNewStack({ resource_changes = [] }: TerraformPlan): boolean {
  return resource_changes.every(({ change: { before } }) => before === null || before === undefined);
}

type Values = Readonly<Record<string, unknown>>;

/** An address can have a current and a deposed object. */
function keyOf({ address, deposed = "" }: Pick<ResourceReport, "address" | "deposed">): string {
  return `${address} ${deposed}`;
}

function lossItem(resource: ResourceReport, before: unknown, gone: ReadonlySet<unknown>): AttentionItem[] {
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
  if (action === "forget") return item("forget", "stays in AWS, Terraform no longer manages it");
  const refuses = refusals(before);
  if (action === "destroy") {
    const left = deposed === undefined ? reason : `left behind by an unfinished apply (${deposed})`;
    const rule = RULE.test(type) ? ruleText(resource.attributes) : undefined;
    const guard = guardLost(type, before, gone);
    if (guard !== undefined) return item("security", guard, left).map((each) => ({ ...each, loud: true }));
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
  // A hidden value adds nothing.
  if ([before, after].some((text) => /\n|^\((sensitive|known after apply)/.test(text))) return undefined;
  return `${clip(before, 60)} → ${clip(after, 60)}`;
}

function orderText({ order }: Replacement): string {
  if (order === "keepsOld") return "the old one stays in AWS, Terraform no longer manages it";
  return order === "createFirst" ? "created first, no gap" : "destroyed first, so there is a gap";
}

/** How AWS and Terraform will handle the deletion, as far as the resource's attributes show. */
function refusals(before: unknown): string[] {
  if (!isObject(before)) return [];
  const why: string[] = [];
  if (before.deletion_protection === true || before.enable_deletion_protection === true) {
    why.push("deletion protection is on: AWS will refuse");
  }
  if (before.deletion_protection_enabled === true) why.push("deletion protection is on: AWS will refuse");
  if (before.skip_final_snapshot === true) why.push("no final snapshot is taken");
  if (before.skip_final_snapshot === false) why.push("a final snapshot is taken");
  if (before.force_destroy === true) why.push("force_destroy: its contents are deleted too");
  if (before.force_delete === true) why.push("force_delete: its contents are deleted too");
  return why;
}

function securityItem(
  resource: ResourceReport,
  change: Change | undefined,
  isNewStack: boolean,
): AttentionItem[] {
  const { action, type, name, address, attributes, replacement, knownAfterApply } = resource;
  const isRevision = replacement?.revision !== undefined;
  const relevant = attributes.filter((attribute) => isRelevant(type, attribute, change));
  const opened = openedBy(resource, change, relevant.length > 0);
  const turned = turns(type, change?.before, change?.after);
  // A destroyed resource is listed as a loss already; a replacement still has to report what it opens.
  const isListed =
    action === "change" || isRevision
      ? relevant.length + turned.length + opened.length > 0
      : action === "replace"
        ? opened.length + turned.length > 0
        : action === "add" &&
          (opened.length > 0 ||
            (!isNewStack && (isSecurityType(type) || isWayIn(type, change?.after, knownAfterApply))));
  if (!isListed) return [];
  // The line of the replacement says what changes; that of a new revision does not.
  const what = action === "replace" && !isRevision ? [] : describe(relevant, type, change);
  const why = [...opened, ...turned, ...(what.length > 0 ? what : unknownTargets(resource))];
  return [{ kind: "security", action, address, type, name, loud: opened.length + turned.length > 0, why }];
}

/** Of a new route, where it leads, when that is created by the same plan. */
function unknownTargets({ action, type, knownAfterApply }: ResourceReport): string[] {
  if (action !== "add" || type !== "aws_route") return [];
  return knownAfterApply
    .filter((name) => isSecurityRelevant(type, name))
    .map((name) => `${name}: known after apply`);
}

/** Who is let in now and was not before, or to other ports than before. */
function openedBy(
  { action, type }: Pick<ResourceReport, "action" | "type">,
  change: Pick<Change, "before" | "after"> | undefined,
  isTouched: boolean,
): string[] {
  const now = openings(type, change?.after);
  const before = openings(type, change?.before);
  const stays = openEntries(type, change?.before);
  const isOther = isDoor(type) && openEntries(type, change?.after).some((entry) => !stays.includes(entry));
  return action === "change" && isTouched && isOther ? now : now.filter((clause) => !before.includes(clause));
}

function isRelevant(type: string, { name }: AttributeChange, change: Change | undefined): boolean {
  const [before, after] = [change?.before, change?.after].map((values) =>
    isObject(values) ? values[name] : undefined,
  );
  return (
    isSecurityRelevant(type, name) || shortens(name, before, after) || nestedChanges(name, change).length > 0
  );
}

function describe(
  attributes: readonly AttributeChange[],
  type: string,
  change: Change | undefined,
): string[] {
  if (RULE.test(type) && attributes.every(({ kind }) => kind !== "change")) return [ruleText(attributes)];
  const texts = attributes.slice(0, MOST_ATTRIBUTES).flatMap((attribute) => {
    const nested = isSecurityRelevant(type, attribute.name) ? [] : nestedChanges(attribute.name, change);
    return nested.length > 0 ? nested : [attributeText(attribute)];
  });
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

function driftItem(drift: DriftReport, found: Change | undefined): AttentionItem {
  const { address, type, name, kind, planned, attributes } = drift;
  const opened =
    kind === "gone"
      ? []
      : [...openedBy({ action: "change", type }, found, true), ...turns(type, found?.before, found?.after)];
  const why = [
    kind === "gone" ? "deleted outside of Terraform" : "changed outside of Terraform",
    ...opened,
    ...attributes.slice(0, MOST_ATTRIBUTES).map(attributeText),
    planned
      ? kind === "gone"
        ? "this plan creates it again"
        : "this plan changes it"
      : "this plan leaves it as it is",
  ];
  return { kind: "drift", action: "drift", address, type, name, loud: opened.length > 0, why };
}

/** Whether access or permissions were changed outside of Terraform. */
export function isDangerous({ type, attributes }: DriftReport): boolean {
  return attributes.some(({ name }) => isSecurityRelevant(type, name));
}

/** "2 destroy, 1 replace, 4 change": worst first, without zeros. */
export function countsText(counts: Counts): string {
  const words = (["replace", "destroy", "forget", "change", "add", "import", "move"] as const).filter(
    (key) => counts[key] > 0,
  );
  const texts = words.map((key) => `${counts[key]} ${key}`);
  if (texts.length === 0 && counts.outputs > 0) texts.push(counted(counts.outputs, "output"));
  return texts.length === 0 ? "no changes" : texts.join(", ");
}
