import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ENVIRONMENT_NAME } from "../../contract/permanent-names";
import { formatFaults } from "../../contract/fault";
import { UserError } from "../../contract/user-error";
import { faultAt, faultsOf, show, type EnvironmentFault } from "./faults";
import { readJson } from "./read-json";
import { testEnvironmentSchema } from "./schema";
import { testEnvironmentFields, type TestEnvironment } from "./test-environment-fields";

/** Folder of the specs, relative to the project. */
const TEST_FOLDER = join("environments", "test");

/** Names of the specs of a project, sorted. */
export function testEnvironmentNames(projectFolder: string): string[] {
  const folder = join(projectFolder, TEST_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.replace(/\.json$/, ""))
    .sort();
}

/**
 * Reads and validates `environments/test/<name>.json`.
 *
 * @throws UserError with every fault, or the known names if there is no such file
 */
export function loadTestEnvironment(projectFolder: string, name: string): TestEnvironment {
  const known = testEnvironmentNames(projectFolder);
  if (!ENVIRONMENT_NAME.test(name) || !known.includes(name)) {
    const names = known.length === 0 ? "there are none" : `there are ${known.join(", ")}`;
    throw new UserError(
      `There is no test environment ${show(name)}: ${names} in ${TEST_FOLDER}. docs/test-environments.md shows how to write one.`,
    );
  }
  const file = `${TEST_FOLDER}/${name}.json`;
  const { environment, faults } = parseTestEnvironment(file, readFileSync(join(projectFolder, file), "utf8"));
  if (environment === undefined) throw new UserError(formatFaults(faults));
  const missing = missingCode(projectFolder, file, environment);
  if (missing.length > 0) throw new UserError(formatFaults(missing));
  return environment;
}

/** A spec or its faults. */
export function parseTestEnvironment(
  file: string,
  text: string,
): { readonly environment?: TestEnvironment; readonly faults: readonly EnvironmentFault[] } {
  const { value, faults } = readJson(file, text);
  if (faults.length > 0) return { faults };
  const parsed = testEnvironmentSchema.safeParse(value);
  if (!parsed.success) return { faults: faultsOf(file, value, parsed.error.issues, testEnvironmentFields) };
  const stem = file
    .split("/")
    .at(-1)!
    .replace(/\.json$/, "");
  if (parsed.data.name === stem) return { environment: parsed.data, faults: [] };
  const given = show(parsed.data.name);
  return {
    faults: [
      faultAt(file, "name", { given, allowed: show(stem), fix: "name the file after the environment" }),
    ],
  };
}

/** Code that is not there, which would otherwise show when the function is created or first called. */
function missingCode(
  projectFolder: string,
  file: string,
  { resources }: TestEnvironment,
): EnvironmentFault[] {
  return Object.entries(resources).flatMap(([name, resource]) => {
    if (resource.type !== "function") return [];
    const { code, handler, runtime } = resource;
    const folder = join(projectFolder, code);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      return faultAt(file, `resources.${name}.code`, {
        given: show(code),
        allowed: "a folder that exists, relative to the project",
        fix: "build the code first, or correct the path",
      });
    }
    const module = handler.replace(/\.\w+$/, "");
    const files = (runtime.startsWith("python") ? PYTHON : NODE).map((end) => `${module}${end}`);
    if (files.some((one) => existsSync(join(folder, one)))) return [];
    return faultAt(file, `resources.${name}.handler`, {
      given: show(handler),
      allowed: `a file of ${code} and what it exports; there is no ${files.join(", ")}`,
      fix: "build the code first, or correct handler, code or runtime",
    });
  });
}

/** Files that a handler's module may be, by its runtime. */
const NODE = [".js", ".mjs", ".cjs"];
const PYTHON = [".py", "/__init__.py"];
