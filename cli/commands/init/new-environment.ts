import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatFaults } from "../../../contract/fault";
import { loadEnvironments, type Environment } from "../../../environments/schema";
import { show } from "../../../environments/schema/faults";
import { parseStackId } from "../../../environments/schema/systems";
import { UserError } from "../../../contract/user-error";
import { counted } from "../../../contract/text";
import { draftEnvironment, type InitOptions, type OptionFault } from "./draft";

export interface NewEnvironment {
  /** The file, relative to the project. */
  readonly file: string;
  readonly text: string;
  readonly environment: Environment;
  /** Addresses that are to be warned before it is deleted. */
  readonly warned: readonly string[];
}

/**
 * Creates an environment from options and validates it together with all others.
 *
 * @throws UserError with every fault as the validation of environments reports it, but with the option's name
 */
export function newEnvironment(
  projectFolder: string,
  options: InitOptions,
  environments: readonly Environment[],
): NewEnvironment {
  const draft = draftEnvironment(options, environments);
  const { value } = draft;
  const faults = [...draft.faults, ...systemInName(options.name, environments)];
  const text = `${formatJson(value)}\n`;
  const name = `${options.name}.json`;
  // The name of a permanent environment would also trigger the rules for permanent ones, so a stand-in replaces it.
  const isTaken = faults.some(({ path }) => path === "name");
  const loaded = loadEnvironments(
    join(projectFolder, "environments"),
    isTaken
      ? { file: "stand-in.json", text: formatJson({ ...value, name: "stand-in" }) }
      : { file: name, text },
  );
  const found = loaded.faults.map((fault) => withSuggestion(fault, options.name));
  const all = [...faults, ...found.filter(({ path }) => !(isTaken && path === "name"))];
  if (all.length > 0) {
    throw new UserError(
      `${formatFaults(all.map((fault) => ({ ...fault, where: optionOf(fault.path) })))}\n\n` +
        `${counted(all.length, "fault")}. Nothing was written.`,
    );
  }
  const environment = loaded.environments.at(-1)!;
  const { operators, teams } = loaded.bootstrap;
  const warned = [...operators, ...(teams[environment.owner] ?? []), ...environment.notifications.emails];
  return { file: `environments/ephemeral/${name}`, text, environment, warned: [...new Set(warned)] };
}

/**
 * Writes the file.
 *
 * @returns a function that restores the previous content, or deletes the file if there was none
 * @throws UserError when the file exists and `force` is false
 */
export function writeEnvironment(
  projectFolder: string,
  { file, text, environment }: NewEnvironment,
  force: boolean,
): () => void {
  const path = join(projectFolder, file);
  const before = existsSync(path) ? readFileSync(path) : undefined;
  if (before && !force) {
    throw new UserError(
      `${file} already exists. Choose another name, or replace the file with --force. The next deployment of ` +
        `automock-${environment.name} then applies the new file.`,
    );
  }
  writeFileSync(path, text);
  return () => (before ? writeFileSync(path, before) : rmSync(path, { force: true }));
}

/** Options by the field that they set. The longest matching path wins. */
const OPTIONS: Readonly<Record<string, string>> = {
  name: "NAME",
  owner: "--owner",
  costCenter: "--cost-center",
  notifications: "--email",
  region: "--region",
  ttlHours: "--ttl",
  "automock.size": "--size",
  "automock.tasks": "--min-tasks, --max-tasks",
  "automock.tasks.min": "--min-tasks",
  "automock.tasks.max": "--max-tasks",
  "automock.domain": "--domain",
  "automock.domain.zones": "--zone",
  "automock.apiAllowedCidrs": "--api-cidr",
  "automock.controlPlaneAllowedCidrs": "--control-cidr",
};

function optionOf(path: string): string {
  if (path === "like") return "--like";
  const field = Object.keys(OPTIONS)
    .filter((key) => path === key || path.startsWith(`${key}.`))
    .sort((a, b) => b.length - a.length)[0];
  return field === undefined ? `--like (${path})` : `${OPTIONS[field]} (${path})`;
}

/** Accepts the id of AutoMock's stack for the name of its environment, as every other command does. */
export function environmentIn(given: string): string {
  const stack = parseStackId(given);
  return stack?.system === "automock" ? stack.environment : given;
}

/** Rejects `automock-x` as a name: it is the name of a stack, and the stack would become `automock-automock-x`. */
function systemInName(given: string, environments: readonly Environment[]): OptionFault[] {
  const stack = parseStackId(given.toLowerCase());
  if (stack === undefined || stack.environment === "") return [];
  const name = suggestedName(stack.environment);
  const isFree = !environments.some((one) => one.name === name && one.ttlHours === undefined);
  return [
    {
      path: "name",
      given: `${show(given)}, the name of a stack`,
      allowed: "the name of an environment, without the name of a system as prefix",
      fix:
        name !== "" && isFree
          ? `write ${name}: the stack is then automock-${name}`
          : `choose another name, without the prefix ${stack.system}-`,
    },
  ];
}

function withSuggestion(fault: OptionFault, given: string): OptionFault {
  if (fault.path !== "name") return fault;
  const name = suggestedName(given);
  return name === "" || name === given ? fault : { ...fault, fix: `did you mean ${name}?` };
}

/** Turns a text into a valid name, with lower-case letters, hyphens and at most 16 characters: "Demo_42" becomes "demo-42". */
export function suggestedName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^[-\d]+/, "")
    .slice(0, 16)
    .replace(/-+$/, "");
}

/** Formats JSON as prettier does, with short objects and arrays on one line. */
function formatJson(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const isArray = Array.isArray(value);
  const isFlat = Object.values(value).every((inner) => typeof inner !== "object" || inner === null);
  const parts = Object.entries(value as object).map(
    ([key, inner]) => `${isArray ? "" : `${JSON.stringify(key)}: `}${formatJson(inner, deeper)}`,
  );
  const [open, close, pad] = isArray ? ["[", "]", ""] : ["{", "}", " "];
  const line = `${open}${pad}${parts.join(", ")}${pad}${close}`;
  if (indent !== "" && isFlat && (isArray || parts.length <= 2)) return line;
  return `${open}\n${parts.map((part) => deeper + part).join(",\n")}\n${indent}${close}`;
}
