import { TAG } from "../../contract/tags";
import type { EnvScope, Found, Handler } from "./resource";

/** A statement about a resource by a record outside AWS, such as a Terraform state. */
export interface Claim {
  /** `own`: the environment manages it. `foreign`: the environment only uses it, so someone else owns it. */
  readonly says: "own" | "foreign";
  /** The handler's type. @default any */
  readonly type?: string;
  /** Ids and ARNs of the resource in the record. */
  readonly ids: readonly string[];
  /** The claim as text, for plans and reports. */
  readonly reason: string;
}

/** The facts that decide about every resource of an environment, collected once per inventory. */
export interface Evidence {
  readonly env: EnvScope;
  readonly claims: readonly Claim[];
  /** Ids and ARNs the environment uses but does not own. */
  readonly byo: readonly string[];
  /** Names and ARNs that belong to no environment. */
  readonly untouchable: readonly string[];
  /** `<type> <id>` of resources that are proven by themselves. */
  readonly proven?: ReadonlySet<string>;
}

export interface Judgement {
  readonly found: Found;
  /**
   * `own`: proven and nothing against it. `held`: proven, but something forbids to delete it, so the
   * environment cannot be finished. `foreign`: not the environment's.
   */
  readonly verdict: "own" | "held" | "foreign";
  /** Why it belongs to the environment. */
  readonly proofs: readonly string[];
  /** Why it must stay. */
  readonly vetoes: readonly string[];
}

/** Rules of a handler for proofs of its type. */
type Proving = Pick<Handler, "ownNames" | "ownedByVpc">;

/**
 * The only place that decides whether a resource may be deleted: at least one proof and no veto. Handlers
 * only list candidates.
 */
export function judge(found: Found, handler: Proving, evidence: Evidence): Judgement {
  const proofs = proofsOf(found, handler, evidence);
  const vetoes = vetoesOf(found, evidence);
  if (proofs.length === 0 || builtInVeto(found) || neededVeto(found) || byoVeto(found, evidence)) {
    return { found, verdict: "foreign", proofs, vetoes };
  }
  return { found, verdict: vetoes.length === 0 ? "own" : "held", proofs, vetoes };
}

function proofsOf(found: Found, handler: Proving, evidence: Evidence): string[] {
  return [claimProof, tagProof, nameProof, vpcProof, partProof].flatMap(
    (proof) => proof(found, handler, evidence) ?? [],
  );
}

function vetoesOf(found: Found, evidence: Evidence): string[] {
  const vetoes = [
    unreadableVeto,
    protectVeto,
    permanentVeto,
    otherEnvironmentVeto,
    otherSystemVeto,
    foreignVeto,
    byoVeto,
    builtInVeto,
    neededVeto,
    untouchableVeto,
    placeVeto,
  ];
  return vetoes.flatMap((veto) => veto(found, evidence) ?? []);
}

/** Id and ARN, which claims, bring-your-own lists and settings use. A bare name proves nothing. */
function keysOf(found: Found): readonly string[] {
  return found.arn === undefined ? [found.id] : [found.id, found.arn];
}

function mentions(ids: readonly string[], found: Found): boolean {
  return keysOf(found).some((key) => ids.includes(key));
}

function claimProof(found: Found, _handler: Proving, { claims }: Evidence): string | undefined {
  return claims.find(({ says, type, ids }) => says === "own" && type === found.type && mentions(ids, found))
    ?.reason;
}

function tagProof(found: Found, _handler: Proving, { env }: Evidence): string | undefined {
  return found.tags !== "unreadable" && provenByTags(found.tags, env)
    ? `tags ${TAG.environment}=${env.environment} and ${TAG.ephemeral}=true`
    : undefined;
}

/** Whether tags prove that a resource of any type belongs to the environment. */
export function provenByTags(
  tags: Readonly<Record<string, string>>,
  env: Pick<EnvScope, "environment" | "system">,
): boolean {
  // Another system in an environment of the same name is another deployment, with its own state.
  const system = tags[TAG.system] ?? env.system;
  return tags[TAG.environment] === env.environment && tags[TAG.ephemeral] === "true" && system === env.system;
}

