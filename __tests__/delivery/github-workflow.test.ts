import { spawnSync } from "node:child_process";
import { readWorkflow } from "../support/github-workflow";

const {
  source: SOURCE,
  workflow,
  jobs,
  job,
  steps,
  scriptsOf,
} = readWorkflow(".github/workflows/task-api.yml");
const stepsOf = (name: string) => job(name).steps;
const indexOf = (name: string, step: string) => stepsOf(name).findIndex((one) => one.name === step);
/** Lines joined as the shell joins them. */
const joined = (script: string) => script.replaceAll(/\\\n\s*/g, "");

describe("the jobs", () => {
  it("follow each other as the stages of the Jenkinsfile do", () => {
    expect(jobs.map(([name, { needs = [] }]) => [name, [needs].flat()])).toEqual([
      ["test", []],
      ["security", ["test"]],
      ["image", ["test", "security"]],
      ["staging", ["test", "image"]],
      ["production", ["test", "staging"]],
    ]);
    const named = ["Lint", "Unit Tests", "Scan", "Build Application", "Build Image", "Container Scan", "Push to ECR", "Deploy Staging", "Smoke Tests", "Deploy Prod", "Smoke Tests Prod", "Post Actions"]; // prettier-ignore
    expect(steps.flatMap(({ name }) => name ?? []).filter((name) => name !== "Roll back")).toEqual(named);
  });

  it("scan code and dependencies side by side, with pinned scanners", () =>
    expect(job("security").strategy).toEqual({
      matrix: {
        scanner: [
          "github.com/securego/gosec/v2/cmd/gosec@v2.22.4",
          "golang.org/x/vuln/cmd/govulncheck@v1.1.4",
        ],
      },
    }));

  it("deploy from main only, one run at a time, and end in time", () => {
    expect(job("staging").if).toBe("github.ref == 'refs/heads/main'");
    expect(workflow.concurrency).toEqual({ group: "task-api", "cancel-in-progress": false });
    expect(jobs.map(([, one]) => one["timeout-minutes"])).toEqual([20, 20, 30, 60, 60]);
    expect(Object.keys(workflow.on)).toEqual(["workflow_dispatch", "repository_dispatch"]);
  });

  it("work on one commit, resolved once", () => {
    const refs = steps
      .filter(({ with: options }) => options?.repository !== undefined)
      .map((step) => step.with!.ref);
    expect(refs).toEqual([
      "${{ inputs.application_ref || github.event.client_payload.ref || 'main' }}",
      "${{ needs.test.outputs.commit }}",
      "${{ needs.test.outputs.commit }}",
    ]);
    expect(job("test").outputs).toEqual({ commit: "${{ steps.source.outputs.commit }}" });
  });
});

