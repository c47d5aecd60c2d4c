import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { parseCidr } from "../contract/cidr";
import type { Fault } from "../contract/fault";
import { environmentFields } from "./fields";

/** A fault of an environment; `where` is its file, relative to the project, and the field. */
export interface EnvironmentFault extends Fault {
  /** Dotted path of the field; empty for the whole file. */
  readonly path: string;
}

/** A fault at a field of a file. */
export function faultAt(
  file: string,
  path: string,
  fault: Pick<Fault, "given" | "allowed" | "fix">,
): EnvironmentFault {
  return { where: path === "" ? file : `${file}: ${path}`, path, ...fault };
}

/** Value as short JSON, for showing. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

/** The faults behind zod's issues. */
export function faultsOf(
  file: string,
  given: unknown,
  issues: readonly z.core.$ZodIssue[],
): EnvironmentFault[] {
  return issues.flatMap((issue) => faultOf(file, given, issue));
}

function faultOf(file: string, given: unknown, issue: z.core.$ZodIssue): EnvironmentFault[] {
  const value = valueAt(given, issue.path);
  const fault = ({ path = issue.path.join("."), ...parts }: Partial<EnvironmentFault>) =>
    faultAt(file, path, {
      given: show(value),
      allowed: describe(issue.path),
      fix: value === undefined ? "add it" : fixOf(value, issue.path),
      ...parts,
    });

  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path);
    return issue.keys.map((key) =>
      fault({
        path: [...issue.path, key].join("."),
        given: `${show(key)} (a key that does not exist)`,
        allowed: `one of ${known.join(", ")}`,
        fix: fixOfKey(key, known),
      }),
    );
  }
  if (issue.code === "invalid_key") {
    const [record] = schemasAt(issue.path.slice(0, -1)).flatMap(optionsOf);
    const allowed = record instanceof z.ZodRecord ? descriptionOf(record.keyType as z.ZodType) : undefined;
    return [
      fault({
        given: `${show(issue.path.at(-1))} (a key)`,
        fix: "write it as allowed",
        ...(allowed && { allowed }),
      }),
    ];
  }
  if (issue.code === "custom" && issue.params) return [fault(issue.params)];
  if (issue.code === "invalid_union") {
    // Where the value chose an option of the union by its shape, its own faults say more.
    const chosen = issue.errors.find((errors) =>
      errors.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys"),
    );
    if (chosen) {
      return chosen.flatMap((inner) =>
        faultOf(file, given, { ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue),
      );
    }
  }
  return [fault({})];
}

function fixOf(value: unknown, path: readonly PropertyKey[]): string {
  const network = typeof value === "string" && /\/\d+$/.test(value) ? networkFix(value) : undefined;
  if (network !== undefined) return network;
  const schemas = schemasAt(path);
  const options = schemas.flatMap(optionsOf);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject && options.every((option) => option instanceof z.ZodObject)) {
    return "write an object with these keys";
  }
  const meant = meanings(value, options).find((one) =>
    schemas.some((schema) => schema.safeParse(one).success),
  );
  if (meant === undefined) return "write one of the allowed values";
  if (typeof meant === "number") return `write the number alone: ${meant}`;
  return typeof meant === typeof value ? `did you mean ${show(meant)}?` : `write ${show(meant)}`;
}

/** What someone may have meant: a number with its unit or in quotes, a text without them, a word of another case. */
function meanings(value: unknown, options: readonly z.ZodType[]): unknown[] {
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "string") return [];
  const number = /^\s*(\d{1,9})\s*[a-z%]*\s*$/i.exec(value)?.[1];
  if (number !== undefined) return [Number(number)];
  if (/^(true|false)$/i.test(value)) return [/^true$/i.test(value)];
  const words = options.flatMap(literalsOf).filter((literal) => typeof literal === "string");
  return words.filter((word) => distance(word.toLowerCase(), value.toLowerCase()) <= 1);
}

function literalsOf(schema: z.ZodType): readonly unknown[] {
  if (schema instanceof z.ZodEnum) return schema.options;
  return schema instanceof z.ZodLiteral ? [...schema.values] : [];
}

/** For a network that is not the start of its block: what to write instead. */
function networkFix(text: string): string | undefined {
  try {
    parseCidr(text);
    return undefined;
  } catch (error) {
    return (error as Error).message.split("; ")[1];
  }
}

/** For a key that does not exist: the one that was meant, if one is near. */
export function fixOfKey(key: string, known: readonly string[]): string {
  const nearest = closest(key, [...known]);
  const alike = known.find((candidate) => candidate.startsWith(key)) ?? nearest;
  return alike.startsWith(key) || distance(key, alike) <= 3 ? `did you mean "${alike}"?` : "remove it";
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/** The description nearest to a path, from the schema itself. */
function describe(path: readonly PropertyKey[]): string {
  for (let length = path.length; length >= 0; length--) {
    const at = path.slice(0, length);
    const found = schemasAt(at).map(descriptionOf).find(Boolean);
    if (found) return found.includes("{") ? found : withKeys(found, keysAt(at));
  }
  return "nothing";
}

function withKeys(description: string, keys: readonly string[]): string {
  return keys.length === 0 ? description : `${description}: { ${keys.join(", ")} }`;
}

function descriptionOf(schema: z.ZodType): string | undefined {
  const inner = unwrapped(schema);
  return schema.description ?? (inner === schema ? undefined : descriptionOf(inner));
}

function keysAt(path: readonly PropertyKey[]): string[] {
  const keys = schemasAt(path)
    .flatMap(optionsOf)
    .flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : []));
  return [...new Set(keys)].filter((key) => key !== "$schema");
}

/** The schemas that may stand at a path: more than one behind a union. */
function schemasAt(path: readonly PropertyKey[]): z.ZodType[] {
  return path.reduce<z.ZodType[]>(
    (schemas, key) => schemas.flatMap(optionsOf).flatMap((option) => childOf(option, key)),
    [environmentFields],
  );
}

function childOf(schema: z.ZodType, key: PropertyKey): z.ZodType[] {
  if (schema instanceof z.ZodObject) {
    const child = schema.shape[key as string] as z.ZodType | undefined;
    return child ? [child] : [];
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  return schema instanceof z.ZodArray ? [schema.element as z.ZodType] : [];
}

/** The options of a union; any other schema is its only option. */
function optionsOf(schema: z.ZodType): z.ZodType[] {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodUnion ? (inner.options as z.ZodType[]).flatMap(optionsOf) : [inner];
}

/** The schema inside of an optional or a default. */
function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;
}
