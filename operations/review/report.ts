import type { CostDelta } from "../costs/delta";
import { isObject } from "../../contract/json";
import { counted } from "../../contract/text";
import { acceptedFindings, overdueText } from "./accepted-findings";
import { attentionOf, countsText, isDangerous, isNewStack } from "./attention";
import { withCauses, type ChangedLines } from "./causes";
import { constructNames } from "./construct-names";
import { leftToOthers } from "./left-to-others";
import { clip, visible } from "./lines";
import { secretsOf } from "./masking";
import { Redactor } from "./redactor";
import type {
  Counts,
  DriftReport,
  FailedStack,
  Level,
  PlanMeta,
  PolicyFinding,
  Report,
  Source,
  StackReport,
  Verdict,
} from "./model";
import { actionOf, changedOutputs, changedResources, driftedResources } from "./resources";
import type { ResourceChange, TerraformPlan } from "../terraform/plan-json";

/** A planned stack with everything that the report shows. */
export interface PlannedStack {
  /** `automock-prod` */
  readonly stack: string;
  readonly environment: string;
  readonly system: string;
  readonly accountId: string;
  readonly region: string;
  readonly plan: TerraformPlan;
  /** The stack's `cdk.tf.json`, for the construct paths. */
  readonly synthesized: unknown;
  readonly meta: PlanMeta;
  readonly cost?: CostDelta;
  readonly policy: readonly PolicyFinding[];
  /** Terraform's warnings. */
  readonly warnings?: readonly string[];
  /** A self-contained `<svg>` for the HTML report. */
  readonly diagramSvg?: string;
  /** The exact command that applies this plan. */
  readonly applyCommand: string;
}

export interface ReportOptions {
  readonly app: string;
  readonly unchangedStacks?: readonly string[];
  readonly failed?: readonly FailedStack[];
  readonly notes?: readonly string[];
  readonly source?: Source;
  /** Lines of the code that differ from the base. */
  readonly changedLines?: readonly ChangedLines[];
}

/** Worst first. */
const LEVELS: readonly Level[] = ["error", "danger", "change", "none"];

/** Further environments are counted in the verdict, not named. */
const MOST_ENVIRONMENTS = 4;

// eslint-disable-next-line no-control-regex
const COLOR = /\u001b\[[0-9;]*m/g;

/** Longer Terraform errors are cut; the first lines name the cause. */
const LONGEST_ERROR = 4000;

/**
 * The report of a run. Masks with the secrets of all plans, because one stack's error can contain another one's
 * secret.
 */
export function buildReport(stacks: readonly PlannedStack[], options: ReportOptions): Report {
  const others = [
    ...(options.failed ?? []).map(({ error }) => error),
    ...stacks.flatMap(({ policy }) => policy.map(({ message }) => message)),
    ...stacks.flatMap(({ warnings = [], plan }) => [...warnings, ...failedChecks(plan)]),
  ];
  const redactor = new Redactor(
    secretsOf(
      stacks.map(({ plan }) => plan),
      others,
    ),
  );
  const reports = stacks
    .map((stack) => stackReport(stack, redactor, options.changedLines ?? []))
    .sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || (a.stack < b.stack ? -1 : 1));
  const failed = (options.failed ?? []).map(({ stack, error }) => ({
    stack,
    error: clip(visible(redactor.text(error.replaceAll(COLOR, "").replaceAll("\r\n", "\n"))), LONGEST_ERROR),
  }));
  return {
    app: options.app,
    verdict: verdictOf(reports, failed),
    stacks: reports,
    unchangedStacks: [...(options.unchangedStacks ?? [])].sort(),
    failed,
    ...(options.source !== undefined && { source: options.source }),
    notes: options.notes ?? [],
  };
}

/** What was changed outside of Terraform according to a plan. */
export function driftOf(plan: TerraformPlan, synthesized: unknown): DriftReport[] {
  return driftedResources(
    plan,
    constructNames(synthesized),
    leftToOthers(synthesized),
    new Redactor(secretsOf([plan], [])),
  );
}

function stackReport(
  planned: PlannedStack,
  redactor: Redactor,
  changedLines: readonly ChangedLines[],
): StackReport {
  const { plan, synthesized, cost, policy, diagramSvg, stack, environment, system, accountId, region } =
    planned;
  const nameOf = constructNames(synthesized);
  const drift = driftedResources(plan, nameOf, leftToOthers(synthesized), redactor);
  const resources = withCauses(changedResources(plan, nameOf, redactor), drift, changedLines);
  const outputs = changedOutputs(plan, redactor);
  const counts = countsOf(plan, drift.length, outputs.length);
  const blocked = blockedBy(plan, policy);
  const attention = attentionOf(resources, drift, plan);
  const accepted = acceptedFindings(resources, planned.meta.createdAt);
  const failed = failedChecks(plan);
  const warnings = [
    ...[...failed, ...(planned.warnings ?? [])].map((text) => redactor.text(text)),
    ...accepted.filter(({ overdue }) => overdue).map(overdueText),
  ];
  return {
    stack,
    environment,
    system,
    accountId,
    region,
    level: levelOf(
      counts,
      { resources, drift, warnings, attention: isNewStack(plan) ? [] : attention },
      blocked,
    ),
    title: plan.errored === true ? "planning failed" : countsText(counts),
    blocked,
    counts,
    attention,
    resources,
    drift,
    outputs,
    warnings,
    failedChecks: failed.length,
    // The cost of an incomplete plan would be misleading.
    ...(cost !== undefined && plan.errored !== true && plan.complete !== false && { cost }),
    policy: policy.map(({ suppression, ...finding }) => ({
      ...finding,
      message: redactor.text(finding.message),
      ...(suppression && { suppression: { ...suppression, reason: redactor.text(suppression.reason) } }),
    })),
    accepted,
    meta: planned.meta,
    ...(diagramSvg !== undefined && { diagramSvg: redactor.text(diagramSvg) }),
    applyCommand: planned.applyCommand,
  };
}

