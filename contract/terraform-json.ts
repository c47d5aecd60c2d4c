import { isObject, type JsonObject } from "./json";

/** What cdktf writes for a stack, `cdk.tf.json`. https://developer.hashicorp.com/terraform/language/syntax/json */
export interface TerraformJson {
  readonly resource?: ByType;
  readonly data?: ByType;
  readonly provider?: Readonly<Record<string, readonly JsonObject[]>>;
}

type ByType = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** A resource with its address. */
export interface TerraformResource {
  /** For example `aws_nat_gateway.networking_a_nat-gateway_2775A9E1`. */
  readonly address: string;
  readonly type: string;
  /**
   * Arguments by their name. What refers to another resource holds an expression with its address,
   * `${aws_subnet.a.id}`.
   */
  readonly values: JsonObject;
}

/** The resources of a stack; data sources have `data.` before their address. */
export function resourcesOf(
  json: TerraformJson,
  section: "resource" | "data" = "resource",
): TerraformResource[] {
  const prefix = section === "data" ? "data." : "";
  return Object.entries(json[section] ?? {}).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, values]) => ({ address: `${prefix}${type}.${id}`, type, values })),
  );
}

/** A block or the blocks of an argument: cdktf writes one as an object or a list, a plan always as a list. */
export function blocks(value: unknown): JsonObject[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

/** Region of the stack's own provider; `undefined` if it names none. */
export function regionOf({ provider }: TerraformJson): string | undefined {
  const own = provider?.aws?.find(({ alias }) => alias === undefined);
  return typeof own?.region === "string" ? own.region : undefined;
}

/** The construct's path below its stack, which cdktf leaves in each resource. */
export function constructPath({ "//": note }: JsonObject): string | undefined {
  const metadata = isObject(note) ? note.metadata : undefined;
  return isObject(metadata) && typeof metadata.path === "string"
    ? metadata.path.split("/").slice(1).join("/")
    : undefined;
}
