import { spawnSync } from "node:child_process";
import { PLAN_HOURS } from "../../operations/delivery/artifact";
import { find, misplaced, only, readPipeline, scriptsIn, type Statement } from "../support/jenkinsfile";
import { read } from "../support/markdown";
import { runScript } from "../support/shell-fakes";

const SOURCE = read("Jenkinsfile.infrastructure");
let pipeline: Statement;
let stages: readonly Statement[];
let scripts: readonly string[];

beforeAll(async () => {
  pipeline = await readPipeline("Jenkinsfile.infrastructure");
  stages = find(pipeline.children, "stage");
  scripts = scriptsIn(pipeline.children);
});

const stage = (name: string): Statement => stages.find(({ argument }) => argument === name)!;
const scriptsOf = (name: string) => scriptsIn(stage(name).children);
const condition = (name: string) =>
  only(stage(name), "when").children.map(({ name: kind, argument, text }) => argument ?? (kind === "expression" || kind === "not" ? text.replaceAll(/\s+/g, " ") : kind)); // prettier-ignore

describe("lint: the file is a declarative pipeline", () => {
  const ALLOWED: Readonly<Record<string, readonly string[]>> = {
    pipeline: ["agent", "options", "triggers", "stages", "post"],
    options: [
      "buildDiscarder",
      "disableConcurrentBuilds",
      "disableRestartFromStage",
      "lock",
      "timeout",
      "timestamps",
    ],
    triggers: ["cron"],
    agent: ["label"],
    stages: ["stage"],
    stage: ["agent", "when", "options", "input", "steps", "stages", "post"],
    when: ["beforeAgent", "beforeInput", "branch", "changeRequest", "triggeredBy", "expression", "not"],
    not: ["triggeredBy"],
    expression: ["#"],
    input: ["message", "ok", "submitter", "submitterParameter"],
    post: ["always", "unsuccessful", "cleanup"],
    script: ["=", "#", "for"],
    for: ["lock"],
    lock: ["node"],
    finally: ["deleteDir"],
  };
  const STEPS = ["archiveArtifacts", "checkout", "deleteDir", "echo", "finally", "mail", "node", "script", "sh", "stash", "try", "unstash", "withCredentials", "withEnv"]; // prettier-ignore
  for (const block of ["steps", "always", "unsuccessful", "cleanup", "withCredentials", "withEnv", "node", "try"]) Object.assign(ALLOWED, { [block]: STEPS }); // prettier-ignore

  it("with nothing where it does not belong", () => expect(misplaced(pipeline, ALLOWED)).toEqual([]));

  it("every script is one that sh can read, and hides no failure", () => {
    for (const script of scripts) {
      expect([script, spawnSync("sh", ["-n"], { input: script }).status]).toEqual([script, 0]);
    }
    expect(SOURCE).not.toMatch(
      /\|\|\s*(true|:|exit 0|echo)|set \+e|;\s*true\b|catchError|warnError|returnStatus|catch\s*\(/,
    );
  });
});

describe("the stages", () => {
  it("follow each other, each with the agent that has its rights", () => {
    const top = only(pipeline, "stages").children;
    const agents = top.map((one) => {
      const agent = only(one, "agent");
      return [one.argument, agent.argument ?? only(agent, "label").argument];
    });
    expect(only(pipeline, "agent").argument).toBe("none");
    expect(agents).toEqual([
      ["Fork", "infrastructure-build"],
      ["Pull Request", "none"],
      ["Plan", "infrastructure-plan"],
      ["Before Production", "none"],
      ["Production Approval", "none"],
      ["Production", "infrastructure-prod"],
      ["Drift", "infrastructure-plan"],
    ]);
    expect(find(pipeline.children, "agent")).toHaveLength(9);
    expect(only(only(stage("Review"), "agent"), "label").argument).toBe("infrastructure-review");
    expect(find(pipeline.children, "node").map(({ argument }) => argument)).toEqual([
      "infrastructure-comment",
      "infrastructure-${environment}",
    ]);
    expect(only(stage("Plan"), "stages").children.map(({ argument }) => argument)).toEqual([
      "Checkout",
      "Plan Changes",
      "Seal Plans",
    ]);
  });

  it("forks get no credentials: either the stage of forks runs, or that of plans", () => {
    expect(condition("Fork")).toEqual(["true", "expression { env.CHANGE_FORK != null }"]);
    expect(condition("Pull Request")).toEqual([
      "true",
      "changeRequest",
      "expression { env.CHANGE_FORK == null }",
    ]);
    expect(condition("Plan")).toEqual(["true", "main", "not { triggeredBy 'TimerTrigger' }"]);
    expect(find(stage("Fork").children, "withCredentials")).toEqual([]);
    expect(scriptsOf("Fork")).toEqual([
      "npm ci --ignore-scripts",
      "npm rebuild --ignore-scripts=false @cdktf/node-pty-prebuilt-multiarch",
      "npm run synth",
    ]);
  });

  it("apply from main only, and only what there is to apply", () => {
    expect(condition("Before Production")).toEqual(["true", "main", "expression { env.BEFORE_PROD_PLANS }"]);
    expect(condition("Production Approval")).toEqual(["true", "main", "expression { env.PROD_PLANS }"]);
    expect(condition("Production")).toEqual(["true", "main", "expression { env.PROD_PLANS }"]);
    expect(condition("Drift")).toEqual(["true", "main", "TimerTrigger"]);
    expect(only(only(stage("Production Approval"), "when"), "beforeInput").argument).toBe("true");
    for (const name of ["Fork", "Pull Request", "Plan", "Before Production", "Production", "Drift"]) {
      expect(only(only(stage(name), "when"), "beforeAgent").argument).toBe("true");
    }
  });

  it("end in time, one build after the other, and one at a time per environment", () => {
    const limits = find(pipeline.children, "timeout").map(({ named }) => `${named.time} ${named.unit}`);
    expect(limits).toEqual([
      "15 MINUTES",
      "45 MINUTES",
      "45 MINUTES",
      "110 MINUTES",
      "8 HOURS",
      "110 MINUTES",
      "45 MINUTES",
    ]);
    expect(only(pipeline, "options").children.map(({ name }) => name)).toContain("disableConcurrentBuilds");
    const locks = find(pipeline.children, "lock").map(({ named }) => named.resource);
    expect(locks).toEqual(["infrastructure-${environment}", "infrastructure-prod"]);
  });

  it("no build begins behind the plan or the approval", () =>
    expect(only(pipeline, "options").children.map(({ name }) => name)).toContain("disableRestartFromStage"));

  it("the approval is given by a named group, outside of any agent", () => {
    const approval = stage("Production Approval");
    expect(only(approval, "agent").argument).toBe("none");
    expect(only(only(approval, "input"), "submitter").argument).toBe("infrastructure-approvers");
    expect(only(approval, "steps").children.map(({ name }) => name)).toEqual(["echo"]);
    expect(find(pipeline.children, "input")).toHaveLength(1);
    expect(only(pipeline, "stages").children).toContain(approval);
  });

  it("the approval ends before the plan does", () => {
    const hours = (["Plan", "Before Production", "Production Approval"] as const).map((name) => {
      const { time, unit } = only(only(stage(name), "options"), "timeout").named;
      return Number(time) / (unit === "HOURS" ? 1 : 60);
    });
    expect(hours.reduce((sum, each) => sum + each)).toBeLessThan(PLAN_HOURS);
  });

  it("every agent leaves an empty folder behind", () => {
    const ends = ["Fork", "Review", "Plan", "Production", "Drift"].map((name) =>
      only(only(stage(name), "post"), "cleanup"),
    );
    for (const end of [...ends, ...find([stage("Before Production")], "finally")])
      expect(end.children.map(({ name }) => name).filter((name) => name !== "#")).toEqual(["deleteDir"]);
  });
});

describe("exactly the plan that was shown is applied", () => {
  it.each([
    ["Before Production", "BEFORE_PROD_PLANS"],
    ["Production", "PROD_PLANS"],
  ])("by %s, which never plans", (name, variable) => {
    const [install, open, apply, ...rest] = scriptsOf(name);
    expect([install, open, rest]).toEqual([
      "npm ci --ignore-scripts",
      ".ci/plans open plans.tar.gpg .automock/plans",
      [],
    ]);
    expect(find(stage(name).children, "unstash").map(({ argument }) => argument)).toEqual(["plans"]);
    const digest = `sha256:${"0".repeat(64)}`;
    const run = (exitCode: number) =>
      runScript(apply!, {
        shell: "sh",
        env: {
          [variable]: `x automock-x ${digest}\nx task-api-x sha256:1${name === "Production" ? "" : "\ny automock-y sha256:2"}`,
          ENVIRONMENT: "x",
          PLANNED_COMMIT: "abc",
        },
        // It would eat the next line if it read its standard input.
        fakes: { npx: `cat; exit ${exitCode}` },
      });
    const call = (stack: string, of: string) =>
      `npx automock deploy ${stack} --plan .automock/plans --digest ${of} --commit abc --yes`.split(" ");
    expect(run(0)).toMatchObject({
      status: 0,
      calls: [call("automock-x", digest), call("task-api-x", "sha256:1")],
    });
    expect(run(1)).toMatchObject({ status: 1, calls: [call("automock-x", digest)] });
  });

  it("from a stash that is sealed, with digests that travel apart", () => {
    expect(scriptsOf("Seal Plans")).toEqual([".ci/plans seal .automock/plans plans.tar.gpg"]);
    expect(find(pipeline.children, "stash").map(({ named }) => named)).toEqual([
      { name: "report", includes: ".automock/plans/plan.md", allowEmpty: "true" },
      { name: "plans", includes: "plans.tar.gpg" },
    ]);
    expect(
      find(stage("Seal Plans").children, "=").map(({ argument, named }) => [argument, named.value]),
    ).toEqual([
      ["env.ENVIRONMENTS_BEFORE_PROD", "readFile('.automock/environments').trim()"],
      ["env.BEFORE_PROD_PLANS", "readFile('.automock/before-prod').trim()"],
      ["env.PROD_PLANS", "readFile('.automock/prod').trim()"],
      ["env.PLANNED_COMMIT", "readFile('.automock/commit').trim()"],
    ]);
    expect(find(pipeline.children, "archiveArtifacts").map(({ named }) => named.artifacts)).toEqual([
      ".automock/plans/plan.md,.automock/plans/plan.html,.automock/plans/plan.json,.automock/plans/plan.sarif",
      ".automock/plans/plan.html,.automock/plans/plan.json",
      ".automock/plans/plan.html",
    ]);
  });
});

describe("the plan", () => {
  const plan = (stack: string, hasChanges: boolean) => ({
    stack,
    environment: stack.replace(/^(automock|task-api|admin)-/, ""),
    appliedBy: /^(automock-pr-|admin-|bootstrap)/.test(stack) ? "person" : "pipeline",
    hasChanges,
    digest: `sha256:${stack}`,
  });
  const RESULT = {
    plans: [plan("automock-pr-7", true), plan("automock-prod", true), plan("task-api-prod", true), plan("automock-qa", true), plan("task-api-qa", true), plan("task-api-staging", true), plan("automock-staging", false), plan("admin-staging", true), plan("bootstrap", true)], // prettier-ignore
  };
  const OPTIONS = "--out .automock/plans --no-lock --json --report html --report json".split(" ");
  const run = (env: Readonly<Record<string, string>>, { exitCode = 0, isAncestor = true } = {}) =>
    runScript(scriptsOf("Plan Changes")[0]!, {
      shell: "sh",
      env,
      fakes: {
        npx: `printf '%s' '${JSON.stringify(RESULT)}'; exit ${exitCode}`,
        git: `case $1 in rev-parse) echo abc123 ;; merge-base) exit ${isAncestor ? 0 : 1} ;; esac`,
      },
    });
  const planned = (result: ReturnType<typeof run>) => result.calls.find(([name]) => name === "npx")!.slice(3);

  it("of a merge is of what differs from what was applied last", () => {
    const result = run({ GIT_PREVIOUS_SUCCESSFUL_COMMIT: "def" });
    expect(planned(result)).toEqual(["--changed-since", "def", ...OPTIONS]);
    const files = ["environments", "before-prod", "prod", "commit"].map((name) => `.automock/${name}`);
    const line = (environment: string, stack: string) => `${environment} ${stack} sha256:${stack}\n`;
    expect(files.map(result.file)).toEqual([
      "qa\nstaging\n",
      line("qa", "automock-qa") + line("qa", "task-api-qa") + line("staging", "task-api-staging"),
      line("prod", "automock-prod") + line("prod", "task-api-prod"),
      "abc123\n",
    ]);
  });

  it("is of every stack that is meant to stay, with nothing to compare with and after a forced push", () => {
    expect(planned(run({}))).toEqual(["--permanent", ...OPTIONS]);
    expect(planned(run({ GIT_PREVIOUS_SUCCESSFUL_COMMIT: "def" }, { isAncestor: false }))).toEqual(["--permanent", ...OPTIONS]); // prettier-ignore
  });

  it("fails the build when a stack cannot be planned", () => expect(run({}, { exitCode: 1 }).status).toBe(1));

  describe("of a pull request", () => {
    const reviewScript = (index: number) => scriptsIn([only(stage("Review"), "steps")])[index]!;
    const pushed = (git: string) =>
      runScript(reviewScript(1), { shell: "sh", env: { CHANGE_TARGET: "main" }, fakes: { git } });

    it("names what was pushed: the second parent of a merge with the target, else the checkout itself", () => {
      const isMerge = (secondParent: string) =>
        `case "$*" in merge-base*) ;; *HEAD^2) ${secondParent} ;; *) echo checkout ;; esac`;
      const head = (git: string) => pushed(git).file(".automock/head");
      expect(head(isMerge("echo pushed"))).toBe("pushed\n");
      expect(head(isMerge("exit 1"))).toBe("checkout\n");
      expect(head(`case $1 in merge-base) exit 1 ;; *) echo checkout ;; esac`)).toBe("checkout\n");
    });

    it("knows it before anything of the pull request runs", () => {
      const order = only(stage("Review"), "steps").children.map(({ name }) => name);
      expect(order).toEqual(["withCredentials", "sh", "script", "sh", "sh"]);
      expect(find([stage("Review")], "=").map(({ argument, named }) => [argument, named.value])).toEqual([
        ["env.PUSHED_COMMIT", "readFile('.automock/head').trim()"],
        ["env.HAS_REPORT", "yes"],
      ]);
      expect(reviewScript(2)).toBe("npm ci --ignore-scripts");
    });

    it("is of what differs from its target", () => {
      const { status, calls } = runScript(reviewScript(3), {
        shell: "sh",
        env: { CHANGE_TARGET: "main", PUSHED_COMMIT: "abc123" },
        fakes: { npx: "exit 1" },
      });
      expect(status).toBe(1);
      expect(calls).toEqual([
        "npx automock plan --changed-since origin/main --head abc123 --out .automock/plans --no-lock --report md --report html --report json --report sarif --report-host bitbucket".split(" "), // prettier-ignore
      ]);
    });
  });

  describe("is shown under the pull request, whatever has stopped it", () => {
    const always = () => only(only(stage("Pull Request"), "post"), "always");
    const comment = (env: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>) =>
      runScript(scriptsIn([always()])[1]!, {
        shell: "sh",
        env: { CHANGE_ID: "7", BUILD_URL: "jenkins/7", ...env },
        files: { comment: 'cp "$1" sent', ...files },
        fakes: { git: "echo checkout" },
      }).file("sent");
    const none = (commit: string) =>
      `[//]: # (cdktf-plan:automock-infra)\n\n## ⛔ Not planned\n\nCommit ${commit} was not planned: jenkins/7 says why.\n`;

    it("by its report", () =>
      expect(comment({ PUSHED_COMMIT: "abc123" }, { ".automock/plans/plan.md": "report\n" })).toBe(
        "report\n",
      ));

    it("by a comment that says so where there is none: the libraries could not be installed, the agent was lost", () => {
      expect(comment({ PUSHED_COMMIT: "abc123" }, {})).toBe(none("abc123"));
      expect(comment({}, {})).toBe(none("checkout"));
    });

    it("by an agent that runs none of its code: the script is the target's", () => {
      const node = only(always(), "node");
      expect(node.children.map(({ name }) => name)).toEqual(["deleteDir", "checkout", "withCredentials", "script", "withCredentials", "deleteDir"]); // prettier-ignore
      const { status, calls, file } = runScript(scriptsIn([always()])[0]!, {
        shell: "sh",
        env: { CHANGE_TARGET: "main" },
        files: { ".automock/plans/plan.md": "from the pull request" },
        fakes: { git: 'case $1 in show) echo "$2" ;; esac' },
      });
      expect(status).toBe(0);
      expect(calls.map((one) => one.slice(1))).toEqual([
        ["fetch", "--quiet", "origin", "+refs/heads/main:refs/remotes/origin/main"],
        ["show", "origin/main:.ci/comment-on-bitbucket"],
      ]);
      expect(file("comment")).toBe("origin/main:.ci/comment-on-bitbucket\n");
      expect(file(".automock/plans/plan.md")).toBeUndefined();
      expect(scriptsIn([node]).join("\n")).not.toMatch(
        /npm|npx|node |\.ci\/(?!comment-on-bitbucket" > comment)/,
      );
    });
  });

  it("on workdays is of everything, and fails when anything differs", () => {
    expect(only(only(pipeline, "triggers"), "cron").argument).toBe(
      `env.BRANCH_NAME == 'main' ? 'H 5 * * 1-5' : ""`,
    );
    expect(planned(drift(0, {}))).toEqual(DRIFT_OPTIONS);
  });

  const DRIFT_OPTIONS = ["--permanent", ..."--out .automock/plans --no-lock --detailed-exitcode --json --report html".split(" ")]; // prettier-ignore
  const drift = (exitCode: number, result: object) =>
    runScript(scriptsOf("Drift")[1]!, {
      shell: "sh",
      fakes: { npx: `printf '%s' '${JSON.stringify(result)}'; exit ${exitCode}` },
    });
  const changed = { hasChanges: true, hasDrift: false };
  const drifted = { hasChanges: false, hasDrift: true };
  const failing = { hasChanges: false, hasDrift: false, failedChecks: 1 };

  it.each([
    ["nothing", 0, { plans: [{ hasChanges: false, hasDrift: false }], failed: [] }, ""],
    ["changes", 2, { plans: [changed], failed: [] }, "changes are pending"],
    ["drift", 3, { plans: [drifted], failed: [] }, "drift: resources were changed outside of Terraform"],
    ["a check that fails", 4, { plans: [failing], failed: [] }, "a check of a deployed stack fails"],
    [
      "both",
      2,
      { plans: [changed, drifted], failed: [] },
      "drift: resources were changed outside of Terraform; changes are pending",
    ],
    [
      "drift beside a stack that fails",
      1,
      { plans: [drifted], failed: [{ stack: "x", error: "y" }] },
      "not every stack could be planned; drift: resources were changed outside of Terraform",
    ],
    ["a project that cannot be synthesized", 1, { error: { message: "x" } }, ""],
  ])("on workdays fails by its exit code and says what differs: %s", (_, exitCode, result, difference) => {
    const { status, file } = drift(exitCode, result);
    expect([status, file(".automock/difference")]).toEqual([exitCode, `${difference}\n`]);
  });

  it("says what differs in the subject of the mail", () => {
    const [inDrift] = find([stage("Drift")], "script");
    expect(inDrift!.text).toContain("env.DIFFERENCE = readFile('.automock/difference').trim()");
    const mail = only(only(only(pipeline, "post"), "unsuccessful"), "mail");
    expect(mail.named.subject).toBe(
      "Infrastructure build ${env.BUILD_NUMBER} of ${env.BRANCH_NAME}: ${env.DIFFERENCE ?: currentBuild.currentResult}",
    );
  });
});

describe("no secret is shown or kept", () => {
  it("credentials are bound where they are used", () => {
    const bound = find(pipeline.children, "withCredentials").map(({ argument, children }) => [
      /credentialsId: '([\w-]+)'/.exec(argument!)![1],
      children.map(({ name }) => name),
    ]);
    expect(bound).toEqual([
      ["infrastructure-source", ["sh"]],
      ["infrastructure-source", ["sh"]],
      ["infrastructure-bitbucket-token", ["sh"]],
      ["infrastructure-source", ["sh"]],
      ["infrastructure-plan-recipient", ["sh"]],
      ["infrastructure-plan-key", ["sh"]],
      ["infrastructure-plan-key", ["sh"]],
    ]);
  });

  it("code of a pull request gets none but that for reading the repository, before it runs", () => {
    const bound = find([stage("Review")], "withCredentials");
    expect(bound.map(({ argument }) => /credentialsId: '([\w-]+)'/.exec(argument!)![1])).toEqual([
      "infrastructure-source",
    ]);
    expect(only(stage("Review"), "steps").children[0]).toBe(bound[0]);
    expect(find([stage("Plan"), stage("Production"), stage("Drift")], "agent").map((one) => only(one, "label").argument)).not.toContain("infrastructure-review"); // prettier-ignore
  });

  it("no key of AWS, no account, no address", () =>
    expect(SOURCE).not.toMatch(
      /set -x|printenv|AWS_SECRET|AWS_ACCESS|AKIA|password:|withAWS|\d{12}|https?:/i,
    ));
});
