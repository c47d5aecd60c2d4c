import { isObject, type JsonObject } from "../../contract/json";
import { UserError } from "../../contract/user-error";

/**
 * The output of `terraform show -json <plan file>`, limited to what this project reads.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
export interface TerraformPlan {
  readonly format_version: string;
  readonly terraform_version?: string;
  /** Every resource in the configuration and the state, including unchanged ones. */
  readonly resource_changes?: readonly ResourceChange[];
  /** What was changed outside of Terraform. */
  readonly resource_drift?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, Change>>;
  readonly prior_state?: { readonly values?: StateValues };
  readonly planned_values?: StateValues;
  readonly variables?: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly configuration?: {
    readonly provider_config?: Readonly<Record<string, { readonly expressions?: JsonObject }>>;
    readonly root_module?: {
      readonly variables?: Readonly<Record<string, { readonly sensitive?: boolean }>>;
      readonly resources?: readonly { readonly address: string; readonly expressions?: JsonObject }[];
    };
  };
  /** Results of `check` blocks and conditions. Since Terraform 1.5. */
  readonly checks?: readonly {
    readonly address?: { readonly to_display?: string };
    readonly status?: string;
    readonly instances?: readonly { readonly problems?: readonly { readonly message?: string }[] }[];
  }[];
  /** Planning ended with an error, so the plan is incomplete. */
  readonly errored?: boolean;
  /** False with `-target`, or if a change was deferred. Absent before Terraform 1.8. */
  readonly complete?: boolean;
  /** Whether `terraform apply` would do anything. */
  readonly applyable?: boolean;
  readonly timestamp?: string;
}

export interface ResourceChange {
  readonly address: string;
  /** Set if the resource was moved. */
  readonly previous_address?: string;
  readonly mode: "managed" | "data" | (string & {});
  readonly type: string;
  readonly name: string;
  /** Set for an object that an earlier apply left behind. */
  readonly deposed?: string;
  readonly change: Change & {
    /** The id, or since Terraform 1.12 an identity. */
    readonly importing?: { readonly id?: string; readonly identity?: unknown };
    /** Paths of the attributes that force a replacement. */
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
  readonly action_reason?: string;
}

export interface Change {
  readonly actions: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  /** `true` if the value is known after apply; containers hold the marks of their members. */
  readonly after_unknown?: unknown;
  /** `true` if the value is sensitive, including all values inside. */
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
}

export interface StateValues {
  readonly root_module?: StateModule;
}

export interface StateModule {
  readonly resources?: readonly StateResource[];
  readonly child_modules?: readonly StateModule[];
}

export interface StateResource {
  readonly address: string;
  readonly mode?: ResourceChange["mode"];
  readonly type: string;
  readonly values?: JsonObject;
  readonly sensitive_values?: unknown;
}

/** Reads the output of `terraform show -json <plan file>`. Throws a `UserError` if it is something else. */
export function readPlan(text: string): TerraformPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const found = /^PK/.test(text)
      ? "a binary plan file"
      : text.trim() === ""
        ? "nothing"
        : "text that is no JSON";
    throw notAPlan(found);
  }
  if (!isObject(value))
    throw notAPlan(`JSON that is ${Array.isArray(value) ? "a list" : `a ${typeof value}`}`);
  const version = value.format_version;
  if (typeof version !== "string") throw notAPlan("a JSON object without format_version");
  if (!/^1\.\d+$/.test(version)) {
    throw new UserError(
      `The plan has format_version ${JSON.stringify(version)}. This command reads 1.x (Terraform 1.1 and newer). ` +
        `Make the plan with a Terraform that writes 1.x.`,
    );
  }
  if (!("resource_changes" in value) && !("output_changes" in value) && !("planned_values" in value)) {
    throw notAPlan("a state or a configuration: it has neither resource_changes nor planned_values");
  }
  return withoutNulls(value);
}

/** A null member means the same as a missing one, except in the values before and after. */
function withoutNulls(plan: Readonly<Record<string, unknown>>): TerraformPlan {
  const changes = (value: unknown) =>
    Array.isArray(value)
      ? value.filter(isObject).map((each) => ({ ...known(each), change: knownChange(each.change) }))
      : undefined;
  const outputs = isObject(plan.output_changes)
    ? Object.fromEntries(
        Object.entries(plan.output_changes).map(([name, change]) => [name, knownChange(change)]),
      )
    : undefined;
  return known({
    ...plan,
    resource_changes: changes(plan.resource_changes),
    resource_drift: changes(plan.resource_drift),
    output_changes: outputs,
  }) as unknown as TerraformPlan;
}

function knownChange(change: unknown): Record<string, unknown> {
  const { before, after, ...rest } = isObject(change) ? change : {};
  return { actions: [], ...known(rest), before, after };
}

function known(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}

/** An address without its instance, and the key of the instance: `["a"]` of for_each, `[0]` of count. */
export function splitAddress(address: string): { readonly resource: string; readonly key: string } {
  const [, resource = address, key = ""] = /^((?:data\.)?[\w-]+\.[\w-]+)(\[.*\])$/s.exec(address) ?? [];
  return { resource, key };
}

function notAPlan(found: string): UserError {
  return new UserError(
    `This is not a plan in JSON but ${found}. Expected is what "terraform show -json <plan file>" prints.`,
  );
}
