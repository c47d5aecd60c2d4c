import { verifyNothingElse } from "../../../operations/delivery/outside-changes";
import type { ResourceChange, TerraformPlan } from "../../../operations/terraform/plan-json";
import { UserError } from "../../../contract/user-error";

const resource = (name: string, change: Partial<ResourceChange["change"]>): ResourceChange => ({
  address: `aws_x.${name}`,
  mode: "managed",
  type: "aws_x",
  name,
  change: { actions: ["no-op"], before: {}, after: {}, after_unknown: {}, ...change },
});
const planOf = (...resource_changes: ResourceChange[]): TerraformPlan => ({
  format_version: "1.2",
  resource_changes,
});

/** The refusal, without its first and last line. */
function refused(approved: TerraformPlan, now: TerraformPlan): string[] {
  try {
    verifyNothingElse("automock-x", approved, now);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const lines = (error as Error).message.split("\n");
    expect(lines[0]).toMatch(/^automock-x was changed outside of Terraform since the plan was created/);
    expect(lines.at(-1)).toBe(
      "Nothing was applied. Plan again and review the new plan: automock plan automock-x",
    );
    return lines.slice(1, -1).map((line) => line.trim());
  }
}

const update = (before: object, after: object, after_unknown: object = {}) =>
  resource("a", { actions: ["update"], before, after, after_unknown });

it.each([
  ["nothing to do", planOf(), planOf(resource("a", {}))],
  ["the same", planOf(update({ n: 1 }, { n: 2 })), planOf(update({ n: 1 }, { n: 2 }))],
  [
    "keys in another order",
    planOf(update({}, { m: { a: 1, b: 2 } })),
    planOf(update({}, { m: { b: 2, a: 1 } })),
  ],
  [
    "an attribute that nobody changes and AWS counts on",
    planOf(update({ n: 1, at: "08:00" }, { n: 2, at: "08:00" })),
    planOf(update({ n: 1, at: "08:05" }, { n: 2, at: "08:05" })),
  ],
  [
    "attributes of what is removed anyway",
    planOf(resource("a", { actions: ["delete"], before: { n: 1 }, after: null })),
    planOf(resource("a", { actions: ["delete"], before: { n: 2 }, after: null })),
  ],
  [
    "a data source that is read",
    planOf({ ...resource("a", { actions: ["read"], after: { n: 1 } }), mode: "data" }),
    planOf({ ...resource("a", { actions: ["read"], after: { n: 2 } }), mode: "data" }),
  ],
] satisfies [string, TerraformPlan, TerraformPlan][])("accepts %s", (_, approved, now) => {
  expect(refused(approved, now)).toEqual([]);
});

it.each([
  ["a change more", planOf(), planOf(update({ n: 2 }, { n: 1 })), "aws_x.a: now also to change"],
  [
    "a change less",
    planOf(update({ n: 1 }, { n: 2 })),
    planOf(resource("a", {})),
    "aws_x.a: no longer to change",
  ],
  [
    "a change from another value",
    planOf(update({ n: 1 }, { n: 2 })),
    planOf(update({ n: 3 }, { n: 2 })),
    "aws_x.a: to change, but not as approved",
  ],
  [
    "a change of one attribute more",
    planOf(update({ n: 1, m: 5 }, { n: 2, m: 5 })),
    planOf(update({ n: 1, m: 6 }, { n: 2, m: 5 })),
    "aws_x.a: to change, but not as approved",
  ],
  [
    "a value that is known only later",
    planOf(update({ n: 1 }, { n: 2 })),
    planOf(update({ n: 1 }, { n: 2 }, { list: [{ id: true }] })),
    "aws_x.a: to change, but not as approved",
  ],
  [
    "a replacement instead of a change",
    planOf(update({ n: 1 }, { n: 2 })),
    planOf(resource("a", { actions: ["delete", "create"], before: { n: 1 }, after: { n: 2 } })),
    "aws_x.a: to replace, but not as approved",
  ],
  [
    "something to create again",
    planOf(),
    planOf(resource("a", { actions: ["create"], before: null, after: { n: 1 } })),
    "aws_x.a: now also to add",
  ],
  [
    "another object that an apply left behind",
    planOf({ ...resource("a", { actions: ["delete"] }), deposed: "1" }),
    planOf({ ...resource("a", { actions: ["delete"] }), deposed: "2" }),
    "aws_x.a 1: no longer to destroy",
  ],
] satisfies [string, TerraformPlan, TerraformPlan, string][])("refuses %s", (_, approved, now, line) => {
  expect(refused(approved, now)[0]).toBe(line);
});
