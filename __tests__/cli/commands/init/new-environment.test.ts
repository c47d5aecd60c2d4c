import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import {
  environmentIn,
  suggestedName,
  writeEnvironment,
} from "../../../../cli/commands/init/new-environment";
import { loadEnvironments } from "../../../../environments/schema";
import { environmentFields } from "../../../../environments/schema/fields";
import { folder, made, projectFolder, useEmptyProject } from "./project";

useEmptyProject();

describe("writing", () => {
  it("replaces a file only with force, and can be undone", () => {
    const path = join(folder(), "demo-42.json");
    const first = made();
    const undo = writeEnvironment(projectFolder(), first, false);
    expect(readFileSync(path, "utf8")).toBe(first.text);
    expect(loadEnvironments(dirname(folder())).faults).toEqual([]);

    const second = made({ ttl: "9h" });
    expect(() => writeEnvironment(projectFolder(), second, false)).toThrow(
      "environments/ephemeral/demo-42.json already exists. Choose another name, or replace the file with --force. The next deployment of automock-demo-42 then applies the new file.",
    );
    expect(readFileSync(path, "utf8")).toBe(first.text);
    const takeSecondBack = writeEnvironment(projectFolder(), second, true);
    expect(readFileSync(path, "utf8")).toBe(second.text);
    takeSecondBack();
    expect(readFileSync(path, "utf8")).toBe(first.text);
    undo();
    expect(() => readFileSync(path)).toThrow("ENOENT");
  });
});

it("knows who is warned: operators, the owner's team, and the environment's own addresses", () => {
  expect(made({ owner: "nobody" }).warned).toEqual(["platform-team@example.com"]);
  const created = made({ email: ["ann@example.com"] });
  expect(created.warned).toEqual(["platform-team@example.com", "ann@example.com"]);
  expect(created.environment.notifications.emails).toEqual(["ann@example.com"]);
});

it.each([
  ["demo", "demo"],
  ["automock-demo", "demo"],
  ["task-api-demo", "task-api-demo"],
  ["automock", "automock"],
])("takes %j for the environment %j", (given, name) => expect(environmentIn(given)).toBe(name));

it.each([
  ["Demo_42", "demo-42"],
  ["42-demo", "demo"],
  ["a very long name of a project", "a-very-long-name"],
  ["feature/ABC--1", "feature-abc-1"],
  ["__", ""],
])("suggests for %j the name %j", (given, name) => expect(suggestedName(given)).toBe(name));

it("suggests only valid names", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), (text) => {
      const name = suggestedName(text);
      expect(name === "" || environmentFields.shape.name.safeParse(name).success).toBe(true);
    }),
  );
});
