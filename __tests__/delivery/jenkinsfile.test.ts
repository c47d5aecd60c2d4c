import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  find,
  misplaced,
  only,
  parseJenkinsfile,
  readPipeline,
  scriptsIn,
  type Statement,
} from "../support/jenkinsfile";
import { read } from "../support/markdown";

const SOURCE = read("Jenkinsfile");
let pipeline: Statement;
let stages: readonly Statement[];
/** Of all shell steps, as the shell gets them. */
let scripts: readonly string[];

beforeAll(async () => {
  pipeline = await readPipeline("Jenkinsfile");
  stages = find(pipeline.children, "stage");
  scripts = scriptsIn(pipeline.children);
});

const stage = (name: string): Statement => stages.find(({ argument }) => argument === name)!;
const child = ({ children }: Statement, name: string) => children.find((one) => one.name === name);
/** All scripts of a stage and of what is below it. */
const scriptsOf = (name: string) => scriptsIn(stage(name).children).join("\n");

describe("lint: the file is a declarative pipeline", () => {
  const STAGE = ["agent", "when", "options", "input", "environment", "steps", "stages", "parallel", "post"];
  const ALLOWED: Readonly<Record<string, readonly string[]>> = {
    pipeline: ["agent", "parameters", "options", "environment", "stages", "post"],
    parameters: ["string"],
    options: [
      "buildDiscarder",
      "disableConcurrentBuilds",
      "disableRestartFromStage",
      "timeout",
      "timestamps",
    ],
    environment: ["="],
    agent: ["label"],
    stages: ["stage"],
    parallel: ["stage"],
    stage: STAGE,
    when: ["beforeAgent", "beforeInput", "branch"],
    input: ["message", "ok", "submitter", "submitterParameter"],
    post: ["always", "unsuccessful", "cleanup"],
    script: ["="],
  };
  const STEPS = ["archiveArtifacts", "deleteDir", "dir", "echo", "mail", "script", "sh", "stash", "unstash", "withCredentials"]; // prettier-ignore
  for (const block of ["steps", "always", "unsuccessful", "cleanup", "dir", "withCredentials"]) Object.assign(ALLOWED, { [block]: STEPS }); // prettier-ignore

  it("has only directives and steps that belong where they are", () =>
    expect(misplaced(pipeline, ALLOWED)).toEqual([]));

  it("uses every step that is allowed, and the documentation names each with its plugin", () => {
    const used = STEPS.filter((step) => find(pipeline.children, step).length > 0);
    expect(used).toEqual(STEPS);
    const documented = read("docs/task-api/delivery.md");
    expect(STEPS.filter((step) => !documented.includes(`\`${step}\``))).toEqual([]);
  });

  it("every stage has a name of its own and exactly one of steps, stages and parallel", () => {
    const names = stages.map(({ argument }) => argument);
    expect(new Set(names).size).toBe(names.length);
    for (const one of stages) {
      const bodies = one.children.filter(({ name }) => ["steps", "stages", "parallel"].includes(name));
      expect([one.argument, bodies.length]).toEqual([one.argument, 1]);
    }
  });

  it.each([
    ["a brace is missing", (text: string) => text.replace(/\}\s*$/, "")],
    ["a quote is missing", (text: string) => text.replace("'Lint'", "'Lint")],
    ["a bracket is the wrong one", (text: string) => text.replace("parallel {", "parallel [")],
    ["an argument has no comma", (text: string) => text.replace("time: 8,", "time: 8")],
  ])("notices when %s", async (_, spoil) => {
    const spoilt = spoil(SOURCE);
    expect(spoilt).not.toBe(SOURCE);
    expect((await parseJenkinsfile(spoilt)).errors.length).toBeGreaterThan(0);
  });

  it("notices a directive in the wrong place", async () => {
    const spoilt = SOURCE.replace("agent none\n", "agent none\n  steps { sh 'x' }\n");
    const { statements } = await parseJenkinsfile(spoilt);
    expect(misplaced(statements[0]!, ALLOWED)).toEqual(["line 7: steps in pipeline"]);
  });

  it("every shell step is a script that sh can read", () => {
    expect(scripts).toHaveLength(20);
    for (const script of scripts) {
      const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
      expect([script, status, stderr]).toEqual([script, 0, ""]);
    }
  });
});

