import { type TerraformJson, resourcesOf } from "../../contract/terraform-json";
import { FARGATE_SPOT_DISCOUNT, MONTH_HOURS, PRICE_BOOK, priceOf, type PriceId } from "../../contract/prices";
import { MAX_LIFETIME_HOURS, TTL_HOURS } from "../../contract/registry";
import type { SystemId } from "../../environments/systems";
import { replaceMarked } from "../marked";
import { counted } from "../../contract/text";
import { estimate, monthly, type Estimate } from "../../pricing/estimate";
import { plain, price, usd } from "../../contract/dollars";
import {
  lifetimesTable,
  partsTable,
  pricesTable,
  sizesTable,
  spikesTable,
  totalsTable,
  type Scenario,
} from "./tables";

/** The documents with figures of costs, from the synthesized stacks by their name. */

/** Stacks that the documents are made from; `automock-example` is that of `EXAMPLE_ENVIRONMENT`. */
export const DOCUMENTED_STACKS = [
  "bootstrap",
  "automock-prod",
  "automock-staging",
  "automock-example",
  "task-api-prod",
  "task-api-staging",
] as const;

export type DocumentedStacks = Readonly<Record<(typeof DOCUMENTED_STACKS)[number], TerraformJson>>;

/** What writes the marked tables. */
const COMMAND = "npm run costs";

/** Times to live in the table, in hours. */
const LIFETIMES = [TTL_HOURS.min, TTL_HOURS.default, 8, 24, TTL_HOURS.max];

/** Tasks of the Task API in production at a usual load: its first estimate was made for as many. */
const USUAL_TASK_API_TASKS = 5;

/** The text of docs/costs.md. */
export function costsDocument(stacks: DocumentedStacks): string {
  const of = (stack: keyof DocumentedStacks) => estimate(resourcesOf(stacks[stack]));
  const scenarios = automockScenarios(stacks);
  const staging = of("automock-staging");
  const example = of("automock-example");
  const natShare = Math.round((100 * hourly("nat-gateway")) / staging.usdHourly.expected);
  const endpoints = 7 * 2 * hourly("interface-endpoint");
  return `# Costs

<!-- Written by \`npm run costs\` from the synthesized stacks and contract/price-book.json: change those, or pricing/. -->

In US dollars, region ${PRICE_BOOK.region}, on demand, without free tiers; a month has ${MONTH_HOURS} hours.
\`automock cost\` says the same of any stack, resource by resource, and \`automock plan --report\` what a change costs.
This page is made by the same calculator, and a test fails when it no longer fits the infrastructure.

## What stands costs

Billed whether or not a request arrives. Lines and totals are rounded each for itself.

${partsTable(scenarios)}

- Staging and ephemeral environments run all tasks but the first on Spot, up to ${FARGATE_SPOT_DISCOUNT * 100} % below the
  price used here, so the last column is an upper bound.
- ${natShare} % of staging is its NAT gateway. \`natGateways: "none"\` is no way to save it: MockServer's image comes from
  the ECR public gallery, which no private endpoint reaches, and the seven endpoints of
  \`interfaceEndpoints: "fargate"\` in two zones cost ${usd(endpoints)} per hour, ${plain(Math.round(endpoints / hourly("nat-gateway")))} times the gateway.
- The sync container of each task asks S3 every 30 seconds whether there are new expectations.
- Once for an account and region comes the stack \`bootstrap\`, with the reaper: ${usd(monthly(of("bootstrap").usdHourly.expected))} per month, and cents by use.

The Task API's stacks are in [task-api.md](task-api.md#costs).

## A task by its size

${sizesTable()}

## Load spikes

From the smallest number of tasks to the largest; Spot at its full price.

${spikesTable([
  ["automock-prod", of("automock-prod")],
  ["automock-staging", staging],
  ["task-api-prod", of("task-api-prod")],
  ["task-api-staging", of("task-api-staging")],
])}

## Ephemeral environments

An environment of staging's shape, for its time to live; extensions reach ${MAX_LIFETIME_HOURS} hours at most. Its record in the registry says
the hourly figure of the smallest number of tasks, and the reaper's reports what it has cost so far.

${lifetimesTable(example, LIFETIMES)}

## What comes with use

Not in the tables above:

- ${per("nat-gateway-data")} through a NAT gateway: images, logs and what mocks forward to. Traffic to S3 in the region
  goes through the free gateway endpoint.
- Load balancer capacity units, ${price(priceOf("load-balancer-application-capacity").usd)} per hour each: a unit is 25 new connections a second, 3,000 open ones, or
  1 GB an hour or 1,000 evaluated rules a second, whichever is reached first. The first ten rules of a request are
  free; the control plane's rules make about 20 more of each mock request.
- Data out to the internet: 100 GB a month are free, after that ${per("data-out")}. Between zones ${per("data-between-zones")}, each way.
- CloudWatch Logs: ${per("logs-ingested")} taken in, ${price(priceOf("logs-stored").usd)} for each GB kept a month. Flow logs and Container
  Insights are part of it.
- Container Insights: metrics per cluster, service, task and container, so the bill grows with the tasks. \`enhanced\`
  (prod) has more of them than \`enabled\` (staging). Look at the bill of the first days:
  <${priceOf("custom-metric").source}>.
- Images, backups beyond the size of the database, objects, keys, secrets and messages by the prices below.

## Prices

\`contract/price-book.json\` holds them, each with AWS's page of it, the day it was read and where: on that page, in AWS's
price list as infracost's test data keeps it, or in a secondary source. A resource whose price is not there is listed as
not priced, never counted as nothing. For another region the command says that the prices are not its own.

${pricesTable()}
`;
}

