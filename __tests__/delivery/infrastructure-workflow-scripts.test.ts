import { spawnSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { reportMarker } from "../../operations/review/markdown";
import { readWorkflow } from "../support/github-workflow";
import { runScript } from "../support/shell-fakes";

const { source, workflow, steps, step } = readWorkflow(".github/workflows/infrastructure.yml");

it("are ones that bash can read, and hide no failure", () => {
  for (const { run } of steps) {
    if (run) expect([run, spawnSync("bash", ["-n"], { input: run }).status]).toEqual([run, 0]);
  }
  expect(workflow.defaults).toEqual({ run: { shell: "bash" } });
  expect(source).not.toMatch(/\|\|\s*(true|:|exit 0|echo)|set \+e|;\s*true\b|continue-on-error/);
});

describe("plan", () => {
  const DIGEST = `sha256:${"0".repeat(64)}`;
  const plan = (stack: string, hasChanges: boolean, hasDrift = false, failedChecks = 0) => ({
    stack,
    environment: stack.replace(/^(automock|task-api|admin)-/, ""),
    appliedBy: /^(automock-pr-|admin-|bootstrap)/.test(stack) ? "person" : "pipeline",
    hasChanges,
    hasDrift,
    failedChecks,
    digest: DIGEST,
  });
  const RESULT = {
    plans: [
      plan("automock-pr-7", true),
      plan("automock-prod", true),
      plan("automock-staging", false),
      plan("automock-qa", true),
      plan("admin-staging", true),
      plan("bootstrap", true),
      plan("task-api-prod", true),
      plan("task-api-staging", true),
    ],
    failed: [],
  };
  const run = (since: string, exitCode = 0) =>
    runScript(step("plan", "Plan").run!, {
      env: { SINCE: since, HEAD_SHA: "abc123", GITHUB_OUTPUT: "outputs" },
      fakes: { npx: `printf '%s' '${JSON.stringify(RESULT)}'; exit ${exitCode}` },
    });
  const handedOn = (stack: string, environment: string) =>
    JSON.stringify({ stack, environment, digest: DIGEST });
  const OPTIONS = ["--out", ".automock/plans", "--no-lock", "--json", "--report", "md", "--report", "html", "--report", "json", "--report", "sarif"]; // prettier-ignore

  it("plans what has changed, and hands on what is to be applied where", () => {
    const { status, calls, file } = run("origin/main");
    expect(status).toBe(0);
    expect(calls).toEqual([
      ["npx", "automock", "plan", "--changed-since", "origin/main", "--head", "abc123", ...OPTIONS],
    ]);
    expect(file("outputs")!.trim().split("\n")).toEqual([
      "changes=7",
      "drift=0",
      "checks=0",
      `before-prod=[${handedOn("automock-qa", "qa")},${handedOn("task-api-staging", "staging")}]`,
      `prod=[${handedOn("automock-prod", "prod")},${handedOn("task-api-prod", "prod")}]`,
    ]);
    expect(JSON.parse(file(".automock/result.json")!)).toEqual(RESULT);
  });

  it("without a revision plans every stack that is meant to stay", () => {
    const { calls } = run("");
    expect(calls).toEqual([["npx", "automock", "plan", "--permanent", ...OPTIONS]]);
  });

  it("counts drift and failing checks apart from changes, and applies nothing for them", () => {
    const plans = [plan("automock-prod", false, true), plan("automock-staging", false, false, 2)];
    const result = { plans, failed: [] };
    const { file } = runScript(step("plan", "Plan").run!, {
      env: { SINCE: "", HEAD_SHA: "abc123", GITHUB_OUTPUT: "outputs" },
      fakes: { npx: `printf '%s' '${JSON.stringify(result)}'` },
    });
    expect(file("outputs")!.trim().split("\n")).toEqual([
      "changes=0",
      "drift=1",
      "checks=1",
      "before-prod=[]",
      "prod=[]",
    ]);
  });

  it("fails with the plan, and then has nothing to apply", () => {
    const { status, file } = run("origin/main", 1);
    expect([status, file("outputs")]).toEqual([1, "changes=7\ndrift=0\nchecks=0\n"]);
  });

  it.each([
    ["nothing was written", "", "changes=\ndrift=\nchecks=\n"],
    ["the project cannot be synthesized", '{"error":{"message":"x"}}', "changes=0\ndrift=0\nchecks=0\n"],
  ])("hands on nothing to apply when %s", (_, printed, outputs) => {
    const { status, file } = runScript(step("plan", "Plan").run!, {
      env: { SINCE: "origin/main", HEAD_SHA: "abc123", GITHUB_OUTPUT: "outputs" },
      fakes: { npx: `printf '%s' '${printed}'; exit 1` },
    });
    expect([status, file("outputs")]).toEqual([1, outputs]);
  });

  it("is shown on the page of the run, where production is approved, also when some stack could not be planned", () => {
    const show = step("plan", "Show the report where the approval is given");
    const summary = (files: Readonly<Record<string, string>>) => {
      const { status, file } = runScript(show.run!, { env: { GITHUB_STEP_SUMMARY: "summary" }, files });
      return [status, file("summary")];
    };
    expect(show.if).toBe("${{ !cancelled() }}");
    expect(summary({ ".automock/plans/plan.md": "report\n" })).toEqual([0, "report\n"]);
    expect(summary({})).toEqual([0, undefined]);
  });
});

describe("the revision to compare with", () => {
  const base = (event: string, last: string, isAncestor: boolean) => {
    const { status, calls, file } = runScript(step("plan", "Find the revision to compare with").run!, {
      env: {
        GITHUB_EVENT_NAME: event,
        GITHUB_RUN_ATTEMPT: "1",
        GITHUB_BASE_REF: event === "pull_request" ? "main" : "",
        GITHUB_REPOSITORY: "owner/name",
        GITHUB_OUTPUT: "outputs",
      },
      fakes: { gh: `printf '%s\\n' '${last}'`, git: `exit ${isAncestor ? 0 : 1}` },
    });
    return { status, calls, since: file("outputs") };
  };

  it.each([
    ["a pull request: its target", "pull_request", "", true, "since=origin/main\n"],
    ["a merge: what was applied last", "push", "abc", true, "since=abc\n"],
    ["the first merge: none", "push", "", true, "since=\n"],
    ["after a forced push: none", "push", "abc", false, "since=\n"],
    ["by hand: none", "workflow_dispatch", "abc", true, "since=\n"],
    ["drift: none", "schedule", "abc", true, "since=\n"],
  ])("%s", (_, event, last, isAncestor, since) => {
    expect(base(event, last, isAncestor)).toMatchObject({ status: 0, since });
  });

  describe("of a run that is repeated", () => {
    const repeat = (head: string, ref = "refs/heads/main") =>
      runScript(step("plan", "Find the revision to compare with").run!, {
        env: {
          GITHUB_EVENT_NAME: "workflow_dispatch",
          GITHUB_RUN_ATTEMPT: "2",
          GITHUB_REF: ref,
          GITHUB_SHA: head,
          GITHUB_OUTPUT: "outputs",
        },
        fakes: { git: `case $2 in HEAD) echo ${head} ;; origin/main) echo new ;; esac` },
      });

    it("is found as ever while nothing has followed", () =>
      expect(repeat("new")).toMatchObject({ status: 0 }));

    it("is none when main has moved on: an old commit would undo what later ones did", () => {
      const { status, stdout, file } = repeat("old");
      expect([status, file("outputs")]).toEqual([1, undefined]);
      expect(stdout).toContain(
        "This run is of old, and main has moved on. Start the workflow by hand, on main.",
      );
    });

    it("on another branch, which applies nothing, is found as ever", () =>
      expect(repeat("old", "refs/heads/topic").status).toBe(0));
  });

  it("of a merge is that of the last run that applied everything", () => {
    const { calls } = base("push", "abc", true);
    expect(calls).toEqual([
      [
        "gh",
        "api",
        "repos/owner/name/actions/workflows/infrastructure.yml/runs?branch=main&event=push&status=success&per_page=1",
        "--jq",
        ".workflow_runs[0].head_sha // empty",
      ],
      ["git", "merge-base", "--is-ancestor", "abc", "HEAD"],
    ]);
  });
});

/** Like gh: applies the filter to a page, or notes what it is to write. */
const gh = (page: unknown) => `
case "$*" in
*--jq*) while [ "$1" != --jq ]; do shift; done; printf '%s' '${JSON.stringify(page)}' | jq --compact-output "$2" ;;
esac`;

describe("comment", () => {
  const MARKER = reportMarker("automock-infra");
  const comment = (id: number, login: string, body: string) => ({ id, user: { login }, body });
  const run = (comments: unknown, newest = "abc123") =>
    runScript(step("comment", "Create or update the comment").run!, {
      env: { GITHUB_REPOSITORY: "owner/name", NUMBER: "7", HEAD_SHA: "abc123" },
      files: { "plan.md": `${MARKER}\n\n## no changes\n` },
      fakes: { gh: `case $2 in */pulls/7) echo ${newest}; exit ;; esac\n${gh(comments)}` },
    });

  it.each(["comment", "drift"])(
    "of job %s says so when nothing was planned, so that no older report stays",
    (name) => {
      const say = step(name, "Say so when nothing was planned");
      const report = (files: Readonly<Record<string, string>>) =>
        runScript(say.run!, {
          env: { HEAD_SHA: "abc123", GITHUB_SERVER_URL: "x", GITHUB_REPOSITORY: "o/n", GITHUB_RUN_ID: "7" },
          files,
        }).file("plan.md");
      expect(say.if).toBeUndefined();
      expect(say.env).toEqual({ HEAD_SHA: "${{ github.event.pull_request.head.sha || github.sha }}" });
      expect(report({ "plan.md": "report\n" })).toBe("report\n");
      expect(report({})).toBe(
        `${MARKER}\n\n## ⛔ Not planned\n\nCommit abc123 was not planned: [the run](x/o/n/actions/runs/7) says why.\n`,
      );
    },
  );

  it("does not fail without a report, which would keep the older one", () => {
    for (const name of ["comment", "drift"]) {
      const [download] = workflow.jobs[name]!.steps;
      expect(download!.with).toEqual({ pattern: "report", "merge-multiple": true });
    }
  });

  it("stays as it is when an older run is repeated: it is about the newest push", () => {
    const { status, calls, stdout } = run([comment(3, "github-actions[bot]", MARKER)], "def456");
    expect(status).toBe(0);
    expect(calls).toEqual([["gh", "api", "repos/owner/name/pulls/7", "--jq", ".head.sha"]]);
    expect(stdout).toContain("This run is of abc123. The comment is about the newest push, def456");
  });

  it("is written again where the workflow's own one is", () => {
    const { status, calls } = run([
      comment(1, "someone", `${MARKER}\nnot ours`),
      comment(2, "github-actions[bot]", "<!-- cdktf-plan:other -->\r\nother"),
      comment(3, "github-actions[bot]", `${MARKER}\r\nours`),
      comment(4, "github-actions[bot]", `quoted: ${MARKER}`),
    ]);
    expect(status).toBe(0);
    expect(calls[2]).toEqual([
      ..."gh api --method PATCH repos/owner/name/issues/comments/3 --field body=@plan.md --silent".split(" "),
    ]);
  });

  it("is added where there is none", () => {
    const { status, calls } = run([comment(1, "someone", MARKER)]);
    expect(status).toBe(0);
    expect(calls).toHaveLength(3);
    expect(calls[2]).toEqual([
      ..."gh api --method POST repos/owner/name/issues/7/comments --field body=@plan.md --silent".split(" "),
    ]);
  });
});

describe("findings", () => {
  const upload = step("findings", "Upload the findings");
  const run = (files: Readonly<Record<string, string>>) =>
    runScript(upload.run!, {
      env: { GITHUB_REPOSITORY: "owner/name", HEAD_SHA: "abc123", REF: "refs/pull/7/head" },
      files,
      fakes: { gh: "" },
    });

  it("are sent for the commit that was pushed, packed as code scanning wants them", () => {
    const { status, calls, file } = run({ "plan.sarif": "{}" });
    expect(status).toBe(0);
    expect(gunzipSync(Buffer.from(file("encoded")!, "base64")).toString()).toBe("{}");
    expect(calls).toEqual([
      "gh api --method POST repos/owner/name/code-scanning/sarifs --field commit_sha=abc123 --field ref=refs/pull/7/head --field sarif=@encoded --silent".split(" "), // prettier-ignore
    ]);
  });

  it("are none where nothing was planned", () => expect(run({})).toMatchObject({ status: 0, calls: [] }));
});

describe("drift", () => {
  const PENDING = "Changes of main are not applied, or cannot be planned";
  const DRIFT = "Drift: resources were changed outside of Terraform";
  const CHECK = "A check of a deployed stack fails";
  const run = (result: string, changes: string, drift: string, checks: string, issues: unknown) => {
    const { status, calls } = runScript(step("drift", "Open, update or close the issues").run!, {
      env: {
        GITHUB_REPOSITORY: "owner/name",
        RESULT: result,
        CHANGES: changes,
        DRIFT: drift,
        CHECKS: checks,
      },
      files: { "plan.md": "report" },
      fakes: { gh: gh(issues) },
    });
    expect(status).toBe(0);
    return calls.filter((one) => one.includes("--method"));
  };
  const OPEN = [{ number: 3, title: "other" }, { number: 4, title: PENDING }, { number: 5, title: DRIFT }, { number: 6, title: CHECK }]; // prettier-ignore
  const call = (method: string, path: string, ...fields: string[]) => [
    "gh",
    "api",
    "--method",
    method,
    `repos/owner/name/${path}`,
    ...fields.flatMap((field) => ["--field", field]),
    "--silent",
  ];
  const open = (title: string) => call("POST", "issues", `title=${title}`, "body=@plan.md");
  const again = (number: number) => call("PATCH", `issues/${number}`, "body=@plan.md");
  const close = (number: number) => call("PATCH", `issues/${number}`, "state=closed");

  it.each([
    ["opens an issue for changes", "success", "2", "0", "0", [], [open(PENDING)]],
    ["opens a separate one for drift", "success", "0", "1", "0", [], [open(DRIFT)]],
    ["opens a separate one for a check that fails", "success", "0", "0", "1", [], [open(CHECK)]],
    ["opens all", "success", "1", "1", "1", [], [open(PENDING), open(DRIFT), open(CHECK)]],
    ["reports that a stack could not be planned", "failure", "0", "0", "0", [], [open(PENDING)]],
    [
      "reports that nothing could be planned, and leaves the others open",
      "failure",
      "",
      "",
      "",
      OPEN,
      [again(4)],
    ],
    ["reports the drift that a failed plan has found", "failure", "0", "1", "0", OPEN, [again(4), again(5)]],
    ["reports the check that fails in a failed plan", "failure", "0", "0", "1", OPEN, [again(4), again(6)]],
    ["updates the open ones", "success", "1", "2", "1", OPEN, [again(4), again(5), again(6)]],
    ["closes changes while there is drift", "success", "0", "1", "0", OPEN, [close(4), again(5), close(6)]],
    ["keeps only the failing check open", "success", "0", "0", "2", OPEN, [close(4), close(5), again(6)]],
    ["closes all when everything is applied", "success", "0", "0", "0", OPEN, [close(4), close(5), close(6)]],
    ["does nothing without differences and issues", "success", "0", "0", "0", [], []],
  ])("%s", (_, result, changes, drift, checks, issues, calls) =>
    expect(run(result, changes, drift, checks, issues)).toEqual(calls),
  );
});
