import type { Clients } from "../../../cleanup/aws/clients";
import { describeError } from "../../../cleanup/engine/classify";
import {
  taggedAsEphemeral,
  taggedNames,
  taggedWith,
  vpcsOf,
  type Tagged,
} from "../../../cleanup/resources/discovery";
import { journalLeads, mergedHints, type JournalLeads } from "../../../cleanup/journal";
import { isTest, type RegistryRecord, type StackRecord } from "../../../contract/registry";
import type { JournalEntry } from "../../../contract/test-run";
import type { Discovery, Scan } from "../core/ports";

export type StateScan = Pick<Scan, "state" | "stateVersion">;

/** What the records outside of AWS say: the Terraform state of a stack, the journal of a test run. */
export interface Inventories {
  /** Throws when the state cannot serve as an inventory. */
  stateOf(record: StackRecord): Promise<StateScan>;
  journalOf(run: string): Promise<readonly JournalEntry[]>;
}

const UNREADABLE: StateScan = { state: "unreadable" };
const NO_STATE: StateScan = { state: [] };
const NO_JOURNAL: JournalLeads = { claims: [], hints: new Map() };

/** Finds the parts of an environment before any handler lists: in its state or journal, the tag index and its VPCs. */
export function discovery(read: Clients, { stateOf, journalOf }: Inventories): Discovery {
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
      const [state, journal, { tagged, unknownArns }] = await Promise.all([
        isTest(record) ? NO_STATE : orElse("reading the Terraform state", () => stateOf(record), UNREADABLE),
        isTest(record)
          ? orElse(
              "reading the journal",
              async () => journalLeads({ ...record, run: environment }, await journalOf(environment)),
              NO_JOURNAL,
            )
          : NO_JOURNAL,
        orElse("reading the tag index", () => taggedWith(read, record), nothing),
      ]);
      const ids = vpcIdsOf(record, state);
      const vpcs = await orElse("describing VPCs", () => vpcsOf(read, environment, ids), []);
      const { claims, hints } = journal;
      return { ...state, claims, tagged: mergedHints(tagged, hints), unknownArns, vpcs, errors };
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
