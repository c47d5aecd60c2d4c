import { existsSync } from "node:fs";
import { join } from "node:path";
import { read } from "../support/markdown";
import { synthesize } from "../support/golden";
import { prodEnvironment, stagingEnvironment } from "../support/environments";

/** What both pipelines call must exist, here and in the stacks. */

const PIPELINES = ["Jenkinsfile", ".github/workflows/task-api.yml"].map(
  (file) => [file, read(file)] as const,
);
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

describe.each(PIPELINES)("%s", (_, source) => {
  const calls = [...source.replaceAll(/\\\n\s*/g, "").matchAll(/npm run ([\w:]+) -- ([^;\n']*)/g)].map(
    ([, script, args]) => ({ script: script!, args: args! }),
  );

  it("calls only npm scripts that exist, with options that they take", () => {
    expect(calls.map(({ script }) => script)).toEqual([
      "deploy:image",
      "smoke",
      "deploy:image",
      "deploy:image",
      "smoke",
      "deploy:image",
    ]);
    for (const { script, args } of calls) {
      const file = /^tsx (\S+)$/.exec(scripts[script] ?? "")?.[1];
      expect([script, existsSync(join(__dirname, "..", "..", file ?? "none"))]).toEqual([script, true]);
      const known = [...read(file!).matchAll(/\.option\(\s*"(--[\w-]+)/g)].map(([, option]) => option!);
      const used = [...args.matchAll(/(?<=^|\s)--[\w-]+/g)].map(([option]) => option);
      expect(used.filter((option) => !known.includes(option))).toEqual([]);
    }
  });

  it("every npm call is one that this test reads", () =>
    expect(source.match(/\bnpm run\b/g)).toHaveLength(calls.length));

  it("checks exactly the address of the environment that it deployed", () =>
    expect(calls.filter(({ script }) => script === "smoke").map(({ args }) => args)).toEqual(
      source.includes("pipeline {")
        ? ['"$TASK_API_STAGING_URL"', '"$TASK_API_PROD_URL"']
        : ['"$URL"', '"$URL"'],
    ));
});

describe("names", () => {
  const stacks = synthesize([prodEnvironment, stagingEnvironment]);

  it.each(["staging", "prod"])(
    "of cluster, service and repository are those of task-api-%s",
    (environment) => {
      const { resource, output } = JSON.parse(stacks.get(`task-api-${environment}`)!) as {
        resource: Record<string, Record<string, { name: string; container_definitions?: string }>>;
        output: Record<string, unknown>;
      };
      const names = (type: string) => Object.values(resource[type]!).map(({ name }) => name);
      const [cluster, service, repository] = [`task-api-${environment}`, `task-api-${environment}-task-api`, `task-api-${environment}`]; // prettier-ignore
      expect([names("aws_ecs_cluster"), names("aws_ecs_service"), names("aws_ecr_repository")]).toEqual([
        [cluster],
        [service],
        [repository],
      ]);
      for (const [, source] of PIPELINES) {
        expect(source).toContain(`--cluster ${cluster} --service ${service} `);
        expect(source).toContain(`/${repository}`);
      }
      expect(Object.keys(output)).toEqual(expect.arrayContaining(["api_url", "repository_url"]));
    },
  );

  it("the pipeline deploys what Terraform leaves to it, and there is one container to give the image to", () => {
    for (const environment of ["staging", "prod"]) {
      const { resource } = JSON.parse(stacks.get(`task-api-${environment}`)!) as {
        resource: Record<string, Record<string, Record<string, unknown>>>;
      };
      const [service] = Object.values(resource.aws_ecs_service!);
      expect(service!.lifecycle).toEqual({ ignore_changes: ["desired_count", "task_definition"] });
      expect(service!.deployment_circuit_breaker).toEqual({ enable: true, rollback: true });
      const [task] = Object.values(resource.aws_ecs_task_definition!);
      expect(JSON.parse(task!.container_definitions as string)).toHaveLength(1);
    }
  });
});
