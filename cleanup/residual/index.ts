import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { Names } from "../../contract/names";
import { TAG } from "../../contract/tags";
import type { Clients } from "../aws/clients";
import { allPages } from "../aws/pages";
import { describeError } from "../engine/classify";
import type { Residual } from "../engine/residual";
import type { EnvKey, Found } from "../engine/resource";
import { listApis, listCompute, listEcs } from "./compute";
import { listObservability, listStorage } from "./data";
import { listRecords } from "./dns";
import { belongs, type Evidence, type Lister, type Live } from "./evidence";
import { listIam, listSecrets } from "./identity";
import { listNetwork } from "./network";

interface Listing {
  readonly list: Lister;
  /**
   * How the resource part of an ARN starts, by service, for the types that it lists in full: what the tag index has of
   * them beyond its answer is a ghost.
   */
  readonly arns: Readonly<Record<string, readonly string[]>>;
}

const LISTINGS: Readonly<Record<string, Listing>> = {
  network: {
    list: listNetwork,
    arns: {
      ec2: [
        "elastic-ip/",
        "flow-logs/",
        "internet-gateway/",
        "natgateway/",
        "network-acl/",
        "network-interface/",
        "route-table/",
        "security-group/",
        "security-group-rule/",
        "subnet/",
        "vpc-endpoint/",
        "vpc-flow-log/",
        "vpc/",
      ],
      elasticloadbalancing: ["listener-rule/", "listener/", "loadbalancer/", "targetgroup/"],
    },
  },
  ecs: {
    list: listEcs,
    arns: {
      ecs: ["cluster/", "service-deployment/", "service-revision/", "service/", "task-definition/", "task/"],
    },
  },
  compute: {
    list: listCompute,
    arns: { "application-autoscaling": ["scalable-target/"], lambda: ["function:"] },
  },
  apis: {
    list: listApis,
    arns: { apigateway: ["/apis/", "/restapis/"], lambda: ["event-source-mapping:"] },
  },
  dns: { list: listRecords, arns: {} },
  storage: {
    list: listStorage,
    arns: {
      dynamodb: ["table/"],
      ecr: ["repository/"],
      rds: ["auto-backup:", "db:", "pg:", "snapshot:rds:", "subgrp:"],
      s3: [""],
    },
  },
  observability: {
    list: listObservability,
    arns: {
      acm: ["certificate/"],
      cloudwatch: ["alarm:", "dashboard/"],
      events: ["rule/"],
      logs: ["log-group:"],
      sns: [""],
      sqs: [""],
    },
  },
  iam: { list: listIam, arns: { iam: ["policy/", "role/"] } },
  secrets: { list: listSecrets, arns: { kms: ["alias/", "key/"], secretsmanager: ["secret:"] } },
};

/** Whether the listers list all resources of an ARN's type. */
export function isListed(arn: string): boolean {
  const [, , service = "", , , ...rest] = arn.split(":");
  const resource = rest.join(":");
  const starts = Object.values(LISTINGS).flatMap(({ arns }) => arns[service] ?? []);
  return starts.some((start) => resource.startsWith(start));
}

/**
 * What is left of an environment, according to code that shares nothing with the handlers and reads with the reaper's own
 * rights: complete listings per service, judged by the rule of ownership. Read-only.
 */
export function residual(clients: Clients): Residual {
  return {
    async list(env) {
      const errors: string[] = [];
      const failed = (what: string) => (error: unknown) => {
        errors.push(`${what}: ${describeError(error)}`);
        return [];
      };
      const tagged = new Map(await indexed(clients, env).catch(failed("the tag index")));
      const { system, environment, accountId, region } = env;
      const names = new Names({ system, environment, accountId, region });
      const evidence: Evidence = { clients, env, names, tagged };
      const lists = await Promise.all(
        Object.entries(LISTINGS).map(([what, { list }]) => list(evidence).catch(failed(what))),
      );
      const judged = lists.flat().map((live) => ({ live, verdict: belongs(live, evidence) }));
      const of = (wanted: string) => judged.flatMap(({ live, verdict }) => (verdict === wanted ? live : []));
      const own = of("own");
      // No lister can tell whether these exist, so they count as left.
      const unlisted = [...tagged.keys()]
        .filter((arn) => !isListed(arn))
        .map((id): Live => ({ type: "unknown", id, arn: id }));
      const items = new Map<string, { type: string; id: string }>();
      for (const { type, id, tombstone } of own) {
        if (tombstone === undefined) items.set(`${type} ${id}`, { type, id });
      }
      const unclear = of("unclear").filter(({ tombstone }) => tombstone === undefined);
      for (const live of unlisted) {
        if (belongs(live, evidence) === "own") items.set(live.id, { type: live.type, id: live.id });
        else unclear.push(live);
      }
      return {
        items: [...items.values()],
        tombstones: own.flatMap(({ type, id, tombstone }) =>
          tombstone === undefined ? [] : [`${type} ${id}: ${tombstone}`],
        ),
        unproven: [...new Set(unclear.map(({ type, id }) => `${type} ${id}`))],
        errors,
      };
    },
  };
}

function indexed({ tagging }: Clients, { environment }: EnvKey): Promise<[string, Found["tags"]][]> {
  return allPages(async (PaginationToken) => {
    const page = await tagging.send(
      new GetResourcesCommand({
        TagFilters: [{ Key: TAG.environment, Values: [environment] }],
        ResourcesPerPage: 100,
        PaginationToken,
      }),
    );
    const items = page.ResourceTagMappingList?.map(({ ResourceARN = "", Tags }): [string, Found["tags"]] => [
      ResourceARN,
      Object.fromEntries((Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
    ]);
    return { items, next: page.PaginationToken };
  });
}
