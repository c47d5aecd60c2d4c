import { readWorkflow } from "../support/github-workflow";
import { read } from "../support/markdown";

const {
  source: SOURCE,
  workflow,
  jobs,
  job,
  steps,
  step,
  scriptsOf,
} = readWorkflow(".github/workflows/infrastructure.yml");
const ACTION = /^([\w-]+\/[\w-]+)@[0-9a-f]{40}$/;

describe("the jobs", () => {
  it("follow each other: plan, then every permanent environment but prod, then prod", () =>
    expect(jobs.map(([name, { needs = [] }]) => [name, [needs].flat()])).toEqual([
      ["fork", []],
      ["plan", []],
      ["comment", ["plan"]],
      ["findings", ["plan"]],
      ["before-prod", ["plan"]],
      ["prod", ["plan", "before-prod"]],
      ["drift", ["plan"]],
    ]));

  it("start at pull requests, merges, by hand and on workdays; never for a fork with the rights of the target", () => {
    expect(workflow.on).toEqual({
      pull_request: null,
      push: { branches: ["main"] },
      workflow_dispatch: null,
      schedule: [{ cron: "17 5 * * 1-5" }],
    });
    expect(SOURCE).not.toContain("pull_request_target");
  });

  it("end in time", () =>
    expect(jobs.map(([name, one]) => [name, one["timeout-minutes"]])).toEqual([
      ["fork", 15],
      ["plan", 45],
      ["comment", 5],
      ["findings", 5],
      ["before-prod", 110],
      ["prod", 110],
      ["drift", 5],
    ]));

  it("cancel nothing but older plans of a pull request, have branches wait apart from main, and apply to a stack one at a time", () => {
    expect(workflow.concurrency).toEqual({
      group:
        "infrastructure-${{ github.event.pull_request.number || (github.event_name == 'schedule' && 'drift') || github.ref }}",
      "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
    });
    for (const name of ["before-prod", "prod"]) {
      expect(job(name).concurrency).toEqual({
        group: "infrastructure-${{ matrix.stack }}",
        "cancel-in-progress": false,
      });
      expect(job(name).strategy).toEqual({
        "fail-fast": false,
        matrix: { include: `\${{ fromJSON(needs.plan.outputs.${name}) }}` },
      });
    }
  });

  it("apply on main only, never at the scheduled run, and not without something to apply", () => {
    expect(job("before-prod").if).toBe(
      "github.ref == 'refs/heads/main' && github.event_name != 'schedule' && needs.plan.outputs.before-prod != '[]'",
    );
    expect(job("prod").if).toBe(
      `\${{ !cancelled() && needs.plan.result == 'success' && contains(fromJSON('["success", "skipped"]'), needs.before-prod.result) && github.ref == 'refs/heads/main' && github.event_name != 'schedule' && needs.plan.outputs.prod != '[]' }}`,
    );
  });

  it("work with the Terraform and the actions of the other workflows", () => {
    const others = [read(".github/workflows/ci.yml"), read(".github/workflows/task-api.yml")].join("\n");
    for (const { uses, with: options } of steps) {
      if (uses) expect(others).toContain(uses);
      if (uses?.startsWith("hashicorp/setup-terraform@")) {
        expect(others).toContain(`terraform_version: ${String(options!.terraform_version)}`);
      }
    }
  });
});

