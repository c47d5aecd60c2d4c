import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { Names } from "../../contract/names";
import { TAG } from "../../contract/tags";
import type { Clients } from "../aws/clients";
import { allPages } from "../aws/pages";
import { describeError } from "../engine/classify";
import type { Residual } from "../engine/residual";
import type { EnvKey } from "../engine/resource";
import { listCompute, listEcs } from "./compute";
import { listObservability, listStorage } from "./data";
import { listRecords } from "./dns";
import { belongs, isNobodys, type Evidence, type Lister } from "./evidence";
import { listIam, listSecrets } from "./identity";
import { listNetwork } from "./network";

const LISTERS: Readonly<Record<string, Lister>> = {
  network: listNetwork,
  ecs: listEcs,
  compute: listCompute,
  dns: listRecords,
  storage: listStorage,
  observability: listObservability,
  iam: listIam,
  secrets: listSecrets,
};

/** ARNs whose types the listers list in full: what the tag index has beyond their answers is a ghost. */
const LISTED =
  /^arn:[^:]+:(acm|application-autoscaling|cloudwatch|dynamodb|ecr|ecs|elasticloadbalancing|events|iam|kms|lambda|logs|rds|s3|scheduler|secretsmanager|sns|sqs):|^arn:[^:]+:ec2:[^:]*:[^:]*:(elastic-ip|flow-logs|internet-gateway|natgateway|network-acl|network-interface|route-table|security-group|security-group-rule|subnet|vpc|vpc-endpoint|vpc-flow-log)\//;

/**
 * What is left of an environment, by code that shares nothing with the handlers and reads with the reaper's own
 * rights: whole listings per service, matched by tag, by the tag index, by VPC and by name. Read-only.
 */
export function residual(clients: Clients): Residual {
  return {
    async list(env) {
      const errors: string[] = [];
      const failed = (what: string) => (error: unknown) => {
        errors.push(`${what}: ${describeError(error)}`);
        return [];
      };
      const taggedArns = await indexed(clients, env).catch(failed("the tag index"));
      const { system, environment, accountId, region } = env;
      const names = new Names({ system, environment, accountId, region });
      const evidence: Evidence = { clients, env, names, taggedArns };
      const lists = await Promise.all(
        Object.entries(LISTERS).map(([what, list]) => list(evidence).catch(failed(what))),
      );
      const own = lists.flat().filter((live) => belongs(live, evidence));
      const similar = lists.flat().filter((live) => live.similar && isNobodys(live) && !own.includes(live));
      // Nobody here can say whether these exist: they count as left.
      const unknown = taggedArns.filter((arn) => !LISTED.test(arn));
      const items = new Map<string, { type: string; id: string }>();
      for (const { type, id, tombstone } of own) {
        if (tombstone === undefined) items.set(`${type} ${id}`, { type, id });
      }
      for (const id of unknown) items.set(id, { type: "unknown", id });
      return {
        items: [...items.values()],
        tombstones: own.flatMap(({ type, id, tombstone }) =>
          tombstone === undefined ? [] : [`${type} ${id}: ${tombstone}`],
        ),
        unproven: similar.map(({ type, id }) => `${type} ${id}`),
        errors,
      };
    },
  };
}

function indexed({ tagging }: Clients, { environment }: EnvKey): Promise<string[]> {
  return allPages(async (PaginationToken) => {
    const page = await tagging.send(
      new GetResourcesCommand({
        TagFilters: [{ Key: TAG.environment, Values: [environment] }],
        ResourcesPerPage: 100,
        PaginationToken,
      }),
    );
    const items = page.ResourceTagMappingList?.flatMap(({ ResourceARN }) => ResourceARN ?? []);
    return { items, next: page.PaginationToken };
  });
}
