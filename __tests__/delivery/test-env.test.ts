import { spawnSync } from "node:child_process";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { bootstrap } from "../../environments/bootstrap";
import { validateBootstrap } from "../../environments/schema/bootstrap-fields";
import { readWorkflow } from "../support/github-workflow";
import { find, misplaced, only, parseJenkinsfile, readPipeline, scriptsIn } from "../support/jenkinsfile";
import { read } from "../support/markdown";
import { runScript } from "../support/shell-fakes";

/** A field that is misspelled or missing in one of these files takes a protection away without an error. */

const documents = (path: string) =>
  parseAllDocuments(read(path)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });
const metadata = z.strictObject({
  name: z.string().optional(),
  namespace: z.literal("jenkins").optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

describe("EKS", () => {
  it("the service account has the role of the pipeline, and no token for the Kubernetes API", () => {
    const [namespace, account] = documents("delivery/eks/service-account.yaml");
    z.strictObject({ apiVersion: z.literal("v1"), kind: z.literal("Namespace"), metadata }).parse(namespace);
    expect(namespace).toMatchObject({
      metadata: { name: "jenkins", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    expect(account).toEqual({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: {
        name: "test-env",
        namespace: "jenkins",
        annotations: {
          "eks.amazonaws.com/role-arn":
            "arn:aws:iam::123456789012:role/automock-bootstrap-us-east-1-test-env-orders",
          "eks.amazonaws.com/sts-regional-endpoints": "true",
          "eks.amazonaws.com/token-expiration": "3600",
        },
      },
      automountServiceAccountToken: false,
    });
  });

  const container = z.strictObject({
    name: z.string(),
    image: z.string().regex(/@sha256:[0-9a-f]{64}$/),
    command: z.array(z.string()).optional(),
    env: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
    securityContext: z.strictObject({
      allowPrivilegeEscalation: z.literal(false),
      readOnlyRootFilesystem: z.literal(true),
      capabilities: z.strictObject({ drop: z.tuple([z.literal("ALL")]) }),
    }),
    resources: z.strictObject({
      requests: z.strictObject({ cpu: z.string(), memory: z.string() }),
      limits: z.strictObject({ cpu: z.string(), memory: z.string() }),
    }),
    volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string() })),
  });
  const pod = z.strictObject({
    apiVersion: z.literal("v1"),
    kind: z.literal("Pod"),
    metadata,
    spec: z.strictObject({
      serviceAccountName: z.literal("test-env"),
      automountServiceAccountToken: z.literal(false),
      enableServiceLinks: z.literal(false),
      restartPolicy: z.literal("Never"),
      activeDeadlineSeconds: z.int(),
      terminationGracePeriodSeconds: z.int().min(60),
      securityContext: z.strictObject({
        runAsNonRoot: z.literal(true),
        runAsUser: z.int().min(1),
        runAsGroup: z.int().min(1),
        fsGroup: z.int(),
        seccompProfile: z.strictObject({ type: z.literal("RuntimeDefault") }),
      }),
      containers: z.array(container),
      volumes: z.array(
        z.strictObject({ name: z.string(), emptyDir: z.strictObject({ sizeLimit: z.string() }) }),
      ),
    }),
  });

  it("the agent runs without root, privileges and a writable system, in images with digests, within limits", () => {
    const { spec } = pod.parse(documents("delivery/eks/agent-pod.yaml")[0]);
    expect(spec.containers.map(({ name, resources }) => [name, resources.limits])).toEqual([
      ["jnlp", { cpu: "500m", memory: "512Mi" }],
      ["tools", { cpu: "1", memory: "2Gi" }],
    ]);
    const volumes = spec.volumes.map(({ name }) => name).sort();
    for (const { volumeMounts } of spec.containers)
      expect(volumeMounts.map(({ name }) => name).sort()).toEqual(volumes);
  });

  const port = z.strictObject({ protocol: z.enum(["TCP", "UDP"]), port: z.int() });
  const selector = z.strictObject({ matchLabels: z.record(z.string(), z.string()) });
  const networkPolicy = z.strictObject({
    apiVersion: z.literal("networking.k8s.io/v1"),
    kind: z.literal("NetworkPolicy"),
    metadata,
    spec: z.strictObject({
      podSelector: selector,
      policyTypes: z.tuple([z.literal("Ingress"), z.literal("Egress")]),
      ingress: z.tuple([]),
      egress: z.array(
        z.strictObject({
          to: z.array(
            z.strictObject({
              namespaceSelector: selector.optional(),
              podSelector: selector.optional(),
              ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()) }).optional(),
            }),
          ),
          ports: z.array(port),
        }),
      ),
    }),
  });

  it("the agent receives nothing, and reaches name servers, its controller and HTTPS, but not the instance's metadata", () => {
    const { spec } = networkPolicy.parse(documents("delivery/eks/network-policy.yaml")[0]);
    const agent = pod.parse(documents("delivery/eks/agent-pod.yaml")[0]);
    expect(agent.metadata.labels).toMatchObject(spec.podSelector.matchLabels);
    expect(spec.egress.map(({ ports }) => ports.map(({ port: one }) => one))).toEqual([
      [53, 53],
      [8080, 50000],
      [443],
    ]);
    expect(spec.egress[2]!.to).toEqual([{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.169.254/32"] } }]);
  });

  it("with Cilium, HTTPS goes to names only", () => {
    const [policy] = documents("delivery/eks/network-policy.cilium.yaml") as {
      readonly spec: { readonly egress: readonly Readonly<Record<string, unknown>>[] };
    }[];
    expect(policy!.spec.egress.map((rule) => Object.keys(rule))).toEqual([
      ["toEndpoints", "toPorts"],
      ["toFQDNs", "toPorts"],
    ]);
  });
});

describe("Jenkins", () => {
  const STEP = "delivery/jenkins/vars/testEnvironment.groovy";

  async function script(): Promise<string> {
    const { errors, statements } = await parseJenkinsfile(read(STEP));
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    const text = /script: '''\n([\s\S]*?)'''/.exec(read(STEP))![1]!;
    return text;
  }

  it("the step is Groovy, and its script is one that sh can read", async () => {
    expect(spawnSync("sh", ["-n"], { input: await script() }).status).toBe(0);
  });

  const RUN = "npx automock --json test-env run orders --key k";
  it.each<[string, Readonly<Record<string, string>>, string[]]>([
    ["the command of the file", {}, RUN.split(" ")],
    ["a time to live", { TEST_ENV_TTL: "45m" }, [...RUN.split(" "), "--ttl", "45m"]],
    [
      "a command with quotes and a pipe",
      { TEST_ENV_COMMAND: `pytest -k "a b" | tee log` },
      [...RUN.split(" "), "--", "sh", "-c", 'pytest -k "a b" | tee log'],
    ],
  ])("runs %s, and keeps the report and the exit code", async (_, env, expected) => {
    const { calls, status, file } = runScript(await script(), {
      shell: "sh",
      env: { TEST_ENV_SPEC: "orders", TEST_ENV_KEY: "k", ...env },
      fakes: { npx: "echo '{}'; exit 3" },
    });
    expect(calls).toEqual([expected]);
    expect([status, file("test-env.json")]).toEqual([3, "{}\n"]);
  });

  it("the step names every exit code of the command", () => {
    for (const code of [1, 2, 3, 4]) expect(read(STEP)).toContain(`code == ${code})`);
  });

  it("the sample is a declarative pipeline that ends in time", async () => {
    const pipeline = await readPipeline("delivery/jenkins/Jenkinsfile.test-env");
    expect(
      misplaced(pipeline, {
        pipeline: ["libraries", "agent", "options", "stages"],
        libraries: ["lib"],
        agent: ["kubernetes"],
        kubernetes: ["yamlFile", "defaultContainer"],
        options: ["timeout", "buildDiscarder", "timestamps"],
        stages: ["stage"],
        stage: ["steps"],
        steps: ["sh", "testEnvironment"],
        testEnvironment: ["="],
      }),
    ).toEqual([]);
    expect(find(pipeline.children, "yamlFile")[0]!.argument).toBe("delivery/eks/agent-pod.yaml");
    expect(only(only(pipeline, "options"), "timeout").named).toMatchObject({ time: "40", unit: "'MINUTES'".slice(1, -1) }); // prettier-ignore
    expect(scriptsIn(pipeline.children)).toEqual(["npm ci --ignore-scripts"]);
  });
});

describe("GitHub", () => {
  const { workflow, job, step, source } = readWorkflow("delivery/github/test-env.yml");

  it("only the job gets a token for AWS, not for forks, and a newer commit interrupts it", () => {
    expect(workflow.permissions).toEqual({});
    expect(job("integration")).toMatchObject({
      if: "github.event.pull_request.head.repo.full_name == github.repository",
      environment: "test",
      permissions: { contents: "read", "id-token": "write" },
      "timeout-minutes": 40,
    });
    expect(workflow.concurrency).toMatchObject({ "cancel-in-progress": true });
    const uses = source.match(/uses: \S+/g)!;
    expect(uses).toHaveLength(5);
    for (const one of uses) expect(one).toMatch(/@[0-9a-f]{40}$/);
  });

  it("runs the spec, and keeps the report and the exit code", () => {
    const { calls, status, file } = runScript(step("integration", "Test").run!, {
      env: { GITHUB_RUN_ID: "7", GITHUB_RUN_ATTEMPT: "2", GITHUB_JOB: "integration" },
      fakes: { npx: "echo '{}'; exit 1" },
    });
    expect(calls).toEqual(["npx automock --json test-env run orders --key 7-2-integration".split(" ")]);
    expect([status, file("test-env.json")]).toEqual([1, "{}\n"]);
  });
});

describe("environments/bootstrap.ts", () => {
  const trust = { kind: "gitHub", repository: "acme/orders", environment: "test" };
  const faultsOf = (pipelines: object) =>
    validateBootstrap("environments/bootstrap.ts", { ...bootstrap, testEnvironments: { pipelines } }).faults;

  it("gives a pipeline a role", () => expect(faultsOf({ orders: { trust, spec: "orders" } })).toEqual([]));

  it("takes the pipelines that docs/test-environments.md shows", () => {
    const [, shown] = /```ts\n(testEnvironments: \{[^]*?)```/.exec(read("docs/test-environments.md"))!;
    const { testEnvironments } = new Function(`return { ${shown} }`)() as {
      testEnvironments: { pipelines: object };
    };
    expect(Object.keys(testEnvironments.pipelines)).toEqual(["orders", "orders-github", "orders-jenkins"]);
    expect(faultsOf(testEnvironments.pipelines)).toEqual([]);
  });

  it("reports every fault of a pipeline", () =>
    expect(
      faultsOf({
        a: { trust: { kind: "gitHub" }, spec: "Orders" },
        b: { trust, spec: "a-name-that-is-too-long" },
        c_d: { trust, spec: "orders" },
        e: { trust, specs: ["orders"] },
      }).map(({ where }) => where),
    ).toEqual([
      "environments/bootstrap.ts: testEnvironments.pipelines.a.trust.repository",
      "environments/bootstrap.ts: testEnvironments.pipelines.a.trust.environment",
      "environments/bootstrap.ts: testEnvironments.pipelines.a.spec",
      "environments/bootstrap.ts: testEnvironments.pipelines.b.spec",
      "environments/bootstrap.ts: testEnvironments.pipelines.c_d",
      "environments/bootstrap.ts: testEnvironments.pipelines.e.spec",
      "environments/bootstrap.ts: testEnvironments.pipelines.e",
    ]));
});
