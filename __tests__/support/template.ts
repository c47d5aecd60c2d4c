import { App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Backend } from "cdktf";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Resource = Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any -- synthesized JSON has no type

interface Synthesized {
  readonly terraform: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly resource?: Record<string, Record<string, Resource>>;
  readonly data?: Record<string, Record<string, Resource>>;
  readonly output?: Record<string, Resource>;
  readonly provider?: Record<string, Resource[]>;
}

export interface Annotation {
  readonly level: string;
  readonly message: string;
  readonly path: string;
}

/**
 * A synthesized stack, read the way a reviewer reads it: exact counts and all resources, never "at least
 * one". Made by the production route (`app.synth()`), so aspects, validations and backends are part of it.
 */
export class Template {
  private constructor(
    public readonly json: Synthesized,
    public readonly annotations: readonly Annotation[],
  ) {}

  /** Synthesizes what `build` adds to an otherwise empty stack. */
  static of(build: (stack: TerraformStack) => void): Template {
    return Template.ofApp((app) => {
      const stack = new TerraformStack(app, "test");
      new AwsProvider(stack, "aws", { region: "us-east-1" });
      new S3Backend(stack, { bucket: "state", key: "test", region: "us-east-1" });
      build(stack);
      return stack;
    });
  }

  /** Synthesizes the stack that `build` adds to an app. Errors by annotation do not throw: read them here. */
  static ofApp(build: (app: App) => TerraformStack): Template {
    const outdir = mkdtempSync(join(tmpdir(), "template-"));
    try {
      const app = new App({ outdir, stackTraces: false });
      const stack = build(app);
      const variable = "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS";
      process.env[variable] = "true";
      try {
        app.synth();
      } finally {
        delete process.env[variable];
      }
      const json = JSON.parse(
        readFileSync(join(outdir, "stacks", stack.node.id, "cdk.tf.json"), "utf8"),
      ) as Synthesized;
      const annotations = (stack as Construct).node.findAll().flatMap((node) =>
        node.node.metadata
          .filter(({ type }) => type.startsWith("@cdktf/"))
          .map(({ type, data }) => ({
            level: type.replace("@cdktf/", ""),
            message: String(data),
            path: node.node.path,
          })),
      );
      return new Template(json, annotations);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  /** All resources of a type, by logical id. */
  byId(type: string): Readonly<Record<string, Resource>> {
    return this.json.resource?.[type] ?? {};
  }

  /** All resources of a type, in the order of their logical ids. */
  all(type: string): readonly Resource[] {
    return Object.entries(this.byId(type))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, resource]) => resource);
  }

  /** The only resource of a type; throws when there are none or several. */
  sole(type: string): Resource {
    const found = this.all(type);
    if (found.length !== 1)
      throw new Error(`expected exactly one ${type}, found ${found.length}: ${Object.keys(this.byId(type))}`);
    return found[0]!;
  }

  /** Number of resources per type, sorted by type: compare it whole. */
  counts(): Readonly<Record<string, number>> {
    const resources = Object.entries(this.json.resource ?? {});
    return Object.fromEntries(
      resources
        .map(([type, byId]) => [type, Object.keys(byId).length] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  /** Sorted Terraform addresses of all resources. */
  addresses(): readonly string[] {
    return Object.entries(this.json.resource ?? {})
      .flatMap(([type, byId]) => Object.keys(byId).map((id) => `${type}.${id}`))
      .sort();
  }

  errors(): readonly string[] {
    return this.annotations.filter(({ level }) => level === "error").map(({ message }) => message);
  }

  warnings(): readonly string[] {
    return this.annotations.filter(({ level }) => level === "warn").map(({ message }) => message);
  }
}
