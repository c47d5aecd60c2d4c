import {
  GetResourcesCommand,
  type ResourceTagMapping,
  type TagFilter,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { TAG } from "../../contract/tags";
import type { Clients } from "../aws/clients";
import { allPages } from "../aws/pages";
import type { Found } from "../engine/resource";
import { typesOfArn } from "./arns";
import { VPC, vpcType } from "./ec2-network";

/** What the tag index has of an environment: ARNs, some perhaps of what is gone. It knows no IAM roles. */
export interface Tagged {
  readonly tagged: ReadonlyMap<string, readonly string[]>;
  readonly unknownArns: readonly string[];
}

/** ARNs tagged with the environment, by handler type. Throws when the index cannot be read whole. */
export async function taggedWith(read: Clients, environment: string): Promise<Tagged> {
  const tagged = new Map<string, string[]>();
  const unknownArns: string[] = [];
  for (const { ResourceARN: arn } of await resources(read, [
    { Key: TAG.environment, Values: [environment] },
  ])) {
    if (arn === undefined) continue;
    const types = typesOfArn(arn);
    if (types === undefined) unknownArns.push(arn);
    for (const type of types ?? []) tagged.set(type, [...(tagged.get(type) ?? []), arn]);
  }
  return { tagged, unknownArns };
}

/** ARNs tagged as ephemeral in this account and region, by environment. */
export async function taggedAsEphemeral(read: Clients): Promise<ReadonlyMap<string, readonly string[]>> {
  const byEnvironment = new Map<string, string[]>();
  for (const { ResourceARN, Tags } of await resources(read, [{ Key: TAG.ephemeral, Values: ["true"] }])) {
    const environment = Tags?.find(({ Key }) => Key === TAG.environment)?.Value;
    if (environment === undefined || ResourceARN === undefined) continue;
    byEnvironment.set(environment, [...(byEnvironment.get(environment) ?? []), ResourceARN]);
  }
  return byEnvironment;
}

function resources(read: Clients, TagFilters: TagFilter[]): Promise<ResourceTagMapping[]> {
  return allPages(async (PaginationToken) => {
    const page = await read.tagging.send(
      new GetResourcesCommand({ TagFilters, ResourcesPerPage: 100, PaginationToken }),
    );
    return { items: page.ResourceTagMappingList, next: page.PaginationToken };
  });
}

/** VPCs that carry the environment's tag or have one of the ids, as AWS describes them now. */
export async function vpcsOf(read: Clients, environment: string, ids: readonly string[]): Promise<Found[]> {
  const spec = vpcType(read);
  const filters = [
    { Name: `tag:${TAG.environment}`, Values: [environment] },
    { Name: spec.idFilter, Values: [...new Set(ids)] },
  ];
  const found = new Map<string, Found>();
  for (const filter of filters) {
    if (filter.Values.length === 0) continue;
    for (const item of await allPages((token) => spec.describe([filter], token))) {
      const vpc = spec.found(item);
      if (vpc) found.set(vpc.id, { type: VPC, ...vpc });
    }
  }
  return [...found.values()];
}
