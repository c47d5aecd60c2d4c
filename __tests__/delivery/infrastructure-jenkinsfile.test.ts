import { spawnSync } from "node:child_process";
import { stacksOf } from "../../environments/stacks";
import { prodEnvironment, stagingEnvironment } from "../support/environments";
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
  only(stage(name), "when").children.map(({ name: kind, argument, text }) => argument ?? (kind === "expression" || kind === "not" || kind === "anyOf" ? text.replaceAll(/\s+/g, " ") : kind)); // prettier-ignore

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
    when: ["beforeAgent", "beforeInput", "branch", "triggeredBy", "expression", "not", "anyOf"],
    not: ["triggeredBy"],
    anyOf: ["branch", "changeRequest"],
    expression: ["#"],
    input: ["message", "ok", "submitter", "submitterParameter"],
    post: ["always", "unsuccessful", "cleanup"],
    script: ["="],
  };
  const STEPS = ["archiveArtifacts", "deleteDir", "echo", "mail", "script", "sh", "stash", "unstash", "withCredentials"]; // prettier-ignore
  for (const block of ["steps", "always", "unsuccessful", "cleanup", "withCredentials"]) Object.assign(ALLOWED, { [block]: STEPS }); // prettier-ignore

  it("with nothing where it does not belong", () => expect(misplaced(pipeline, ALLOWED)).toEqual([]));

  it("every script is one that sh can read, and hides no failure", () => {
    for (const script of scripts) {
      expect([script, spawnSync("sh", ["-n"], { input: script }).status]).toEqual([script, 0]);
    }
    expect(SOURCE).not.toMatch(
      /\|\|\s*(true|:|exit 0|echo)|set \+e|;\s*true\b|catchError|warnError|returnStatus|try\s*\{/,
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
      ["Plan", "infrastructure-plan"],
      ["Staging", "infrastructure-staging"],
      ["Production Approval", "none"],
      ["Production", "infrastructure-prod"],
      ["Drift", "infrastructure-plan"],
    ]);
    expect(find(pipeline.children, "agent")).toHaveLength(7);
    expect(only(stage("Plan"), "stages").children.map(({ argument }) => argument)).toEqual([
      "Checkout",
      "Plan Changes",
      "Seal Plans",
    ]);
  });

  it("forks get no credentials: either the stage of forks runs, or that of plans", () => {
    expect(condition("Fork")).toEqual(["true", "expression { env.CHANGE_FORK != null }"]);
    expect(condition("Plan")).toEqual([
      "true",
      "expression { env.CHANGE_FORK == null }",
      "not { triggeredBy 'TimerTrigger' }",
      "anyOf { changeRequest() branch 'main' }",
    ]);
    expect(find(stage("Fork").children, "withCredentials")).toEqual([]);
    expect(scriptsOf("Fork")).toEqual([
      "npm ci --ignore-scripts",
      "npm rebuild @cdktf/node-pty-prebuilt-multiarch",
      "npm run synth",
    ]);
  });

  it("apply from main only, and only what there is to apply", () => {
    expect(condition("Seal Plans")).toEqual(["main"]);
    expect(condition("Staging")).toEqual(["true", "main", "expression { env.STAGING_PLANS }"]);
    expect(condition("Production Approval")).toEqual(["true", "main", "expression { env.PROD_PLANS }"]);
    expect(condition("Production")).toEqual(["true", "main", "expression { env.PROD_PLANS }"]);
    expect(condition("Drift")).toEqual(["true", "main", "TimerTrigger"]);
    expect(only(only(stage("Production Approval"), "when"), "beforeInput").argument).toBe("true");
    for (const name of ["Fork", "Plan", "Staging", "Production", "Drift"]) {
      expect(only(only(stage(name), "when"), "beforeAgent").argument).toBe("true");
    }
  });

  it("end in time, one build after the other, and one at a time per environment", () => {
    const limits = find(pipeline.children, "timeout").map(({ named }) => `${named.time} ${named.unit}`);
    expect(limits).toEqual([
      "15 MINUTES",
      "45 MINUTES",
      "110 MINUTES",
      "8 HOURS",
      "110 MINUTES",
      "45 MINUTES",
    ]);
    expect(only(pipeline, "options").children.map(({ name }) => name)).toContain("disableConcurrentBuilds");
    const locks = find(pipeline.children, "lock").map(({ named }) => named.resource);
    expect(locks).toEqual(["infrastructure-staging", "infrastructure-prod"]);
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

  it("every agent leaves an empty folder behind", () => {
    for (const name of ["Fork", "Plan", "Staging", "Production", "Drift"]) {
      expect(only(only(stage(name), "post"), "cleanup").children.map(({ name: one }) => one)).toEqual([
        "deleteDir",
      ]);
    }
  });
});