describe("rights", () => {
  it("only the jobs that deploy can sign in to AWS, each through its environment", () => {
    expect(workflow.permissions).toEqual({});
    const read = { contents: "read" };
    const signIn = { contents: "read", "id-token": "write" };
    expect(jobs.map(([name, { permissions, environment }]) => [name, permissions, environment])).toEqual([
      ["test", read, undefined],
      ["security", read, undefined],
      ["image", read, undefined],
      ["staging", signIn, "task-api-staging"],
      ["production", signIn, "task-api-prod"],
    ]);
  });

  it("sessions last 15 to 60 minutes and come from no stored key", () => {
    const signIns = steps.filter(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@"));
    expect(signIns.map((step) => step.with)).toEqual(
      Array(2).fill({
        "aws-region": "${{ vars.AWS_REGION }}",
        "role-to-assume": "${{ vars.AWS_ROLE_ARN }}",
        "role-session-name": "task-api-${{ github.run_id }}",
        "role-duration-seconds": 3600,
      }),
    );
    expect(SOURCE).not.toMatch(/AWS_SECRET|AWS_ACCESS|aws-access-key/i);
  });

  it("jobs that deploy run none of the application's code", () => {
    for (const name of ["staging", "production"]) {
      expect(scriptsOf(name)).not.toMatch(/\b(go|docker build|docker run|make)\b /);
      expect(stepsOf(name).filter(({ with: options }) => options?.repository !== undefined)).toEqual([]);
    }
    for (const name of ["test", "security", "image"])
      expect(scriptsOf(name)).not.toMatch(/\baws\b|skopeo|npm/);
  });

  it("every action is pinned to a commit, and no checkout leaves a token behind", () => {
    const uses = steps.flatMap((step) => step.uses ?? []);
    expect(uses).toHaveLength(14);
    expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
    expect(SOURCE.match(/uses: \S+ # v\d+\.\d+\.\d+$/gm)).toHaveLength(14);
    const checkouts = steps.filter((step) => step.uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(Array(5).fill(false));
  });

  it("no script is put together from what others wrote", () =>
    expect(steps.flatMap(({ run }) => run ?? []).filter((run) => run.includes("${{"))).toEqual([]));

  it("passwords go from one program to the next", () =>
    expect(joined(SOURCE).match(/get-login-password[^\n]*/g)).toEqual([
      'get-login-password | skopeo login --authfile auth.json --username AWS --password-stdin "$REGISTRY"',
      'get-login-password | skopeo login --authfile auth.json --username AWS --password-stdin "$registry"',
    ]));
});

describe("scan-gate-can-fail", () => {
  it("nothing hides a failure", () => {
    expect(SOURCE).not.toMatch(
      /\|\|\s*(true|:|exit 0|echo)|set \+e|;\s*true\b|continue-on-error|--exit-code[ =]0|-no-fail/,
    );
    expect(workflow.defaults).toEqual({ run: { shell: "bash" } });
    const conditions = steps.flatMap((step) => step.if ?? []);
    expect(conditions).toEqual(["failure() || cancelled()", "failure() || cancelled()", "always()"]);
  });

  it("the scanner is one archive and no other, and checked before it runs", () => {
    const script = stepsOf("image")[indexOf("image", "Container Scan")]!.run!;
    const check = script.indexOf("sha256sum --check --strict");
    expect(check).toBeGreaterThan(script.indexOf("curl --fail"));
    expect(script.indexOf("tar --extract")).toBeGreaterThan(check);
    expect(script).toContain("./trivy image --input image.tar --scanners vuln,secret --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1"); // prettier-ignore
    expect(SOURCE).toMatch(/TRIVY_SHA256: [0-9a-f]{64}$/m);
  });

  it("the archive is handed on after the scan", () =>
    expect(stepsOf("image").at(-1)!.uses).toMatch(/^actions\/upload-artifact@/));

  it("every script is one that bash can read", () => {
    for (const { run } of steps) {
      if (run) expect([run, spawnSync("bash", ["-n"], { input: run }).status]).toEqual([run, 0]);
    }
  });
});

describe("promote-tested-digest", () => {
  it("production deploys the digest that staging ran, and builds nothing", () => {
    expect(job("staging").outputs!.digest).toBe("${{ steps.push.outputs.digest }}");
    const deploys = ["staging", "production"].map((name) =>
      stepsOf(name).find((step) => step.run?.includes("--image "))!,
    );
    expect(deploys.map(({ env }) => env!.IMAGE_DIGEST)).toEqual([
      "${{ steps.push.outputs.digest }}",
      "${{ needs.staging.outputs.digest }}",
    ]);
    const images = deploys.map(({ run }) => /--image (\S+)/.exec(run!)![1]);
    expect(images).toEqual([
      '"$REGISTRY/task-api-staging@$IMAGE_DIGEST"',
      '"$REGISTRY/task-api-prod@$IMAGE_DIGEST"',
    ]);
    expect(joined(deploys[1]!.run!)).toContain(
      'skopeo copy --authfile auth.json --preserve-digests "docker://$STAGING_REGISTRY/task-api-staging@$IMAGE_DIGEST" "docker://$REGISTRY/task-api-prod:$IMAGE_TAG"',
    );
    expect(SOURCE).not.toMatch(/:latest|force-new-deployment/);
  });
});

describe("smoke and rollback", () => {
  it.each([
    ["staging", "Deploy Staging", "Smoke Tests", "staging.json"],
    ["production", "Deploy Prod", "Smoke Tests Prod", "prod.json"],
  ])("%s is checked after the deployment and undone when anything fails", (name, deploy, smoke, record) => {
    expect(stepsOf(name)[indexOf(name, deploy)]!.run).toContain(`--record ${record}`);
    expect(indexOf(name, smoke)).toBe(indexOf(name, deploy) + 1);
    expect(stepsOf(name)[indexOf(name, smoke) + 1]).toEqual({
      name: "Roll back",
      if: "failure() || cancelled()",
      run: `if [ -f ${record} ]; then npm run deploy:image -- --rollback ${record}; fi`,
    });
  });
});

it("installs libraries without their scripts, which would run beside the rights of the job", () => {
  const installs = SOURCE.match(/npm ci.*/g)!;
  expect(installs.map((line) => line.replace("'", ""))).toEqual(Array(2).fill("npm ci --ignore-scripts"));
});