describe("rights", () => {
  const SIGN_IN = "aws-actions/configure-aws-credentials";

  it("are none by default, and in each job what it needs", () => {
    expect(workflow.permissions).toEqual({});
    const apply = { contents: "read", "id-token": "write" };
    const PLAN_ENVIRONMENT =
      "${{ github.ref == 'refs/heads/main' && 'infrastructure-plan' || 'infrastructure-review' }}";
    expect(jobs.map(([name, { permissions, environment }]) => [name, permissions, environment])).toEqual([
      ["fork", { contents: "read" }, undefined],
      ["plan", { contents: "read", actions: "read", "id-token": "write" }, PLAN_ENVIRONMENT],
      ["comment", { "pull-requests": "write" }, undefined],
      ["findings", { "security-events": "write" }, undefined],
      ["before-prod", apply, "infrastructure-${{ matrix.environment }}"],
      ["prod", apply, "infrastructure-prod"],
      ["drift", { issues: "write" }, undefined],
    ]);
  });

  it("forks get no credentials: either the job of forks runs, or that of plans", () => {
    const FORK = "github.event.pull_request.head.repo.full_name";
    expect(job("fork").if).toBe(`github.event_name == 'pull_request' && ${FORK} != github.repository`);
    expect(job("plan").if).toBe(`github.event_name != 'pull_request' || ${FORK} == github.repository`);
    expect(JSON.stringify(job("fork"))).not.toMatch(/secrets\.|vars\.|github\.token|configure-aws|id-token/);
    // Every other job waits for the plan, and says so in a way that a plan that was left out stops it.
    for (const name of ["comment", "findings", "before-prod", "prod", "drift"])
      expect([job(name).needs].flat()).toContain("plan");
    expect(job("comment").if).toBe(
      "${{ !cancelled() && github.event_name == 'pull_request' && needs.plan.result != 'skipped' }}",
    );
  });

  it("in AWS come from the environment of the job, for hours, from no stored key", () => {
    const signIns = jobs.flatMap(([name, { steps: inside }]) =>
      inside.filter(({ uses }) => uses?.startsWith(`${SIGN_IN}@`)).map((one) => [name, one.with]),
    );
    const options = (session: string, seconds: number) => ({
      "aws-region": "${{ vars.AWS_REGION }}",
      "role-to-assume": "${{ vars.AWS_ROLE_ARN }}",
      "role-session-name": `infrastructure-${session}-\${{ github.run_id }}`,
      "role-duration-seconds": seconds,
    });
    expect(signIns).toEqual([
      ["plan", options("plan", 3600)],
      ["before-prod", options("apply", 7200)],
      ["prod", options("apply", 7200)],
    ]);
    expect(SOURCE).not.toMatch(/AWS_SECRET|AWS_ACCESS|aws-access-key/i);
    // A session that ends before its job leaves a state locked.
    expect(job("before-prod")["timeout-minutes"] * 60).toBeLessThan(7200);
  });

  it("come after the libraries are installed, whose scripts then find no credentials", () => {
    for (const name of ["plan", "before-prod", "prod"]) {
      const order = job(name).steps.map(({ uses, run }) => (run === "npm ci --ignore-scripts" ? "install" : ACTION.exec(uses ?? "")?.[1])); // prettier-ignore
      expect(order.indexOf("install")).toBeGreaterThan(-1);
      expect(order.indexOf(SIGN_IN)).toBeGreaterThan(order.indexOf("install"));
    }
  });

  it("to write comments, findings and issues are in jobs that run nothing of the repository", () => {
    for (const name of ["comment", "findings", "drift"]) {
      expect(
        job(name)
          .steps.flatMap(({ uses }) => uses ?? [])
          .map((uses) => ACTION.exec(uses)?.[1]),
      ).toEqual(["actions/download-artifact"]);
      expect(scriptsOf(name)).not.toMatch(/npm|npx|node|\.ci\//);
    }
  });

  it("no job takes a cache that another one has filled", () => {
    const nodes = steps.filter(({ uses }) => uses?.startsWith("actions/setup-node@"));
    expect(nodes.map((one) => one.with)).toEqual(
      Array(4).fill({ "node-version-file": ".nvmrc", "package-manager-cache": false }),
    );
    expect(SOURCE).not.toContain("actions/cache");
  });

  it("every action is pinned to a commit, and no checkout leaves a token behind", () => {
    const uses = steps.flatMap(({ uses: one }) => one ?? []);
    expect(uses.filter((one) => !ACTION.test(one))).toEqual([]);
    const lines = SOURCE.match(/uses: .*/g)!;
    expect(lines.filter((line) => !/^uses: \S+ # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
    const checkouts = steps.filter(({ uses: one }) => one?.startsWith("actions/checkout@"));
    expect(checkouts.map((one) => one.with?.["persist-credentials"])).toEqual(Array(4).fill(false));
  });

  it("no script is put together from what others wrote", () =>
    expect(steps.flatMap(({ run }) => run ?? []).filter((run) => run.includes("${{"))).toEqual([]));
});

describe("exactly the plan that was shown is applied", () => {
  it("by jobs that never plan", () => {
    for (const name of ["before-prod", "prod"]) {
      expect(scriptsOf(name).match(/automock(\.mjs)? \w+/g)).toEqual(["automock.mjs deploy"]);
      expect(step(name, "Apply exactly this plan")).toEqual({
        name: "Apply exactly this plan",
        env: { STACK: "${{ matrix.stack }}", DIGEST: "${{ matrix.digest }}" },
        run: 'exec node cli/bin/automock.mjs deploy "$STACK" --plan .automock/plans --digest "$DIGEST" --commit "$GITHUB_SHA" --yes',
      });
    }
    expect(SOURCE).not.toMatch(/auto-approve|terraform apply|cdktf deploy/);
  });

  it("with digests that travel apart from the plans", () =>
    expect(job("plan").outputs).toEqual({
      changes: "${{ steps.plan.outputs.changes }}",
      drift: "${{ steps.plan.outputs.drift }}",
      checks: "${{ steps.plan.outputs.checks }}",
      "before-prod": "${{ steps.plan.outputs.before-prod }}",
      prod: "${{ steps.plan.outputs.prod }}",
    }));

  it("from an archive that is encrypted; only reports are uploaded as they are", () => {
    const uploads = jobs.flatMap(([name, { steps: inside }]) =>
      inside.filter(({ uses }) => uses?.includes("upload-artifact")).map((one) => [name, one.if, one.with]),
    );
    expect(uploads).toEqual([
      [
        "plan",
        "${{ !cancelled() }}",
        {
          name: "report",
          path: ".automock/plans/plan.md\n.automock/plans/plan.html\n.automock/plans/plan.json\n.automock/plans/plan.sarif\n",
          "retention-days": 30,
          "if-no-files-found": "ignore",
        },
      ],
      [
        "plan",
        "github.ref == 'refs/heads/main' && github.event_name != 'schedule'",
        { name: "plans", path: "plans.tar.gpg", "retention-days": 2, "if-no-files-found": "error" },
      ],
    ]);
    const seal = step("plan", "Seal the plans");
    expect(seal).toEqual({
      name: "Seal the plans",
      if: "github.ref == 'refs/heads/main' && github.event_name != 'schedule'",
      env: { PLAN_RECIPIENT: "${{ vars.PLAN_RECIPIENT }}" },
      run: ".ci/plans seal .automock/plans plans.tar.gpg",
    });
    for (const name of ["before-prod", "prod"]) {
      expect(step(name, "Open the plans")).toEqual({
        name: "Open the plans",
        env: { PLAN_KEY: "${{ secrets.PLAN_KEY }}" },
        run: ".ci/plans open plans.tar.gpg .automock/plans",
      });
    }
    // Only what applies has a secret, and it is that of its environment; the anchor's steps are written once.
    expect(SOURCE.match(/secrets\./g)).toHaveLength(1);
  });
});