describe("exactly the plan that was shown is applied", () => {
  it.each([
    ["Staging", "STAGING_PLANS"],
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
        env: { [variable]: `automock-x ${digest}\ntask-api-x sha256:1`, PLANNED_COMMIT: "abc" },
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
      { name: "plans", includes: "plans.tar.gpg" },
    ]);
    expect(
      find(stage("Seal Plans").children, "=").map(({ argument, named }) => [argument, named.value]),
    ).toEqual([
      ["env.STAGING_PLANS", "readFile('.automock/staging').trim()"],
      ["env.PROD_PLANS", "readFile('.automock/prod').trim()"],
      ["env.PLANNED_COMMIT", "readFile('.automock/commit').trim()"],
    ]);
    expect(find(pipeline.children, "archiveArtifacts").map(({ named }) => named.artifacts)).toEqual([
      ".automock/plans/plan.md,.automock/plans/plan.html,.automock/plans/plan.json",
      ".automock/plans/plan.html",
    ]);
  });
});

describe("the plan", () => {
  const plan = (stack: string, hasChanges: boolean) => ({ stack, hasChanges, digest: `sha256:${stack}` });
  const RESULT = {
    plans: [plan("automock-pr-7", true), plan("automock-prod", true), plan("task-api-prod", true), plan("task-api-staging", true), plan("automock-staging", false), plan("bootstrap", true)], // prettier-ignore
  };
  const OPTIONS = "--out .automock/plans --no-lock --json --report md --report html --report json --report-host bitbucket".split(" "); // prettier-ignore
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
  const ALL = ["bootstrap", "automock-staging", "automock-prod", "task-api-staging", "task-api-prod"];

  it("of a pull request is of what differs from its target", () => {
    const result = run({ CHANGE_TARGET: "main" });
    expect(planned(result)).toEqual(["--changed-since", "origin/main", "--head", "abc123", ...OPTIONS]);
    expect([".automock/staging", ".automock/prod", ".automock/commit"].map(result.file)).toEqual([
      "task-api-staging sha256:task-api-staging\n",
      "automock-prod sha256:automock-prod\ntask-api-prod sha256:task-api-prod\n",
      "abc123\n",
    ]);
  });

  it("of a merge is of what differs from what was applied last", () =>
    expect(planned(run({ GIT_PREVIOUS_SUCCESSFUL_COMMIT: "def" }))).toEqual([
      "--changed-since",
      "def",
      "--head",
      "abc123",
      ...OPTIONS,
    ]));

  it("is of every stack that is meant to stay, with nothing to compare with and after a forced push", () => {
    expect(planned(run({}))).toEqual([...ALL, ...OPTIONS]);
    expect(planned(run({ GIT_PREVIOUS_SUCCESSFUL_COMMIT: "def" }, { isAncestor: false }))).toEqual([...ALL, ...OPTIONS]); // prettier-ignore
    const permanent = stacksOf([prodEnvironment, stagingEnvironment]).map(({ id }) => id);
    expect([...ALL].sort()).toEqual([...permanent, "bootstrap"].sort());
  });

  it("fails the build when a stack cannot be planned", () =>
    expect(run({ CHANGE_TARGET: "main" }, { exitCode: 1 }).status).toBe(1));

  it("is shown under a pull request, also a failed one and one without a report; without a pull request nothing is sent", () => {
    const always = only(only(stage("Plan Changes"), "post"), "always");
    const script = scriptsIn([always])[0]!;
    const comment = (env: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>) =>
      runScript(script.replace(".ci/comment-on-bitbucket", "comment-on-bitbucket"), {
        shell: "sh",
        env,
        files,
        fakes: { "comment-on-bitbucket": "", git: "echo abc123" },
      });
    const report = { ".automock/plans/plan.md": "x" };
    const call = ["comment-on-bitbucket", ".automock/plans/plan.md"];
    expect(script).toContain(".ci/comment-on-bitbucket");
    expect(comment({ CHANGE_ID: "7" }, report)).toMatchObject({ status: 0, calls: [call] });
    expect(comment({}, report)).toMatchObject({ status: 0, calls: [] });
    const none = comment({ CHANGE_ID: "7", BUILD_URL: "jenkins/7" }, {});
    expect(none).toMatchObject({ status: 0, calls: [["git", "rev-parse", "HEAD"], call] });
    expect(none.file(".automock/plans/plan.md")).toBe(
      "[//]: # (cdktf-plan:automock-infra)\n\n## ⛔ Not planned\n\nCommit abc123 was not planned: jenkins/7 says why.\n",
    );
  });

  it("on workdays is of everything, and fails when anything differs", () => {
    expect(only(only(pipeline, "triggers"), "cron").argument).toBe(
      `env.BRANCH_NAME == 'main' ? 'H 5 * * 1-5' : ""`,
    );
    const drift = scriptsOf("Drift")[1]!;
    expect(drift.trim()).toBe(
      `npx automock plan ${ALL.join(" ")} --out .automock/plans --no-lock --detailed-exitcode --report html`,
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
      ["infrastructure-bitbucket-token", ["sh"]],
      ["infrastructure-plan-key", ["sh"]],
      ["infrastructure-plan-key", ["sh"]],
      ["infrastructure-plan-key", ["sh"]],
    ]);
  });

  it("no key of AWS, no account, no address", () =>
    expect(SOURCE).not.toMatch(
      /set -x|printenv|AWS_SECRET|AWS_ACCESS|AKIA|password:|withAWS|\d{12}|https?:/i,
    ));
});
