import { spawnSync } from "node:child_process";
import { PLAN_HOURS } from "../../operations/delivery/artifact";
import { readWorkflow } from "../support/github-workflow";
import { runScript } from "../support/shell-fakes";

const { workflow, jobs, step, source } = readWorkflow(".github/workflows/infrastructure-expire.yml");
const expire = step("expire", "Cancel runs whose plans have expired");

it("runs each hour, with the right to cancel runs and no other, and runs nothing of the repository", () => {
  expect(workflow.on).toEqual({ schedule: [{ cron: "41 * * * *" }], workflow_dispatch: null });
  expect(workflow.permissions).toEqual({});
  expect(jobs.map(([name, { permissions, steps }]) => [name, permissions, steps.length])).toEqual([
    ["expire", { actions: "write" }, 1],
  ]);
  expect(source).not.toContain("uses:");
});

it("knows how long a plan is valid", () => expect(expire.env!.PLAN_HOURS).toBe(String(PLAN_HOURS)));

/** Like gh with two waiting runs, whose plans ended some hours ago. */
function run(hoursAgo: Readonly<Record<string, number | null>>) {
  const ended = (hours: number | null) =>
    hours === null ? null : new Date(Date.now() - hours * 3_600_000).toISOString().replace(/\.\d+Z/, "Z");
  const runs = JSON.stringify({ workflow_runs: Object.keys(hoursAgo).map((id) => ({ id: Number(id) })) });
  const answers = Object.entries(hoursAgo).map(([id, hours]) => {
    const found = [
      { name: "Plan", completed_at: ended(hours) },
      { name: "Apply automock-staging", completed_at: ended(0) },
    ];
    return `*/runs/${id}/jobs*) page='${JSON.stringify({ jobs: found })}' ;;`;
  });
  const { status, calls } = runScript(expire.run!, {
    env: { GITHUB_REPOSITORY: "owner/name", PLAN_HOURS: "24" },
    fakes: {
      gh: `case "$*" in *--method*) exit ;; ${answers.join(" ")} *) page='${runs}' ;; esac
while [ "$1" != --jq ]; do shift; done; printf '%s' "$page" | jq --raw-output "$2"`,
    },
  });
  expect(status).toBe(0);
  return calls.filter((one) => one.includes("--method")).map((one) => one.slice(1));
}

const cancel = (id: number) =>
  `api --method POST repos/owner/name/actions/runs/${id}/cancel --silent`.split(" ");

it.each([
  ["cancels only the run whose plans have expired", { 7: 25, 8: 23 }, [cancel(7)]],
  ["cancels every one of them", { 7: 25, 8: 48 }, [cancel(7), cancel(8)]],
  ["leaves a run alone that has not planned yet", { 7: null }, []],
  ["does nothing when none waits", {}, []],
])("%s", (_, hoursAgo, expected) => expect(run(hoursAgo)).toEqual(expected));

it("is a script that bash can read", () =>
  expect(spawnSync("bash", ["-n"], { input: expire.run }).status).toBe(0));