function nameProof(found: Found, handler: Proving, { env }: Evidence): string | undefined {
  const names = handler.ownNames?.(env);
  if (!names) return undefined;
  const name = found.name ?? found.id;
  if (names.exact.includes(name)) return `named exactly ${name}`;
  // Without the slash, the names of environment `a` would match those of `a-b`.
  const prefix = names.prefixes.find((one) => one.endsWith("/") && name.startsWith(one));
  return prefix && `name under ${prefix}`;
}

/** Resources that people create in the VPC are theirs. Only what AWS created there belongs to the environment. */
function vpcProof(found: Found, handler: Proving, { env }: Evidence): string | undefined {
  const { vpcId, createdBy } = found;
  if (!handler.ownedByVpc || vpcId === undefined || createdBy === undefined || hasOwnTags(found))
    return undefined;
  return env.ownedVpcIds.includes(vpcId)
    ? `created by ${createdBy} in the environment's own ${vpcId}`
    : undefined;
}

/** Tags set by people; those of AWS start with `aws:`. */
function hasOwnTags({ tags }: Found): boolean {
  return tags === "unreadable" || Object.keys(tags).some((key) => !key.startsWith("aws:"));
}

function partProof({ partOf }: Found, _handler: Proving, { proven }: Evidence): string | undefined {
  return partOf !== undefined && proven?.has(partOf) ? `part of the environment's ${partOf}` : undefined;
}

function unreadableVeto(found: Found): string | undefined {
  return found.tags === "unreadable" ? "its tags cannot be read" : undefined;
}

function protectVeto(found: Found): string | undefined {
  return tagOf(found, TAG.protected) === "true" ? `tag ${TAG.protected}=true` : undefined;
}

function permanentVeto(found: Found): string | undefined {
  const ephemeral = tagOf(found, TAG.ephemeral);
  return ephemeral !== undefined && ephemeral !== "true" ? `tag ${TAG.ephemeral}=${ephemeral}` : undefined;
}

function otherEnvironmentVeto(found: Found, { env }: Evidence): string | undefined {
  const other = tagOf(found, TAG.environment);
  return other !== undefined && other !== env.environment ? `tag ${TAG.environment}=${other}` : undefined;
}

function otherSystemVeto(found: Found, { env }: Evidence): string | undefined {
  const other = tagOf(found, TAG.system);
  return other !== undefined && other !== env.system ? `tag ${TAG.system}=${other}` : undefined;
}

function foreignVeto(found: Found, { claims }: Evidence): string | undefined {
  return claims.find(
    ({ says, type = found.type, ids }) => says === "foreign" && type === found.type && mentions(ids, found),
  )?.reason;
}

function byoVeto(found: Found, { byo }: Evidence): string | undefined {
  return mentions(byo, found) ? "on the list of resources that the environment brings along" : undefined;
}

function builtInVeto(found: Found): string | undefined {
  return found.builtIn === undefined ? undefined : `made by AWS: ${found.builtIn}`;
}

function neededVeto({ neededBy }: Found): string | undefined {
  return neededBy === undefined ? undefined : `needed by ${neededBy} as well`;
}

function untouchableVeto(found: Found, { untouchable }: Evidence): string | undefined {
  const named = [...keysOf(found), ...(found.name === undefined ? [] : [found.name])];
  return named.some((name) => untouchable.includes(name)) ? "part of the bootstrap" : undefined;
}

function placeVeto(found: Found, { env }: Evidence): string | undefined {
  const [, , , arnRegion = "", arnAccount = ""] = found.arn?.split(":") ?? [];
  const account = found.accountId ?? arnAccount;
  const region = found.region ?? arnRegion;
  if (account !== "" && account !== env.accountId) return `in account ${account}`;
  return region !== "" && region !== env.region ? `in region ${region}` : undefined;
}

function tagOf(found: Found, key: string): string | undefined {
  return found.tags === "unreadable" ? undefined : found.tags[key];
}
