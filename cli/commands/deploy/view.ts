import type { SystemId } from "../../../environments/schema/systems";
import { adminSections } from "./details/admin";
import { automockSections } from "./details/automock";
import type { DetailsInput, Section } from "./details/sections";
import { taskApiSections } from "./details/task-api";

export const WIDTH = 80;
const KEY_WIDTH = 14;

/** What the text after a deployment shows of each system. */
const SECTIONS: Readonly<Record<SystemId, (input: DetailsInput) => Section[]>> = {
  automock: automockSections,
  "task-api": taskApiSections,
  admin: adminSections,
};

/** What a person needs to know about a stack after its deployment, in sections of 80 columns. */
export function detailsText(input: DetailsInput): string[] {
  const { stack } = input;
  const rule = "=".repeat(WIDTH);
  const sections = SECTIONS[stack.system](input);
  return [rule, `  ${stack.id} is deployed`, rule, ...sections.flatMap(sectionLines), "", rule];
}

function sectionLines({ title, rows }: Section): string[] {
  const lines = rows
    .filter(([, value]) => value !== undefined)
    .flatMap(([key, value]) =>
      rowLines(key, value!, title === "QUICK START" || rows.every(([k]) => k === "")),
    );
  return ["", title, ...lines];
}

/** A value that does not fit beside its key goes below it in one piece, so that it can be copied. */
function rowLines(key: string, value: string, isPlain: boolean): string[] {
  if (isPlain) return [`  ${value}`];
  const line = `  ${(key === "" ? "" : `${key}:`).padEnd(KEY_WIDTH + 1)} ${value}`;
  return line.length <= WIDTH ? [line] : [`  ${key}:`, `    ${value}`];
}
