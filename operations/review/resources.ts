import { attributeChanges, valueChange, type AttributeChange } from "./attribute-changes";
import type { NameOf } from "./construct-names";
import { siblingsOf, withoutEchoes } from "./drift-echo";
import { isObject } from "../../contract/json";
import type { LeftToOthers } from "./left-to-others";
import type { Redactor } from "./redactor";
import type { Action, DriftReport, Replacement, ResourceReport } from "./model";
import { lossOf, revisionOf } from "./resource-kinds";
import { same } from "./shown";
import type { ResourceChange, TerraformPlan } from "../terraform/plan-json";

/** Worst first. */
const ORDER: readonly Action[] = ["replace", "destroy", "forget", "change", "add", "import", "move"];

/** The resources that a plan changes, the most dangerous first. */
export function changedResources(plan: TerraformPlan, nameOf: NameOf, redactor: Redactor): ResourceReport[] {
  const changes = (plan.resource_changes ?? []).filter((change) => actionOf(change) !== undefined);
  const replaced = replacedIds(changes);
  return changes
    .map((each) => resourceReport(each, actionOf(each)!, replaced, nameOf, redactor))
    .sort(
      (a, b) =>
        ORDER.indexOf(a.action) - ORDER.indexOf(b.action) ||
        rank(a) - rank(b) ||
        (a.name < b.name ? -1 : a.name > b.name ? 1 : a.address < b.address ? -1 : 1),
    );
}

/** Stateful ones first, causes before consequences, routine last. */
function rank({ type, replacement }: ResourceReport): number {
  const isStateful = lossOf(type) !== undefined;
  if (replacement?.revision !== undefined) return 3;
  if (replacement?.follows !== undefined) return isStateful ? 1 : 2;
  return isStateful ? 0 : 1;
}

/** What the plan does to a resource; undefined for no-ops and data sources. */
export function actionOf({ change, previous_address, mode }: ResourceChange): Action | undefined {
  const does = (action: string) => change.actions.includes(action);
  if (mode === "data") return undefined;
  if (does("create")) return does("delete") || does("forget") ? "replace" : "add";
  if (does("delete")) return "destroy";
  if (does("forget")) return "forget";
  if (does("update")) return "change";
  if (change.importing !== undefined) return "import";
  return previous_address === undefined ? undefined : "move";
}

function resourceReport(
  { address, type, previous_address, deposed, change, action_reason }: ResourceChange,
  action: Action,
  replaced: ReadonlyMap<string, string>,
  nameOf: NameOf,
  redactor: Redactor,
): ResourceReport {
  const forcing = action === "replace" ? forcingAttributes(change) : [];
  const reason = action_reason === undefined ? undefined : reasonText(action_reason);
  // A forgotten resource stays in AWS.
  const loss = change.actions.includes("delete") ? lossOf(type) : undefined;
  return {
    address,
    type,
    name: deposed === undefined ? nameOf(address) : `${nameOf(address)} (deposed ${deposed})`,
    action,
    ...(previous_address !== undefined && { movedFrom: previous_address }),
    ...(change.importing !== undefined && { importedId: redactor.text(importedId(change.importing)) }),
    ...(deposed !== undefined && { deposed }),
    ...(action === "replace" && {
      replacement: replacementOf(address, type, change, reason, replaced, nameOf),
    }),
    ...(action !== "replace" && reason !== undefined && { reason }),
    ...(loss !== undefined && { stateful: loss }),
    // A forgotten resource does not change.
    ...(action === "forget"
      ? { attributes: [], knownAfterApply: [] }
      : attributeChanges(change, redactor, new Set(forcing.map((path) => String(path[0]))), type)),
  };
}

function importedId({ id, identity }: NonNullable<ResourceChange["change"]["importing"]>): string {
  return id ?? (identity === undefined ? "an id known after apply" : JSON.stringify(identity));
}

type ReplacedChange = ResourceChange["change"];

function forcingAttributes({ replace_paths }: ReplacedChange): readonly (readonly (string | number)[])[] {
  return replace_paths ?? [];
}