function countsOf(plan: TerraformPlan, drift: number, outputs: number): Counts {
  const counts = { add: 0, change: 0, replace: 0, destroy: 0, move: 0, import: 0, forget: 0, drift, outputs };
  for (const each of plan.resource_changes ?? []) {
    const action = actionOf(each);
    if (action === undefined) continue;
    // A resource that is moved or imported and also changed counts as both.
    if (action !== "move" && action !== "import") counts[action]++;
    if (each.previous_address !== undefined) counts.move++;
    if (each.change.importing !== undefined) counts.import++;
  }
  return counts;
}

function blockedBy(plan: TerraformPlan, policy: readonly PolicyFinding[]): string[] {
  const { errored, complete } = plan;
  const errors = policy.filter(({ level }) => level === "error").length;
  return [
    ...(errored === true ? ["Planning failed. This plan is incomplete and cannot be applied."] : []),
    ...(errored !== true && complete === false
      ? [
          "The plan is incomplete (-target or a deferred change). Applying it does not produce the state that the code describes.",
        ]
      : []),
    ...(errors > 0 ? [`${counted(errors, "policy error")}.`] : []),
    ...replacedNetworks(plan),
  ];
}

/**
 * A VPC is deleted only when nothing is in it, and a load balancer cannot move to another one, so replacing it deletes
 * half of the stack and then fails.
 * Sources: https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html,
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html
 */
function replacedNetworks({ resource_changes = [] }: TerraformPlan): string[] {
  return resource_changes
    .filter((each) => each.type === "aws_vpc" && actionOf(each) === "replace")
    .filter(({ change }) => holdsAnything(change.before, resource_changes))
    .map(({ change: { before, after } }) => {
      const [from, to] = [before, after].map((values) => (isObject(values) ? values.cidr_block : undefined));
      return (
        `The VPC ${String(from)} would be replaced${typeof to === "string" && to !== from ? ` by ${to}` : ""}. ` +
        "Everything in it would be deleted first, and the apply would then fail. " +
        `Restore its settings (vpcCidr: "${String(from)}"). To use another network, create a second environment with it, ` +
        "move the callers and destroy this one; or destroy this stack and deploy it again, which deletes its data."
      );
    });
}

/** An apply that was interrupted leaves a tainted VPC with nothing in it, which can be replaced. */
function holdsAnything(vpc: unknown, all: readonly ResourceChange[]): boolean {
  const id = isObject(vpc) ? vpc.id : undefined;
  return all.some(({ change: { before } }) => isObject(before) && before.vpc_id === id);
}

/** Failed `check` blocks and conditions; those that are unknown before the apply do not count. */
function failedChecks({ checks }: TerraformPlan): string[] {
  return (checks ?? [])
    .filter(({ status }) => status === "fail" || status === "error")
    .map(({ address, instances }) => {
      const problems = (instances ?? []).flatMap((each) =>
        (each.problems ?? []).map(({ message }) => message),
      );
      return [`${address?.to_display ?? "a check"} fails`, ...problems].join(": ");
    });
}

function levelOf(
  counts: Counts,
  {
    resources,
    drift,
    warnings,
    attention,
  }: Pick<StackReport, "resources" | "drift" | "warnings" | "attention">,
  blocked: readonly string[],
): Level {
  if (blocked.length > 0) return "error";
  // A new task definition revision is part of each deployment, not a danger.
  const routine = resources.filter(({ replacement }) => replacement?.revision !== undefined).length;
  if (counts.destroy + counts.forget + counts.replace - routine > 0) return "danger";
  if (drift.some(isDangerous) || attention.some(({ loud }) => loud)) return "danger";
  return resources.length + counts.outputs + counts.drift + warnings.length > 0 ? "change" : "none";
}

/** "prod: 1 replace, 2 destroy; staging: 4 change": the worst environment first. */
function verdictOf(stacks: readonly StackReport[], failed: readonly FailedStack[]): Verdict {
  const level = failed.length > 0 ? "error" : (stacks[0]?.level ?? "none");
  const clauses = failed.length === 0 ? [] : [`${failed.length} not planned`];
  const environments = [...new Set(stacks.map(({ environment }) => environment))];
  const texts = environments
    .map((environment) => environmentText(environment, stacks))
    .filter((text) => text !== undefined);
  clauses.push(...texts.slice(0, MOST_ENVIRONMENTS));
  if (texts.length > MOST_ENVIRONMENTS) clauses.push(`${texts.length - MOST_ENVIRONMENTS} more environments`);
  return { level, title: clauses.length === 0 ? "no changes" : clauses.join("; ") };
}

function environmentText(environment: string, stacks: readonly StackReport[]): string | undefined {
  const own = stacks.filter((stack) => stack.environment === environment);
  const sum = (key: keyof Counts) => own.reduce((total, { counts }) => total + counts[key], 0);
  const counts: Counts = {
    add: sum("add"),
    change: sum("change"),
    replace: sum("replace"),
    destroy: sum("destroy"),
    move: sum("move"),
    import: sum("import"),
    forget: sum("forget"),
    drift: sum("drift"),
    outputs: sum("outputs"),
  };
  const changes = countsText(counts);
  const clauses = [
    ...(own.some(({ blocked }) => blocked.length > 0) ? ["must not be applied"] : []),
    ...(changes === "no changes" ? [] : [changes]),
    ...(counts.drift > 0 ? [`${counts.drift} drifted`] : []),
  ];
  return clauses.length === 0 ? undefined : `${environment}: ${clauses.join(", ")}`;
}