/** The rows of each system in the table of README.md. */
const SYSTEM_COSTS: Readonly<
  Record<SystemId, { title: string; scenarios: (stacks: DocumentedStacks) => Scenario[] }>
> = {
  automock: { title: "AutoMock", scenarios: automockScenarios },
  "task-api": { title: "Task API", scenarios: taskApiScenarios },
};

/** The table of README.md. */
export function readmeCosts(readme: string, stacks: DocumentedStacks): string {
  const named = (system: string) => (scenario: Scenario) => ({
    ...scenario,
    title: `${system}: ${scenario.title}`,
  });
  const rows = Object.values(SYSTEM_COSTS).flatMap(({ title, scenarios }) =>
    scenarios(stacks).map(named(title)),
  );
  return replaceMarked({ file: "README.md", text: readme }, COMMAND, totalsTable("what", rows));
}

/** The table of docs/task-api.md. */
export function taskApiCosts(document: string, stacks: DocumentedStacks): string {
  return replaceMarked(
    { file: "docs/task-api.md", text: document },
    COMMAND,
    partsTable(taskApiScenarios(stacks)),
  );
}

function automockScenarios(stacks: DocumentedStacks): Scenario[] {
  const [prod, staging] = [stacks["automock-prod"], stacks["automock-staging"]].map((stack) =>
    estimate(resourcesOf(stack)),
  ) as [Estimate, Estimate];
  const example = estimate(resourcesOf(stacks["automock-example"]), { tasks: 10 });
  return [
    { title: `prod, ${tasksOf(prod, "expected")}, per month`, hours: MONTH_HOURS, estimate: prod },
    { title: `staging, ${tasksOf(staging, "expected")}, per month`, hours: MONTH_HOURS, estimate: staging },
    { title: `prod at ${tasksOf(prod, "high")}, per hour`, hours: 1, estimate: prod, bound: "high" },
    { title: `ephemeral, ${tasksOf(example, "expected")}, 4 hours`, hours: 4, estimate: example },
  ];
}

function taskApiScenarios(stacks: DocumentedStacks): Scenario[] {
  const prod = estimate(resourcesOf(stacks["task-api-prod"]), { tasks: USUAL_TASK_API_TASKS });
  const staging = estimate(resourcesOf(stacks["task-api-staging"]));
  return [
    { title: `prod, ${tasksOf(prod, "expected")}, per month`, hours: MONTH_HOURS, estimate: prod },
    {
      title: `staging, ${tasksOf(staging, "expected")} in office hours, per month`,
      hours: MONTH_HOURS,
      estimate: staging,
      bound: "low",
    },
  ];
}

function tasksOf({ services }: Estimate, bound: "expected" | "high"): string {
  return counted(services[0]!.tasks[bound], "task");
}

function hourly(id: PriceId): number {
  return priceOf(id).usd;
}

function per(id: PriceId): string {
  const { usd: amount, unit } = priceOf(id);
  return `${price(amount)} per ${unit}`;
}
