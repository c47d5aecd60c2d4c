import {
  isSuccess,
  withBody,
  withRequestBody,
  xmlAnswer,
  xmlEscape,
  type Answer,
  type Call,
  type Forward,
} from "../call";
import { awsErrorAnswer } from "../error-shape";
import { formOf } from "../operation";

export type Market = "spot" | "on-demand";

/** One place in which an instance can start. */
export interface Pool {
  readonly instanceType: string;
  /** For example `us-east-1a`. */
  readonly availabilityZone: string;
  readonly market: Market;
}

/** What the local AWS has to offer. Change it at any time. */
export class Capacity {
  /** Seconds from the launch until the agent of an instance answers. */
  bootSeconds = 0;
  private refusal: (pool: Pool) => string | undefined = () => undefined;

  /** @param refusal the error code with which a pool refuses, or `undefined` */
  refuse(refusal: (pool: Pool) => string | undefined): void {
    this.refusal = refusal;
  }

  errorOf(pool: Pool): string | undefined {
    return this.refusal(pool);
  }
}

/** US dollars per hour on demand in us-east-1. https://aws.amazon.com/ec2/pricing/on-demand/ */
const ON_DEMAND_USD: Readonly<Record<string, number>> = {
  "t3a.small": 0.0188,
  "t3.small": 0.0208,
  "t3a.medium": 0.0376,
  "t3.medium": 0.0416,
};

/** A price that differs from zone to zone, and is the same each time. */
function spotUsd(instanceType: string, availabilityZone: string): number {
  const share = 0.3 + ((availabilityZone.charCodeAt(availabilityZone.length - 1) * 7) % 20) / 100;
  return Math.round((ON_DEMAND_USD[instanceType] ?? 0.1) * share * 10_000) / 10_000;
}

interface Override {
  readonly number: string;
  readonly instanceType: string;
  readonly subnetId: string;
}

