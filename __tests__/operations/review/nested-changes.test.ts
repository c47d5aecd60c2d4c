import type { Change } from "../../../operations/terraform/plan-json";
import { nestedChanges } from "../../../operations/review/nested-changes";

it("takes an attribute for an attribute, whatever JavaScript calls so too", () => {
  const change = { actions: ["update"], before: {}, after: { valueOf: [] }, after_unknown: {} };
  expect(nestedChanges("valueOf", change as unknown as Change)).toEqual([]);
});
