import type { Clients } from "../../../cleanup/aws/clients";
import { describeError } from "../../../cleanup/engine/classify";
import {
  taggedAsEphemeral,
  taggedNames,
  taggedWith,
  vpcsOf,
  type Tagged,
} from "../../../cleanup/resources/discovery";
import type { RegistryRecord } from "../../../contract/registry";
import type { Discovery, Scan } from "../core/ports";

export type StateScan = Pick<Scan, "state" | "stateVersion">;

const UNREADABLE: StateScan = { state: "unreadable" };

/**
 * Finds the parts of an environment before any handler lists: in its state, the tag index and its VPCs.
 *
 * @param stateOf reads the environment's Terraform state; throws when the state cannot serve as an inventory
 */
export function discovery(read: Clients, stateOf: (record: RegistryRecord) => Promise<StateScan>): Discovery {
  return {
    async scan(record) {
      const errors: string[] = [];
      const orElse = async <T>(what: string, run: () => Promise<T>, otherwise: T): Promise<T> => {
        try {
          return await run();
        } catch (error) {
          errors.push(`${what}: ${describeError(error)}`);
          return otherwise;
        }
      };
      const { environment } = record;
      const nothing: Tagged = { tagged: new Map(), unknownArns: [] };
      const [state, tagged] = await Promise.all([
        orElse("reading the Terraform state", () => stateOf(record), UNREADABLE),
        orElse("reading the tag index", () => taggedWith(read, record), nothing),
      ]);
      const ids = vpcIdsOf(record, state);
      const vpcs = await orElse("describing VPCs", () => vpcsOf(read, environment, ids), []);
      return { ...state, ...tagged, vpcs, errors };
    },

    names: () => taggedNames(read),
    tagged: (environment) => taggedAsEphemeral(read, environment),
  };
}

/** VPCs that the state or the record name. */
function vpcIdsOf({ vpcId }: RegistryRecord, { state }: StateScan): string[] {
  const inState = (state === "unreadable" ? [] : state).filter(
    ({ terraformType, mode }) => mode === "managed" && terraformType === "aws_vpc",
  );
  const ids = inState.flatMap((one) => one.ids.filter((id) => id.startsWith("vpc-")));
  return vpcId === undefined ? ids : [...ids, vpcId];
}