function replacementOf(
  address: string,
  type: string,
  change: ReplacedChange,
  reason: string | undefined,
  replaced: ReadonlyMap<string, string>,
  nameOf: NameOf,
): Replacement {
  const paths = forcingAttributes(change);
  const source = causeOf(change, paths, replaced, address);
  const revision = revisionOf(type);
  return {
    order: change.actions.includes("forget")
      ? "keepsOld"
      : change.actions.indexOf("create") === 0
        ? "createFirst"
        : "destroyFirst",
    attributes: paths.map((path) =>
      path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join(""),
    ),
    ...(reason !== undefined && paths.length === 0 && { reason }),
    ...(source !== undefined && { follows: { address: source, name: nameOf(source) } }),
    ...(revision !== undefined && { revision }),
  };
}

/**
 * The replaced resource whose new id forces this replacement: all forcing attributes are unknown after the apply, and
 * one of them was its id, ARN or name.
 */
function causeOf(
  { before, after_unknown }: ReplacedChange,
  paths: readonly (readonly (string | number)[])[],
  replaced: ReadonlyMap<string, string>,
  self: string,
): string | undefined {
  const names = [...new Set(paths.map(([first]) => String(first)))];
  if (names.length === 0 || !isObject(before) || !isObject(after_unknown)) return undefined;
  if (!names.every((name) => hasTrue(after_unknown[name]))) return undefined;
  for (const name of names) {
    for (const text of stringsIn(before[name])) {
      const source = replaced.get(text);
      if (source !== undefined && source !== self) return source;
    }
  }
  return undefined;
}

/** Ids and ARNs of replaced resources to their addresses. */
function replacedIds(changes: readonly ResourceChange[]): Map<string, string> {
  const ids = new Map<string, string>();
  for (const each of changes) {
    const { before } = each.change;
    if (actionOf(each) !== "replace" || !isObject(before)) continue;
    for (const key of ["id", "arn", "allocation_id"]) {
      const id = before[key];
      if (typeof id === "string" && id !== "" && !ids.has(id)) ids.set(id, each.address);
    }
  }
  return ids;
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function hasTrue(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === true;
  return Object.values(value).some(hasTrue);
}

/** Terraform's reasons in words. The attributes that force a replacement are listed separately. */
const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: "marked as tainted: its last apply did not finish, or someone asked for it",
  replace_by_request: "requested with -replace",
  replace_by_triggers: "replace_triggered_by in the code",
  replace_because_cannot_update: "an attribute that cannot be changed",
  delete_because_no_resource_config: "no longer in the code",
  delete_because_no_module: "its module is no longer in the code",
  delete_because_wrong_repetition: "count or for_each was added or removed",
  delete_because_count_index: "its index is beyond count",
  delete_because_each_key: "its key is no longer in for_each",
  delete_because_no_move_target: "moved to an address that is not in the code",
};

function reasonText(reason: string): string {
  return REASONS[reason] ?? reason.replaceAll("_", " ");
}

/** Changes made outside of Terraform since the last apply, without the stack's own echoes and attributes that others manage. */
export function driftedResources(
  plan: TerraformPlan,
  nameOf: NameOf,
  isLeftToOthers: LeftToOthers,
  redactor: Redactor,
): DriftReport[] {
  const planned = new Set(
    (plan.resource_changes ?? [])
      .filter((each) => actionOf(each) !== undefined)
      .map(({ address }) => address),
  );
  const siblings = siblingsOf(plan);
  return (plan.resource_drift ?? [])
    .filter(({ mode, change }) => mode !== "data" && !same(change.before, change.after, "block"))
    .map((drifted) => {
      const { address, type, change } = drifted;
      const gone = change.actions.includes("delete");
      const attributes = gone
        ? []
        : attributeChanges(withoutEchoes(drifted, siblings), redactor, undefined, type).attributes.filter(
            ({ name }) => !isLeftToOthers(address, name),
          );
      return {
        address,
        type,
        name: nameOf(address),
        kind: gone ? ("gone" as const) : ("changed" as const),
        planned: planned.has(address),
        attributes,
      };
    })
    .filter(({ kind, attributes }) => kind === "gone" || attributes.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Outputs whose value changes, by name. */
export function changedOutputs(plan: TerraformPlan, redactor: Redactor): AttributeChange[] {
  return Object.entries(plan.output_changes ?? {})
    .filter(([, { actions }]) => !actions.includes("no-op"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, change]) => valueChange(name, change, redactor))
    .filter(({ lines }) => lines.length > 0);
}
