import { PHASES } from "../../../../contract/registry";
import { DELETING_PHASES, mayFollow, step } from "../../../../lambda/ttl-cleanup/core/phases";

it("lets only these steps be written", () => {
  const steps = PHASES.flatMap((from) =>
    PHASES.filter((to) => from !== to && mayFollow(from, to)).map((to) => `${from}>${to}`),
  );
  expect(steps.join(" ")).toBe(
    "ACTIVE>WARNED ACTIVE>EXPIRED WARNED>ACTIVE WARNED>EXPIRED " +
      "EXPIRED>ACTIVE EXPIRED>WARNED EXPIRED>DELETING EXPIRED>STUCK " +
      "DELETING>ACTIVE DELETING>WARNED DELETING>FINALIZING DELETING>VERIFYING DELETING>STUCK " +
      "FINALIZING>ACTIVE FINALIZING>WARNED FINALIZING>DELETING FINALIZING>VERIFYING FINALIZING>STUCK " +
      "VERIFYING>ACTIVE VERIFYING>WARNED VERIFYING>DELETING VERIFYING>STATE_RESET VERIFYING>STUCK " +
      "STATE_RESET>ACTIVE STATE_RESET>WARNED STATE_RESET>DELETING STATE_RESET>DONE STATE_RESET>STUCK " +
      "DONE>EXPIRED STUCK>ACTIVE STUCK>WARNED STUCK>DELETING",
  );
});

it("deletes only after expiry: no way from ACTIVE or WARNED into a deleting phase", () => {
  for (const from of ["ACTIVE", "WARNED"] as const) {
    for (const to of DELETING_PHASES) expect(mayFollow(from, to)).toBe(false);
  }
});

it("is done only after the state was reset", () =>
  expect(PHASES.filter((from) => mayFollow(from, "DONE"))).toEqual(["STATE_RESET", "DONE"]));

it("refuses a wrong step with what is allowed", () => {
  expect(step("ACTIVE", "ACTIVE")).toBe("ACTIVE");
  expect(step("EXPIRED", "DELETING")).toBe("DELETING");
  expect(() => step("ACTIVE", "DONE")).toThrow("phase DONE does not follow ACTIVE; allowed: WARNED, EXPIRED");
});
