import {
  GetResourcesCommand,
  type ResourceTagMapping,
  type TagFilter,
} from "@aws-sdk/client-resource-groups-tagging-api";
import type { RegistryRecord } from "../../../contract/registry";
import { TAG } from "../../../contract/tags";
import { describeError } from "../core/classify";
import type { Discovery, Found, Scan } from "../core/ports";
import { parseState } from "../terraform-state/state-file";
import { readState } from "../terraform-state/store";
import { hintTypes, typeOfArn } from "./arns";
import type { Clients } from "./clients";
import { vpcType } from "./handlers/ec2-network";
import { allPages } from "./pages";
import { stateResource } from "./terraform-types";

/** What an environment consists of, before any handler lists: from its state, the tag index and its VPCs. */
export function discovery(read: Clients): Discovery {
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
      const [{ state, stateVersion }, arns] = await Promise.all([
        orElse("reading the Terraform state", () => stateOf(read, record), UNREADABLE),
        orElse("reading the tag index", () => taggedWith(read, record.environment), []),
      ]);
      const { tagged, unknownArns } = byType(arns);
      const vpcs = await orElse("describing VPCs", () => vpcsOf(read, record, state), []);
      return { state, stateVersion, tagged, unknownArns, vpcs, errors };
    },

    async tagged() {
      const byEnvironment = new Map<string, string[]>();
      for (const { ResourceARN, Tags } of await resources(read, [{ Key: TAG.ephemeral, Values: ["true"] }])) {
        const environment = Tags?.find(({ Key }) => Key === TAG.environment)?.Value;
        if (environment === undefined || ResourceARN === undefined) continue;
        byEnvironment.set(environment, [...(byEnvironment.get(environment) ?? []), ResourceARN]);
      }
      return byEnvironment;
    },
  };
}

type StateScan = Pick<Scan, "state" | "stateVersion">;

const UNREADABLE: StateScan = { state: "unreadable" };

async function stateOf(read: Clients, record: RegistryRecord): Promise<StateScan> {
  const object = await readState(read, record.stateRef);
  if (!object) return { state: [] };
  const { instances } = parseState(object.bytes);
  return { state: instances.map((one) => stateResource(one, record)), stateVersion: object.etag };
}

async function taggedWith(read: Clients, environment: string): Promise<readonly string[]> {
  const all = await resources(read, [{ Key: TAG.environment, Values: [environment] }]);
  return all.flatMap(({ ResourceARN }) => ResourceARN ?? []);
}

/** The tag index knows no IAM roles, and still knows some of what is gone. */
function resources(read: Clients, TagFilters: TagFilter[]): Promise<ResourceTagMapping[]> {
  return allPages(async (PaginationToken) => {
    const page = await read.tagging.send(
      new GetResourcesCommand({ TagFilters, ResourcesPerPage: 100, PaginationToken }),
    );
    return { items: page.ResourceTagMappingList, next: page.PaginationToken };
  });
}

function byType(arns: readonly string[]): Pick<Scan, "tagged" | "unknownArns"> {
  const tagged = new Map<string, string[]>();
  const unknownArns: string[] = [];
  for (const arn of arns) {
    const type = typeOfArn(arn);
    if (type === undefined) unknownArns.push(arn);
    else if (type !== "part") {
      for (const hint of hintTypes(type)) tagged.set(hint, [...(tagged.get(hint) ?? []), arn]);
    }
  }
  return { tagged, unknownArns };
}

/** VPCs that the state, the tags or the record name, as AWS describes them now. */
async function vpcsOf(read: Clients, record: RegistryRecord, state: Scan["state"]): Promise<Found[]> {
  const spec = vpcType(read);
  const inState =
    state === "unreadable"
      ? []
      : state.filter(({ terraformType, mode }) => mode === "managed" && terraformType === "aws_vpc");
  const ids = [
    ...inState.flatMap(({ ids }) => ids.filter((id) => id.startsWith("vpc-"))),
    record.vpcId ?? "",
  ];
  const filters = [
    { Name: `tag:${TAG.environment}`, Values: [record.environment] },
    { Name: spec.idFilter, Values: [...new Set(ids)].filter((id) => id !== "") },
  ];
  const found = new Map<string, Found>();
  for (const filter of filters) {
    if (filter.Values.length === 0) continue;
    for (const item of await allPages((token) => spec.describe([filter], token))) {
      const vpc = spec.found(item);
      if (vpc) found.set(vpc.id, { type: spec.type, ...vpc });
    }
  }
  return [...found.values()];
}
