import { parse } from "yaml";
import { read } from "./markdown";

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly "continue-on-error"?: unknown;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency?: unknown;
  readonly "timeout-minutes": number;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly matrix: Readonly<Record<string, readonly string[]>>;
    readonly "fail-fast"?: boolean;
  };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency: unknown;
  readonly defaults: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** A workflow of GitHub Actions, with what tests look up in it. */
export function readWorkflow(path: string) {
  const source = read(path);
  const workflow = parse(source) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const job = (name: string): Job => workflow.jobs[name]!;
  return {
    source,
    workflow,
    jobs,
    job,
    steps: jobs.flatMap(([, { steps }]) => steps),
    /** The only step of this name in a job; throws when there are none or several. */
    step: (inside: string, name: string): Step => {
      const found = job(inside).steps.filter((one) => one.name === name);
      if (found.length !== 1) throw new Error(`job ${inside}: ${found.length} steps "${name}", expected one`);
      return found[0]!;
    },
    /** All scripts of a job. */
    scriptsOf: (name: string): string =>
      job(name)
        .steps.flatMap(({ run }) => run ?? [])
        .join("\n"),
  };
}
