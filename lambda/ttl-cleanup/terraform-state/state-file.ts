import { createHash } from "node:crypto";

/**
 * Terraform's state as an inventory. Source of the format:
 * https://github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go
 *
 * States contain secrets in clear text. Only the attributes named here leave the parser.
 */
const KEPT_ATTRIBUTES = ["id", "arn", "service_namespace", "table_name"] as const;

/** One object of the state: an instance of a resource, including deposed ones. */
export interface StateInstance {
  /** Terraform address, for example `module.a.aws_vpc.main[0]`. */
  readonly address: string;
  /** `managed` belongs to the stack; `data` was only read, so it belongs to someone else. */
  readonly mode: "managed" | "data";
  /** Terraform type, for example `aws_nat_gateway`. */
  readonly type: string;
  /** Provider's resource source, for example `registry.terraform.io/hashicorp/aws`. */
  readonly provider: string;
  /** Left over from a replacement that did not finish. */
  readonly deposed: boolean;
  /** Identifying attributes only, as strings. */
  readonly attributes: Readonly<Partial<Record<(typeof KEPT_ATTRIBUTES)[number], string>>>;
}

export interface StateFile {
  readonly terraformVersion: string;
  readonly serial: number;
  readonly lineage: string;
  readonly instances: readonly StateInstance[];
  /** True if neither resources nor outputs are left, as after `terraform destroy`. */
  readonly empty: boolean;
}

/** A state that cannot serve as an inventory. The message never quotes the state. */
export class StateFormatError extends Error {
  public override readonly name = "StateFormatError";
}

/** Reads a state of version 4; throws {@link StateFormatError} on anything else. */
export function parseState(bytes: Uint8Array): StateFile {
  const state = asRecord(parseJson(bytes), "the state");
  if ("encrypted_data" in state) {
    throw new StateFormatError("the state is encrypted (OpenTofu), so the reaper cannot read what is in it");
  }
  if (typeof state.version === "number" && state.version > 4) {
    throw new StateFormatError(
      `the state has version ${state.version}, which is newer than version 4, the newest that this reaper reads`,
    );
  }
  if (state.version !== 4) throw new StateFormatError("the state is not of version 4; upgrade Terraform");
  const serial = state.serial;
  if (typeof serial !== "number" || !Number.isSafeInteger(serial + 1) || serial < 0) {
    throw new StateFormatError("the state's serial is not a whole number that can be counted up");
  }
  const lineage = text(state.lineage, "lineage");
  const resources = list(state.resources, "resources");
  const outputs = Object.keys(asRecord(state.outputs ?? {}, "outputs"));
  return {
    terraformVersion: text(state.terraform_version, "terraform_version"),
    serial,
    lineage,
    instances: resources.flatMap((resource) => instancesOf(asRecord(resource, "a resource"))),
    empty: resources.length === 0 && outputs.length === 0,
  };
}

/**
 * The bytes that replace a state whose resources are all deleted: serial + 1 and the same lineage, so that saved plans
 * are refused and the next deployment creates everything.
 */
export function emptiedState({ terraformVersion, serial, lineage }: StateFile): Buffer {
  const state = {
    version: 4,
    terraform_version: terraformVersion,
    serial: serial + 1,
    lineage,
    outputs: {},
    resources: [],
    check_results: null,
  };
  return Buffer.from(`${JSON.stringify(state, null, 2)}\n`);
}

/** Digest of a state, as Terraform keeps it in the lock table: MD5 of the bytes in hex. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

function instancesOf(resource: Record<string, unknown>): StateInstance[] {
  const { mode } = resource;
  if (mode !== "managed" && mode !== "data") {
    throw new StateFormatError("a resource of the state is neither managed nor a data source");
  }
  const type = text(resource.type, "type of a resource");
  const name = text(resource.name, `name of a ${type}`);
  const path = [resource.module, mode === "data" ? "data" : undefined, type, name];
  const address = path.filter((part) => part !== undefined).join(".");
  return list(resource.instances, `instances of ${address}`).map((entry) => {
    const instance = asRecord(entry, `an instance of ${address}`);
    return {
      address: address + indexOf(instance.index_key),
      mode,
      type,
      provider: /\["([^"]+)"\]/.exec(String(resource.provider))?.[1] ?? "",
      deposed: typeof instance.deposed === "string" && instance.deposed !== "",
      attributes: identifying(instance),
    };
  });
}

function indexOf(key: unknown): string {
  return key === undefined || key === null ? "" : `[${JSON.stringify(key)}]`;
}

function identifying(instance: Record<string, unknown>): StateInstance["attributes"] {
  const attributes = (instance.attributes ?? instance.attributes_flat ?? {}) as Record<string, unknown>;
  const kept = KEPT_ATTRIBUTES.flatMap((key) => {
    const value = attributes[key];
    return typeof value === "string" && value !== "" ? [[key, value] as const] : [];
  });
  return Object.fromEntries(kept);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    throw new StateFormatError("the state is not JSON"); // the parser's own message quotes the text
  }
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new StateFormatError(`${what} is not an object`);
  }
  return value as Record<string, unknown>;
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new StateFormatError(`${what}: not a list`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string" || value === "") throw new StateFormatError(`${what}: missing`);
  return value;
}
