import { type TerraformJson, resourcesOf } from "../../contract/terraform-json";
import { createColors } from "picocolors";
import { showStack } from "../../cli/commands/cost/view";
import { listText } from "../../cli/commands/list/view";
import { statusText } from "../../cli/commands/status/view";
import { usd } from "../../contract/dollars";
import { MONTH_HOURS } from "../../contract/prices";
import type { EnvironmentInput } from "../../environments/schema";
import { environmentSchema } from "../../environments/schema/schema";
import { warningNotice } from "../../lambda/ttl-cleanup/core/report";
import { listEnvironments } from "../../operations/leases/list";
import type { StatusClients } from "../../operations/status/clients";
import { statusOf } from "../../operations/status/status";
import { protectionText, setProtected } from "../../operations/leases/change";
import { withHourlyCost } from "../../stacks/automock/hourly-cost";
import { estimate } from "../../pricing/estimate";
import { ephemeralInput } from "../support/environments";
import { fakeClients } from "../support/fake-clients";
import { synthesize } from "../support/golden";
import { ACCOUNT, HOUR, recordOf, REGION, T0 } from "../support/reaper-values";
import { RegistryTable } from "../support/registry-table";
import { ANSWERS } from "../support/status-answers";

const { automock } = ephemeralInput;
const { network } = automock;

/** Environments with different costs. */
const SHAPES = {
  least: {},
  regional: { network: { ...network, natGateways: "regional" } },
  private: { network: { ...network, interfaceEndpoints: "fargate" } },
  canary: { deployment: { strategy: "blueGreen", bakeMinutes: 5 } },
  large: { size: "large", tasks: { ...automock.tasks, min: 10, max: 50 } },
  zonal: { network: { ...network, natGateways: "onePerAz" }, tasks: { ...automock.tasks, min: 3 } },
} as const;

const environments = Object.entries(SHAPES).map(([name, change], i) => {
  const shaped = { ...automock, ...change };
  const vpcCidr = `10.${30 + i}.0.0/16`;
  return environmentSchema.parse({
    ...ephemeralInput,
    name,
    automock: { ...shaped, network: { ...shaped.network, vpcCidr } },
  } as EnvironmentInput);
});
const stacks = synthesize(environments);
const plain = createColors(false);
const REF = {
  id: "automock-demo",
  system: "automock",
  environment: "demo",
  accountId: ACCOUNT,
  region: REGION,
} as const;

interface WithLocals extends TerraformJson {
  readonly locals: { readonly hourly_cost_usd: number; readonly hourly_cost_unpriced: number };
}

it("the environments have different costs", () => {
  const costs = environments.map(({ name }) => jsonOf(name).locals.hourly_cost_usd);
  expect(new Set(costs).size).toBe(Object.keys(SHAPES).length);
});

describe.each(Object.keys(SHAPES))("%s", (name) => {
  const json = jsonOf(name);
  const found = estimate(resourcesOf(json));
  const { expected } = found.usdHourly;
  const hourlyCostUsd = json.locals.hourly_cost_usd;
  const hourly = usd(expected, 4);

  it("the record and the cost table show the same figure", () => {
    expect(hourlyCostUsd).toBeCloseTo(expected, 9);
    const [record] = Object.values(json.resource!.aws_dynamodb_table_item!);
    expect(record!.item).toContain('"hourlyCostUsd":{"N":"${local.hourly_cost_usd}"}');
    expect(json.locals.hourly_cost_unpriced).toBe(0);
    expect(record!.item).toContain('"hourlyCostUnpriced":{"N":"${local.hourly_cost_unpriced}"}');
    expect(showStack({ stack: name, estimate: found }, plain).join("\n")).toContain(hourly);
  });

  it("list, status and email show the same", async () => {
    const table = new RegistryTable();
    table.put({ hourlyCostUsd });
    const now = T0 + 10 * HOUR;
    const soFar = usd(10 * expected);

    const list = listText(await listEnvironments([table.registry], [], now), plain);
    expect(list).toMatch(new RegExp(`${escaped(hourly)} +${escaped(soFar)}`));

    const clients = { ...fakeClients(ANSWERS), registry: table.registry } as unknown as StatusClients;
    const status = statusText(await statusOf(clients, { ref: REF }, now), plain);
    expect(status).toContain(`about ${soFar} so far, ${hourly} `);

    const { text } = warningNotice(recordOf({ environment: "demo", hourlyCostUsd }), now);
    expect(text).toContain(
      `about ${soFar} in 10 h; keeping it costs about ${usd(24 * expected)} per day, ${usd(MONTH_HOURS * expected)} per month.`,
    );
  });
});

it("with an unpriced resource, record, list, status, email and protection show the sum as a minimum", async () => {
  const json = withHourlyCost({
    ...jsonOf("least"),
    resource: { aws_mq_broker: { b: {} }, aws_kms_key: { k: {} } },
  });
  expect(json).toMatchObject({
    locals: { hourly_cost_unpriced: 1, hourly_cost_usd: expect.closeTo(1 / 730, 8) as number },
  });
  const cost = { hourlyCostUsd: 0.25, hourlyCostUnpriced: 1 };
  const table = new RegistryTable();
  table.put(cost);
  const now = T0 + 10 * HOUR;
  const list = await listEnvironments([table.registry], [], now);
  expect(listText(list, plain)).toMatch(/at least \$0\.2500 +at least \$2\.50/);
  expect(list.environments[0]).toMatchObject({ usdHourly: { expected: 0.25 }, usdSoFar: 2.5, atLeast: true });
  const clients = { ...fakeClients(ANSWERS), registry: table.registry } as unknown as StatusClients;
  expect(statusText(await statusOf(clients, { ref: REF }, now), plain)).toContain("at least $2.50 so far");
  const { text } = warningNotice(recordOf({ environment: "demo", ...cost }), now);
  expect(text).toContain("It has cost at least $2.50 in 10 h; keeping it costs at least $6.00 per day");
  const change = await setProtected(table.registry, { ref: REF }, true, now);
  expect(change).toMatchObject({ atLeast: true });
  expect(protectionText(change).join("\n")).toContain("at least $0.2500 per hour");
});

function jsonOf(name: string): WithLocals {
  return JSON.parse(stacks.get(`automock-${name}`)!) as WithLocals;
}

function escaped(text: string): string {
  return text.replace(/[$.]/g, "\\$&");
}
