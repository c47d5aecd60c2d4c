import { isObject, type JsonObject } from "./json";

/** A stack's synthesized `cdk.tf.json`. https://developer.hashicorp.com/terraform/language/syntax/json */
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
  /** Arguments by name. A reference is an expression such as `${aws_subnet.a.id}`. */
  readonly values: JsonObject;
}

/** The resources or data sources of a stack. The address of a data source starts with `data.`. */
export function resourcesOf(
  json: TerraformJson,
  section: "resource" | "data" = "resource",
): TerraformResource[] {
  const prefix = section === "data" ? "data." : "";
  return Object.entries(json[section] ?? {}).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, values]) => ({ address: `${prefix}${type}.${id}`, type, values })),
  );
}

/** The blocks of an argument as a list. cdktf writes a single block as an object or a list. */
export function blocks(value: unknown): JsonObject[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

/** Region of the stack's default provider, if set. */
export function regionOf({ provider }: TerraformJson): string | undefined {
  const own = provider?.aws?.find(({ alias }) => alias === undefined);
  return typeof own?.region === "string" ? own.region : undefined;
}

/** The construct's path below its stack, from the metadata that cdktf adds to each resource. */
export function constructPath({ "//": note }: JsonObject): string | undefined {
  const metadata = isObject(note) ? note.metadata : undefined;
  return isObject(metadata) && typeof metadata.path === "string"
    ? metadata.path.split("/").slice(1).join("/")
    : undefined;
}
