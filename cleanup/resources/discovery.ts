import {
  GetResourcesCommand,
  GetTagValuesCommand,
  type ResourceTagMapping,
  type TagFilter,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { TAG } from "../../contract/tags";
import type { Clients } from "../aws/clients";
import { allPages } from "../aws/pages";
import { provenByTags } from "../engine/ownership";
import type { EnvKey, Found } from "../engine/resource";
import { typesOfArn } from "./arns";
import { VPC, vpcType } from "./ec2-network";
import { tagsFrom } from "./shared";

/** An environment in the tag index: ARNs, possibly of deleted resources. It contains no IAM roles. */
export interface Tagged {
  readonly tagged: ReadonlyMap<string, readonly string[]>;
  readonly unknownArns: readonly string[];
}

/**
 * ARNs tagged with the environment, by handler type. Those of unknown types only where the tags prove that they are the
 * environment's. Throws when the index cannot be read whole.
 */
export async function taggedWith(
  read: Clients,
  env: Pick<EnvKey, "environment" | "system">,
): Promise<Tagged> {
  const tagged = new Map<string, string[]>();
  const unknownArns: string[] = [];
  for (const { ResourceARN: arn, Tags } of await resources(read, [
    { Key: TAG.environment, Values: [env.environment] },
  ])) {
    if (arn === undefined) continue;
    const types = typesOfArn(arn);
    if (types === undefined && provenByTags(tagsFrom(Tags), env)) unknownArns.push(arn);
    for (const type of types ?? []) tagged.set(type, [...(tagged.get(type) ?? []), arn]);
  }
  return { tagged, unknownArns };
}

/** Values of the environment tag in this account and region: a page of names instead of one of all resources. */
export function taggedNames(read: Clients): Promise<string[]> {
  return allPages(async (PaginationToken) => {
    const page = await read.tagging.send(new GetTagValuesCommand({ Key: TAG.environment, PaginationToken }));
    return { items: page.TagValues, next: page.PaginationToken };
  });
}

/** What is tagged as an ephemeral environment's. */
export async function taggedAsEphemeral(
  read: Clients,
  environment: string,
): Promise<{ readonly arn: string; readonly system?: string }[]> {
  const found = await resources(read, [
    { Key: TAG.environment, Values: [environment] },
    { Key: TAG.ephemeral, Values: ["true"] },
  ]);
  return found.flatMap(({ ResourceARN: arn, Tags }) =>
    arn === undefined ? [] : [{ arn, system: tagsFrom(Tags)[TAG.system] }],
  );
}

function resources(read: Clients, TagFilters: TagFilter[]): Promise<ResourceTagMapping[]> {
  return allPages(async (PaginationToken) => {
    const page = await read.tagging.send(
      new GetResourcesCommand({ TagFilters, ResourcesPerPage: 100, PaginationToken }),
    );
    return { items: page.ResourceTagMappingList, next: page.PaginationToken };
  });
}

/** VPCs with the environment's tag or one of the ids, as AWS describes them now. */
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