/** Fleets as AWS runs them; moto always takes the first override, and starts another fleet for the same token. */
export class Fleets {
  private readonly byToken = new Map<string, { readonly parameters: string; readonly answer: Answer }>();
  /** Fleets are created one after the other, so that two with the same token cannot cross. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly capacity: Capacity) {}

  create(call: Call, forward: Forward): Promise<Answer> {
    const turn = this.last.then(() => this.createInTurn(call, forward));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async createInTurn(call: Call, forward: Forward): Promise<Answer> {
    const form = formOf(call) ?? new URLSearchParams();
    const token = form.get("ClientToken");
    const parameters = form.toString();
    const known = token === null ? undefined : this.byToken.get(token);
    if (known && known.parameters === parameters) return known.answer;
    if (known) {
      const message = "The client token was used with other parameters.";
      return awsErrorAnswer(call, { status: 400, code: "IdempotentParameterMismatch", message });
    }
    const answer = await this.launch(call, forward, form);
    if (token !== null && isSuccess(answer)) this.byToken.set(token, { parameters, answer });
    return answer;
  }

  private async launch(call: Call, forward: Forward, form: URLSearchParams): Promise<Answer> {
    const zones = await zonesOf(call, forward);
    const market: Market =
      form.get("TargetCapacitySpecification.DefaultTargetCapacityType") === "spot" ? "spot" : "on-demand";
    const pools = overridesOf(form).map((override) => {
      const pool: Pool = {
        instanceType: override.instanceType,
        availabilityZone: zones.get(override.subnetId) ?? "",
        market,
      };
      const usd =
        market === "spot"
          ? spotUsd(pool.instanceType, pool.availabilityZone)
          : (ON_DEMAND_USD[pool.instanceType] ?? Infinity);
      return { ...override, pool, usd, code: this.capacity.errorOf(pool) };
    });
    const [chosen] = pools.filter(({ code }) => code === undefined).sort((a, b) => a.usd - b.usd);
    if (!chosen)
      return refusedFleet(pools.map(({ pool, code, subnetId }) => ({ pool, code: code!, subnetId })));
    const only = onlyOverride(form, chosen.number);
    const answer = await forward(withRequestBody(call, only.toString()));
    if (!isSuccess(answer)) return answer;
    const xml = answer.body.toString("utf8");
    await giveWhatIsMissing(call, forward, { form, instanceIds: instanceIdsIn(xml) });
    return withBody(answer, withPlacement(xml, chosen));
  }
}

const OVERRIDE = /^LaunchTemplateConfigs\.1\.Overrides\.(\d+)\.(\w+)/;

function overridesOf(form: URLSearchParams): Override[] {
  const found = new Map<string, Record<string, string>>();
  for (const [name, value] of form) {
    const [, number, key] = OVERRIDE.exec(name) ?? [];
    if (number !== undefined) found.set(number, { ...found.get(number), [key!]: value });
  }
  return [...found].map(([number, { InstanceType = "", SubnetId = "" }]) => ({
    number,
    instanceType: InstanceType,
    subnetId: SubnetId,
  }));
}

/** moto launches the first override. */
function onlyOverride(form: URLSearchParams, number: string): URLSearchParams {
  const kept = [...form].flatMap(([name, value]): [string, string][] => {
    const match = OVERRIDE.exec(name);
    if (!match) return [[name, value]];
    return match[1] === number ? [[name.replace(`.Overrides.${number}.`, ".Overrides.1."), value]] : [];
  });
  return new URLSearchParams(kept);
}

function instanceIdsIn(xml: string): string[] {
  return [...new Set([...xml.matchAll(/\bi-[0-9a-f]{8,17}\b/g)].map(([id]) => id))];
}

/** The instance profile and the security groups of the launch template, which moto leaves out. */
async function giveWhatIsMissing(
  call: Call,
  forward: Forward,
  { form, instanceIds }: { readonly form: URLSearchParams; readonly instanceIds: readonly string[] },
): Promise<void> {
  const template = [...form].flatMap(([name, value]) => {
    const key = /\.LaunchTemplateSpecification\.(LaunchTemplate(?:Id|Name))$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  const Action = "DescribeLaunchTemplateVersions";
  const asked = { Action, ...Object.fromEntries(template), "LaunchTemplateVersion.1": "$Default" };
  const data = (await askEc2(call, forward, asked)).body.toString("utf8");
  const profile = /<iamInstanceProfile>.*?<arn>([^<]+)</s.exec(data)?.[1];
  const groupSet = /<securityGroupIdSet>(.*?)<\/securityGroupIdSet>/s.exec(data)?.[1] ?? "";
  const groups = [...groupSet.matchAll(/sg-\w+/g)].map(([id], i) => [`GroupId.${i + 1}`, id] as const);
  for (const InstanceId of instanceIds) {
    if (profile !== undefined) {
      const association = { InstanceId, "IamInstanceProfile.Arn": profile };
      await askEc2(call, forward, { Action: "AssociateIamInstanceProfile", ...association });
    }
    if (groups.length > 0) {
      const attribute = { InstanceId, ...Object.fromEntries(groups) };
      await askEc2(call, forward, { Action: "ModifyInstanceAttribute", ...attribute });
    }
  }
}

/** What AWS says about the instance, and moto leaves out. */
function withPlacement(xml: string, { instanceType, subnetId }: Override): string {
  const fleet = /<fleetId>([^<]+)</.exec(xml)?.[1] ?? "fleet-local";
  const items = instanceIdsIn(xml).map(
    (id) =>
      `<item><launchTemplateAndOverrides><overrides><instanceType>${instanceType}</instanceType><subnetId>${subnetId}</subnetId></overrides></launchTemplateAndOverrides><instanceIds><item>${id}</item></instanceIds><instanceType>${instanceType}</instanceType></item>`,
  );
  return fleetXml(fleet, "", items.join(""));
}

function refusedFleet(
  refused: readonly { readonly pool: Pool; readonly code: string; readonly subnetId: string }[],
): Answer {
  const items = refused.map(
    ({ pool, code, subnetId }) =>
      `<item><launchTemplateAndOverrides><overrides><instanceType>${pool.instanceType}</instanceType><subnetId>${subnetId}</subnetId></overrides></launchTemplateAndOverrides><lifecycle>${pool.market}</lifecycle><errorCode>${xmlEscape(code)}</errorCode><errorMessage>There is no ${pool.market} capacity for ${pool.instanceType} in ${pool.availabilityZone}.</errorMessage></item>`,
  );
  return xmlAnswer(fleetXml("fleet-refused", items.join(""), ""));
}

function fleetXml(fleetId: string, errors: string, instances: string): string {
  return `<CreateFleetResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>local</requestId><fleetId>${fleetId}</fleetId><errorSet>${errors}</errorSet><fleetInstanceSet>${instances}</fleetInstanceSet></CreateFleetResponse>`;
}

/** An EC2 call of our own, in the name of whatever call led to it. */
export function askEc2(
  call: Call,
  forward: Forward,
  parameters: Readonly<Record<string, string>>,
): Promise<Answer> {
  const form = new URLSearchParams({ ...parameters, Version: "2016-11-15" });
  const authorization = (call.headers.authorization ?? "").replace(
    /\/[\w-]+\/aws4_request/,
    "/ec2/aws4_request",
  );
  return forward({
    ...call,
    method: "POST",
    path: "/",
    rawQuery: "",
    headers: {
      authorization,
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "x-amz-date": call.headers["x-amz-date"] ?? "",
    },
    body: Buffer.from(form.toString()),
    service: "ec2",
    protocol: "ec2",
    operation: parameters.Action ?? "",
    resource: "",
  });
}

async function zonesOf(call: Call, forward: Forward): Promise<ReadonlyMap<string, string>> {
  const xml = (await askEc2(call, forward, { Action: "DescribeSubnets" })).body.toString("utf8");
  const zones = new Map<string, string>();
  for (const item of xml
    .split("<subnetId>")
    .slice(1)
    .map((text) => `<subnetId>${text}`)) {
    const id = /<subnetId>([^<]+)</.exec(item)?.[1];
    const zone = /<availabilityZone>([^<]+)</.exec(item)?.[1];
    if (id !== undefined && zone !== undefined) zones.set(id, zone);
  }
  return zones;
}

/** Instances whose agent answers: they run, and have had the time to start. */
export async function onlineInstances(
  call: Call,
  forward: Forward,
  bootSeconds: number,
): Promise<readonly string[]> {
  const answer = await askEc2(call, forward, {
    Action: "DescribeInstances",
    "Filter.1.Name": "instance-state-name",
    "Filter.1.Value.1": "running",
  });
  const reservations = answer.body.toString("utf8").split("<instanceId>").slice(1);
  return reservations.flatMap((item) => {
    const launched = Date.parse(/<launchTime>([^<]+)</.exec(item)?.[1] ?? "");
    return Date.now() >= launched + bootSeconds * 1000 ? [item.slice(0, item.indexOf("<"))] : [];
  });
}

/** Spot prices of the asked types in every zone of the region; moto has one price for all. */
export function spotPriceHistory(call: Call): Answer {
  const form = formOf(call) ?? new URLSearchParams();
  const types = [...form].filter(([name]) => /^InstanceType\.\d+$/.test(name)).map(([, value]) => value);
  const items = types.flatMap((type) =>
    [..."abcdef"].map((letter) => {
      const zone = `${call.region}${letter}`;
      return `<item><instanceType>${type}</instanceType><productDescription>Linux/UNIX</productDescription><spotPrice>${spotUsd(type, zone)}</spotPrice><timestamp>${new Date().toISOString()}</timestamp><availabilityZone>${zone}</availabilityZone></item>`;
    }),
  );
  return xmlAnswer(
    `<DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>local</requestId><spotPriceHistorySet>${items.join("")}</spotPriceHistorySet></DescribeSpotPriceHistoryResponse>`,
  );
}
