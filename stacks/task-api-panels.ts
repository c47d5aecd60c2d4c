import { maxConnections } from "../contract/postgres";
import type { Database } from "../modules/database/database";
import type { FargateService } from "../modules/ecs/fargate-service";
import { databasePanels } from "../modules/monitoring/database-panels";
import { loadBalancerPanels } from "../modules/monitoring/load-balancer-panels";
import type { Panel } from "../modules/monitoring/metric";
import { servicePanels } from "../modules/monitoring/service-panels";
import type { TaskApi } from "./task-api-container";

const RUNBOOKS = "docs/runbooks/alarms.md";

/** Of the seed: a second, 50 errors of clients in 5 minutes, 5 of the server in one. */
const THRESHOLDS = { latencySeconds: 1, clientErrors: 50, serverErrors: 5 };

/** The graphs of the dashboard, from the caller to the database, with their alarms. */
export function taskApiPanels(
  { scaling, database: { instanceClass } }: TaskApi,
  service: FargateService,
  database: Database,
): readonly Panel[] {
  return [
    ...loadBalancerPanels({
      loadBalancer: service.loadBalancer.arnSuffix,
      targetGroups: service.targetGroups.map(({ arnSuffix }) => arnSuffix),
      runbooks: RUNBOOKS,
      thresholds: THRESHOLDS,
      serverErrorsOf: "targetsAndLoadBalancer",
    }),
    ...servicePanels({
      clusterName: service.clusterName,
      serviceName: service.serviceName,
      runbooks: RUNBOOKS,
      thresholds: { cpuPercent: scaling.cpuPercent, memoryPercent: scaling.memoryPercent },
    }),
    ...databasePanels({
      identifier: database.identifier,
      maxConnections: maxConnections(instanceClass),
      runbooks: RUNBOOKS,
    }),
  ];
}
