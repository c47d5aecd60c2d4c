import { blocks as blocksOf, resourcesOf, type TerraformJson } from "../../contract/terraform-json";

/** Reads a synthesized stack: its resources and their references. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Block = { readonly [key: string]: Json };

export interface Resource {
  /** Terraform address: `aws_vpc.networking_vpc_7065E1BC`; data sources start with `data.`. */
  readonly address: string;
  readonly type: string;
  /** Arguments; JSON in strings (policies, container definitions) is parsed. */
  readonly block: Block;
}

/** The attribute that names a type in ARNs and literals. */
const NAMED_BY: Readonly<Record<string, string>> = {
  aws_cloudwatch_log_group: "name",
  aws_dynamodb_table: "name",
  aws_ecr_repository: "name",
  aws_iam_role: "name",
  aws_lambda_function: "function_name",
  aws_s3_bucket: "bucket",
  aws_sns_topic: "name",
  aws_sqs_queue: "name",
};

/** The prefix of the name in the last part of an ARN, and the end of the name. */
const ARNS: readonly { readonly type: string; readonly pattern: RegExp }[] = [
  { type: "aws_cloudwatch_log_group", pattern: /^arn:[\w-]+:logs:[^:]*:[^:]*:log-group:([^:]+)/ },
  { type: "aws_dynamodb_table", pattern: /^arn:[\w-]+:dynamodb:[^:]*:[^:]*:table\/([^/]+)/ },
  { type: "aws_ecr_repository", pattern: /^arn:[\w-]+:ecr:[^:]*:[^:]*:repository\/(.+)/ },
  { type: "aws_iam_role", pattern: /^arn:[\w-]+:iam::[^:]*:role\/(.+)/ },
  { type: "aws_lambda_function", pattern: /^arn:[\w-]+:lambda:[^:]*:[^:]*:function:([^:]+)/ },
  { type: "aws_s3_bucket", pattern: /^arn:[\w-]+:s3:::([^/]+)/ },
  { type: "aws_sns_topic", pattern: /^arn:[\w-]+:sns:[^:]*:[^:]*:([^:]+)/ },
  { type: "aws_sqs_queue", pattern: /^arn:[\w-]+:sqs:[^:]*:[^:]*:([^:]+)/ },
];

const REFERENCE = /(?<![\w.])(?:data\.)?aws_[a-z0-9_]+\.[\w-]+/g;

export class Stack {
  public readonly resources: readonly Resource[];
  public readonly region: string | undefined;
  public readonly accountId: string | undefined;
  private readonly byAddress: ReadonlyMap<string, Resource>;
  private readonly byName: ReadonlyMap<string, Resource>;
  /** Region of each provider, by the name that resources use (`aws.backups`). */
  private readonly regions: ReadonlyMap<string, string>;

  /** @throws Error when the value is not a synthesized stack */
  constructor(synthesized: unknown) {
    const root = parsed(synthesized as Json);
    if (!isBlock(root) || (root.resource !== undefined && !isBlock(root.resource))) {
      throw new Error(
        `This is not a synthesized stack: ${JSON.stringify(synthesized)?.slice(0, 60)}. ` +
          "Pass the parsed cdk.tf.json of one stack, an object with the key `resource`.",
      );
    }
    this.resources = [...shown(root, "resource"), ...shown(root, "data")].sort((a, b) =>
      a.address < b.address ? -1 : 1,
    );
    this.byAddress = new Map(this.resources.map((resource) => [resource.address, resource]));
    this.byName = new Map(
      this.resources.flatMap((resource) => {
        const name = resource.block[NAMED_BY[resource.type] ?? ""];
        return typeof name === "string" ? [[`${resource.type} ${name}`, resource] as const] : [];
      }),
    );
    const providers = blocks(isBlock(root.provider) ? root.provider.aws : undefined);
    this.regions = new Map(
      providers.map(({ alias, region }) => [alias === undefined ? "aws" : `aws.${alias}`, text(region)]),
    );
    this.region = this.regions.get("aws");
    const [account] = strings(providers[0]?.allowed_account_ids ?? []);
    this.accountId = account;
  }

  ofType(...types: readonly string[]): Resource[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  /** Region of a resource with its own provider. */
  regionOf({ block }: Resource): string | undefined {
    return this.regions.get(typeof block.provider === "string" ? block.provider : "aws");
  }

  /** The stack's resource for a reference, an ARN or (with a type) a name. */
  resolve(value: Json | undefined, type = ""): Resource | undefined {
    if (typeof value !== "string") return undefined;
    const [reference] = value.match(REFERENCE) ?? [];
    if (reference !== undefined) return this.byAddress.get(reference);
    for (const arn of ARNS) {
      const name = arn.pattern.exec(value)?.[1];
      if (name !== undefined) return this.byName.get(`${arn.type} ${name}`);
    }
    return this.byName.get(`${type} ${value}`);
  }

  /** All resources that a value refers to, each once, in order of appearance. */
  referredBy(value: Json | undefined): Resource[] {
    const found = strings(value ?? null).flatMap((string) => string.match(REFERENCE) ?? []);
    return [...new Set(found)].flatMap((address) => this.byAddress.get(address) ?? []);
  }

  /** Resources whose arguments refer to this one; `depends_on` does not count. */
  referringTo(target: Resource): Resource[] {
    return this.resources.filter(({ block: { depends_on: _, ...block } }) =>
      this.referredBy(block as Json).includes(target),
    );
  }
}

/** Resources without cdktf's metadata; the types of data sources start with `data.` too. */
function shown(root: Block, section: "resource" | "data"): Resource[] {
  return resourcesOf(root as TerraformJson, section).map(
    ({ address, type, values: { "//": _, ...block } }) => ({
      address,
      type: section === "data" ? `data.${type}` : type,
      block: block as Block,
    }),
  );
}

function parsed(value: Json): Json {
  if (typeof value === "string") {
    if (!/^\s*[[{]/.test(value)) return value;
    try {
      return parsed(JSON.parse(value) as Json);
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.map(parsed);
  if (!isBlock(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, parsed(inner)]));
}

function isBlock(value: Json | undefined): value is Record<string, Json> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A nested block: Terraform JSON allows one object or a list of them. */
export const blocks = (value: Json | undefined): Block[] => blocksOf(value) as Block[];

/** The first nested block; empty if there is none. */
export function block(value: Json | undefined): Block {
  return blocks(value)[0] ?? {};
}

/** All strings inside a value. */
export function strings(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(strings);
}

/** A string or number as text; empty for anything else. */
export function text(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
