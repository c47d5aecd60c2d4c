import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InitOptions } from "../../../../cli/commands/init/draft";
import { newEnvironment, type NewEnvironment } from "../../../../cli/commands/init/new-environment";
import { loadEnvironments, type EnvironmentInput } from "../../../../environments/schema";
import { environmentsFolder } from "../../../support/environments-folder";
import { ephemeralInput } from "../../../support/environments";

let project: string;

/** Makes an empty project before each test of the file, and removes it. */
export function useEmptyProject(): void {
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "init-"));
    environmentsFolder(join(project, "environments"));
  });
  afterEach(() => rmSync(project, { recursive: true }));
}

export const projectFolder = () => project;

/** Of the ephemeral environments. */
export const folder = () => join(project, "environments", "ephemeral");

/** Writes an environment that is there already. */
export const existing = (name: string, value: object) =>
  writeFileSync(join(folder(), `${name}.json`), JSON.stringify({ ...ephemeralInput, ...value, name }));

/** What `automock init` makes in the project. */
export function made(options: Partial<InitOptions> = {}): NewEnvironment {
  const { environments } = loadEnvironments(join(project, "environments"));
  return newEnvironment(project, { name: "demo-42", ttl: "4h", like: "staging", ...options }, environments);
}

/** What would stand in its file. */
export const written = (options: Partial<InitOptions> = {}) =>
  JSON.parse(made(options).text) as EnvironmentInput;
