import { batched } from "../aws/batch";
import { errorName, isDenied, isNotFound, unlessNotFound } from "../aws/errors";
import { classify, describeError } from "../engine/classify";
import type { EnvScope, Outcome, Presence } from "../engine/resource";

export type Tags = Readonly<Record<string, string>>;

export const GONE: Outcome = { kind: "gone" };
export const ACCEPTED: Outcome = { kind: "accepted" };

/** `present` if there is an answer, `absent` if it is empty or AWS says that the resource does not exist. */
export async function presentIf(answer: () => Promise<unknown>): Promise<Presence> {
  return (await unlessNotFound(answer)) ? "present" : "absent";
}

/** Tags in any of the shapes that services use. */
export function tagsFrom(
  list:
    | readonly {
        Key?: string;
        Value?: string;
        key?: string;
        value?: string;
        TagKey?: string;
        TagValue?: string;
      }[]
    | undefined,
): Tags {
  const entries = (list ?? []).map((tag) => [
    tag.Key ?? tag.key ?? tag.TagKey ?? "",
    tag.Value ?? tag.value ?? tag.TagValue ?? "",
  ]);
  return Object.fromEntries(entries) as Tags;
}

/**
 * A resource's tags. Denied means unreadable, which vetoes a deletion; not found means that the resource is gone
 * (`undefined`); anything else is an incomplete listing and thrown.
 */
export async function readTags(read: () => Promise<Tags>): Promise<Tags | "unreadable" | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (isDenied(error)) return "unreadable";
    throw error;
  }
}

/** `<system>-<environment>`, the prefix of candidates by name. It is not a proof: `a-b` has the prefix `a` too. */
export function namePrefix({ system, environment }: EnvScope): string {
  return `${system}-${environment}`;
}

/** Whether a name has the environment's prefix. Another environment's name may have it too. */
export function isCandidateName(name: string | undefined, env: EnvScope): boolean {
  const prefix = namePrefix(env);
  return name === prefix || (name ?? "").startsWith(`${prefix}-`);
}

/** Ids and ARNs, mixed, that the state and the tag index have for a type. */
export function hintsOf(env: EnvScope, type: string): readonly string[] {
  return [...new Set(env.hints.get(type) ?? [])];
}

export function arnHints(env: EnvScope, type: string): readonly string[] {
  return hintsOf(env, type).filter((hint) => hint.startsWith("arn:"));
}

/** Last part of an ARN, URL or path: the id for most types. */
export function lastPart(idOrArn: string): string {
  return idOrArn.split(/[:/]/).at(-1)!;
}

/** Hints as plain ids. */
export function idHints(env: EnvScope, type: string): readonly string[] {
  return [...new Set(hintsOf(env, type).map(lastPart))];
}

/**
 * Deletes. On an error in `names` it returns the blockers, or AWS's own message if none is known.
 */
export async function removeOrNameBlockers(
  remove: () => Promise<Outcome>,
  names: readonly string[],
  blockers: () => Promise<readonly string[]>,
): Promise<Outcome> {
  try {
    return await remove();
  } catch (error) {
    if (!names.includes(errorName(error))) throw error;
    const by = await blockers();
    return { kind: "blocked", by: by.length > 0 ? by : [describeError(error)] };
  }
}

/**
 * Deletes one of several that one call takes. A call is refused for all that it names, so each is then tried alone.
 *
 * @param ask deletes some, and returns the failures in the answer
 * @param alone deletes this one @default ask
 */
export async function together<Failure>(
  client: object,
  type: string,
  value: string,
  ask: (values: readonly string[]) => Promise<readonly Failure[]>,
  alone: () => Promise<readonly Failure[]> = () => ask([value]),
): Promise<readonly Failure[]> {
  try {
    return await batched(client, `delete ${type}`, [value], ask);
  } catch (error) {
    if (classify(error, type.split(":")[0]).kind === "throttled") throw error;
    return alone();
  }
}