describe("the stages", () => {
  it("are the seed's 14, in its order", () => {
    const inParallel = find(pipeline.children, "parallel").flatMap(({ children }) => children);
    const leaves = stages.filter((one) => !child(one, "stages") && !inParallel.includes(one));
    expect(leaves.map(({ argument }) => argument)).toEqual([
      "Checkout",
      "Lint",
      "Unit Tests",
      "Security Scan",
      "Build Application",
      "Build Image",
      "Container Scan",
      "Push to ECR",
      "Deploy Staging",
      "Smoke Tests",
      "Production Approval",
      "Deploy Prod",
      "Smoke Tests Prod",
      "Post Actions",
    ]);
  });

  it("scan code and dependencies side by side", () => {
    const { children } = only(stage("Security Scan"), "parallel");
    expect(children.map(({ argument }) => argument)).toEqual(["Go Security", "Dependency Audit"]);
  });

  it("each has an agent where it needs one, and only there", () => {
    expect(only(pipeline, "agent").argument).toBe("none");
    const agents = pipeline.children
      .find(({ name }) => name === "stages")!
      .children.map((one) => [
        one.argument,
        only(one, "agent").argument ?? only(only(one, "agent"), "label").argument,
      ]);
    expect(agents).toEqual([
      ["Build", "task-api-build"],
      ["Staging", "task-api-staging"],
      ["Production Approval", "none"],
      ["Production", "task-api-production"],
      ["Post Actions", "none"],
    ]);
    const NEEDS_NO_AGENT = ["echo", "mail", "script", "="];
    for (const name of ["Production Approval", "Post Actions"]) {
      const steps = find([only(stage(name), "steps")], "steps").flatMap(({ children }) => children);
      const inside = steps.flatMap((step) => [step, ...step.children]);
      expect(inside.filter((step) => !NEEDS_NO_AGENT.includes(step.name))).toEqual([]);
      expect(inside.filter(({ text }) => /\b(sh|readFile)\s*\(/.test(text))).toEqual([]);
    }
    expect(find(pipeline.children, "agent")).toHaveLength(6);
  });

  it("end in time: each part that works or waits has a limit", () => {
    const limits = find(pipeline.children, "timeout").map(({ named }) => `${named.time} ${named.unit}`);
    expect(limits).toEqual(["30 MINUTES", "60 MINUTES", "8 HOURS", "60 MINUTES"]);
    // A limit of the whole would also count the hours that the approval waits.
    expect(only(pipeline, "options").children.map(({ name }) => name)).not.toContain("timeout");
  });

  it("deploy from main only, and ask before they take an agent or a person's time", () => {
    for (const [name, before] of [
      ["Staging", "beforeAgent"],
      ["Production Approval", "beforeInput"],
      ["Production", "beforeAgent"],
    ] as const) {
      // prettier-ignore
      const when = only(stage(name), "when");
      expect([only(when, before).argument, only(when, "branch").argument]).toEqual(["true", "main"]);
    }
    expect(only(only(stage("Post Actions"), "when"), "branch").argument).toBe("main");
    expect(only(pipeline, "options").children.map(({ name }) => name)).toContain("disableConcurrentBuilds");
  });
});

describe("scan-gate-can-fail: nothing hides a failure", () => {
  it("no command has its exit code thrown away", () => {
    expect(SOURCE).not.toMatch(
      /\|\|\s*(true|:|exit 0|echo)|set \+e|;\s*true\b|catchError|warnError|returnStatus|try\s*\{|--exit-code[ =]0|-no-fail/,
    );
  });

  it("the image scan ends with 1 on what can be fixed", () => {
    expect(scriptsOf("Container Scan")).toBe(
      "trivy image --input image.tar --scanners vuln,secret --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1",
    );
  });

  it("the archive that is scanned is stashed after the scan, and pushed", () => {
    const steps = only(stage("Container Scan"), "steps").children;
    expect(steps.map(({ name }) => name)).toEqual(["sh", "stash"]);
    expect(steps[1]!.named).toEqual({ name: "image", includes: "image.tar" });
    expect(find(stage("Push to ECR").children, "unstash").map(({ argument }) => argument)).toEqual(["image"]);
    expect(scriptsOf("Push to ECR")).toContain("docker-archive:image.tar");
    expect(scriptsOf("Build Image")).toContain("docker save --output image.tar");
  });

  it("scanners are pinned and scan everything", () => {
    expect(scriptsOf("Security Scan").split("\n")).toEqual([
      "go run github.com/securego/gosec/v2/cmd/gosec@v2.22.4 ./...",
      "go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...",
    ]);
  });

  describe("the lint stage, run with a gofmt that lists", () => {
    const folder = mkdtempSync(join(tmpdir(), "gofmt-"));
    afterAll(() => rmSync(folder, { recursive: true }));
    it.each([
      ["nothing", "", 0],
      ["a file", "main.go", 1],
    ])("%s", (_, listed, status) => {
      const gofmt = join(folder, "gofmt");
      // Like the real one it ends with 0 either way.
      writeFileSync(gofmt, `#!/bin/sh\n[ "$*" = "-l ." ] && printf '%s' '${listed}'\nexit 0\n`);
      chmodSync(gofmt, 0o755);
      const script = scriptsIn(stage("Lint").children)[0]!;
      const env = { PATH: `${folder}:${process.env.PATH}` };
      expect(spawnSync("sh", ["-e"], { input: script, env }).status).toBe(status);
    });
  });

  it("the checkout, run without a setting, names the one that is missing", () => {
    const script = scriptsIn(stage("Checkout").children)[0]!;
    const { status, stderr } = spawnSync("sh", ["-e"], { input: script, env: {}, encoding: "utf8" });
    expect(status).not.toBe(0);
    expect(stderr).toContain("TASK_API_REPOSITORY: is the Git address of the Task API; set it in Jenkins");
    const used = [...SOURCE.matchAll(/\bTASK_API_[A-Z_]+/g)].map(([name]) => name);
    const checked = [...script.matchAll(/\$\{(TASK_API_[A-Z_]+):\?/g)].map(([, name]) => name!);
    expect([...new Set(used)].sort()).toEqual([...checked].sort());
  });
});

describe("the approval", () => {
  it("cannot be left out by a restart at a later stage", () =>
    expect(only(pipeline, "options").children.map(({ name }) => name)).toContain("disableRestartFromStage"));

  it("is given by a named group, outside of any agent, within hours", () => {
    const approval = stage("Production Approval");
    expect(only(approval, "agent").argument).toBe("none");
    expect(only(only(approval, "input"), "submitter").argument).toBe("task-api-on-call");
    expect(only(only(approval, "input"), "submitterParameter").argument).toBe("APPROVED_BY");
    expect(find(pipeline.children, "input")).toHaveLength(1);
  });

  it("is a stage of the pipeline itself: an outer stage would hold its agent meanwhile", () =>
    expect(only(pipeline, "stages").children).toContain(stage("Production Approval")));
});

describe("promote-tested-digest", () => {
  it("the digest is read once, from the push that staging deploys", () => {
    const assigned = find(pipeline.children, "=").filter(({ argument }) => argument === "env.IMAGE_DIGEST");
    expect(assigned.map(({ named }) => named.value)).toEqual(["readFile('digest').trim()"]);
    expect(find(stage("Push to ECR").children, "=")).toContainEqual(assigned[0]);
    expect(SOURCE.match(/--digestfile digest/g)).toHaveLength(1);
  });

  it("both environments deploy it by digest", () => {
    const images = [...scripts.join("\n").matchAll(/--image (\S+)/g)].map(([, image]) => image);
    expect(images).toEqual(['"$STAGING_REPOSITORY@$IMAGE_DIGEST"', '"$PROD_REPOSITORY@$IMAGE_DIGEST"']);
    expect(SOURCE).not.toMatch(/:latest|force-new-deployment/);
  });

  it("production gets the bytes of staging and builds nothing", () => {
    expect(scriptsOf("Deploy Prod")).toContain(
      'skopeo copy --authfile auth.json --preserve-digests "docker://$STAGING_REPOSITORY@$IMAGE_DIGEST" "docker://$PROD_REPOSITORY:$IMAGE_TAG"',
    );
    expect(find(stage("Production").children, "unstash")).toEqual([]);
  });

  it("agents with rights in AWS run none of the application's code", () => {
    for (const name of ["Staging", "Production"]) {
      expect(scriptsOf(name)).not.toMatch(/\b(go|docker build|docker run|make)\b /);
      expect(find(stage(name).children, "dir")).toEqual([]);
    }
    expect(scriptsOf("Build")).not.toMatch(/\baws\b|skopeo|npm/);
  });
});

describe("rollback: a deployment that fails in any way is undone", () => {
  it.each([
    ["Staging", "Deploy Staging", "Smoke Tests", "staging.json"],
    ["Production", "Deploy Prod", "Smoke Tests Prod", "prod.json"],
  ])("%s", (group, deploy, smoke, record) => {
    expect(scriptsOf(deploy)).toContain(`--record ${record}`);
    expect(
      only(stage(group), "stages")
        .children.map(({ argument }) => argument)
        .slice(-2),
    ).toEqual([deploy, smoke]);
    const post = only(stage(group), "post");
    expect(scriptsIn([only(post, "unsuccessful")])).toEqual([
      `if [ -f ${record} ]; then npm run deploy:image -- --rollback ${record}; fi`,
    ]);
    expect(only(only(post, "always"), "archiveArtifacts").named.artifacts).toBe(record);
  });
});

describe("clean-up and notifications", () => {
  it("every agent leaves an empty folder behind, also after a failure", () => {
    for (const name of ["Build", "Staging", "Production"]) {
      const cleanup = only(only(stage(name), "post"), "cleanup");
      expect(cleanup.children.map((step) => step.name)).toEqual(["deleteDir"]);
    }
  });

  it("says what went out and what failed", () => {
    const mails = find(pipeline.children, "mail");
    expect(mails.map(({ named }) => named.to)).toEqual(["env.TASK_API_NOTIFY", "env.TASK_API_NOTIFY"]);
    expect(find(only(stage("Post Actions"), "steps").children, "mail")).toHaveLength(1);
    expect(find([only(only(pipeline, "post"), "unsuccessful")], "mail")).toHaveLength(1);
  });
});

describe("no secret is shown or kept", () => {
  it("passwords go from one program to the next", () => {
    for (const script of scripts) {
      for (const line of script.split("\n").filter((text) => text.includes("get-login-password"))) {
        expect(line).toMatch(
          /aws ecr get-login-password \| skopeo login --authfile auth\.json --username AWS --password-stdin "\$\w+"/,
        );
      }
    }
    expect(SOURCE.match(/get-login-password/g)).toHaveLength(2);
    expect(SOURCE).not.toMatch(/set -x|printenv|AWS_SECRET|AWS_ACCESS|AKIA|password:|withAWS|assume-role/i);
  });

  it("the credentials of the source are bound where it is fetched, and the fetch prints no address", () => {
    expect(find(pipeline.children, "withCredentials")).toHaveLength(1);
    expect(find(only(stage("Checkout"), "steps").children, "withCredentials")).toHaveLength(1);
  });

  it("names no account", () => expect(SOURCE).not.toMatch(/\d{12}/));
});

it("installs libraries without their scripts, which would run beside the rights of the job", () => {
  const installs = SOURCE.match(/npm ci.*/g)!;
  expect(installs.map((line) => line.replace("'", ""))).toEqual(Array(2).fill("npm ci --ignore-scripts"));
});
