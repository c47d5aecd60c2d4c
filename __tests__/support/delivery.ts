import type { Environment } from "../../environments/schema";
import { prodEnvironment, stagingEnvironment } from "./environments";

const github = (environment: string) => ({ kind: "gitHub" as const, repository: "acme/infra", environment });

/** Production and staging with roles for their pipelines. */
export const delivery: readonly Environment[] = [
  {
    ...prodEnvironment,
    delivery: { plan: github("infrastructure-plan"), apply: github("infrastructure-prod") },
  },
  { ...stagingEnvironment, delivery: { apply: github("infrastructure-staging") } },
];
