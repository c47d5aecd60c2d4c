import { exitCodeOf } from "../../../../cli/commands/plan/run";
import { buildReport } from "../../../../operations/review/report";
import { planOf, resource, stackOf, updateOf } from "../../../support/change";

const drifted = resource("aws_x.a", updateOf({ port: 1 }, { port: 2 }));
const report = (
  drift: boolean,
  failed: readonly { stack: string; error: string }[] = [],
  checks: readonly { status: "fail" | "pass" }[] = [],
) =>
  buildReport([stackOf(planOf([], { resource_drift: drift ? [drifted] : [], checks }))], {
    app: "a",
    failed,
  });

it.each([
  ["nothing differs", false, false, undefined],
  ["changes are pending", true, false, 2],
  ["changes are pending, and something was changed by hand", true, true, 2],
  ["only by hand: there is nothing to apply, and yet it differs", false, true, 3],
])("with --detailed-exitcode, %s: %s %s gives %s", (_, hasChanges, drift, expected) => {
  expect(exitCodeOf(report(drift), [{ hasChanges }], { detailedExitcode: true })).toBe(expected);
  expect(exitCodeOf(report(drift), [{ hasChanges }], {})).toBeUndefined();
});

it("a stack that could not be planned comes first", () => {
  const failed = [{ stack: "s", error: "no" }];
  expect(exitCodeOf(report(true, failed), [{ hasChanges: true }], { detailedExitcode: true })).toBe(1);
  expect(exitCodeOf(report(false, failed), [], {})).toBe(1);
});

it("a check that fails comes last", () => {
  const detailed = { detailedExitcode: true } as const;
  const failing = (drift: boolean) => report(drift, [], [{ status: "pass" }, { status: "fail" }]);
  expect(exitCodeOf(failing(false), [{ hasChanges: false }], detailed)).toBe(4);
  expect(exitCodeOf(failing(true), [{ hasChanges: false }], detailed)).toBe(3);
  expect(exitCodeOf(failing(false), [{ hasChanges: true }], detailed)).toBe(2);
  expect(exitCodeOf(failing(false), [{ hasChanges: false }], {})).toBeUndefined();
  expect(
    exitCodeOf(report(false, [], [{ status: "pass" }]), [{ hasChanges: false }], detailed),
  ).toBeUndefined();
});
