import { GetObjectCommand } from "@aws-sdk/client-s3";
import { stateBucketName, stateKey } from "../../contract/names";
import { UserError } from "../../contract/user-error";
import type { Place } from "../../environments/schema/stacks";
import { createClients } from "../aws/clients";
import type { Output } from "../terraform/terraform";
import type { Workspace } from "../workspace";
import { explainTerraformText } from "./terraform-faults";

/** What this project reads of a state. */
export interface State {
  readonly lineage: string;
  readonly serial: number;
  /** Of every resource, as `terraform state list` prints them; sorted. */
  readonly addresses: readonly string[];
  readonly outputs: Readonly<Record<string, Output>>;
  readonly writtenAt?: Date;
}

/**
 * Reads the state of a stack from its bucket, which takes a tenth of the time of `terraform state pull`.
 *
 * @returns `undefined` if the stack was never applied
 * @throws UserError when the bucket does not exist or the object is not a state
 */
export async function readState(
  { clientConfig }: Pick<Workspace, "clientConfig">,
  target: Place & { readonly id: string; readonly system: string; readonly environment: string },
): Promise<State | undefined> {
  const { accountId, region, system, environment } = target;
  const object = { Bucket: stateBucketName(accountId, region), Key: stateKey(system, environment) };
  const { s3 } = await createClients(clientConfig(region), "s3");
  const answer = await s3.send(new GetObjectCommand(object)).catch((error: Error) => {
    if (error.name === "NoSuchKey") return undefined;
    throw explainTerraformText(error.name, target) ?? error;
  });
  // Terraform treats an empty object as no state.
  const text = await answer?.Body?.transformToString();
  if (!text?.trim()) return undefined;
  try {
    return { ...parseState(text), writtenAt: answer?.LastModified };
  } catch (error) {
    const place = `s3://${object.Bucket}/${object.Key}`;
    throw new UserError(`The state of ${target.id}, ${place}, cannot be read: ${(error as Error).message}`);
  }
}

interface StateFile {
  readonly lineage: string;
  readonly serial: number;
  readonly outputs?: Readonly<Record<string, { readonly value: unknown; readonly sensitive?: boolean }>>;
  readonly resources?: readonly {
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly index_key?: string | number }[];
  }[];
}

/** @param text JSON of version 4: https://developer.hashicorp.com/terraform/language/state */
export function parseState(text: string): State {
  const { lineage, serial, outputs = {}, resources = [] } = JSON.parse(text) as StateFile;
  return {
    lineage,
    serial,
    addresses: resources
      .flatMap(({ mode, type, name, instances }) =>
        instances.map(({ index_key: key }) => {
          const address = `${mode === "data" ? "data." : ""}${type}.${name}`;
          return key === undefined ? address : `${address}[${JSON.stringify(key)}]`;
        }),
      )
      .sort(),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, { value, sensitive = false }]) => [name, { value, sensitive }]),
    ),
  };
}
