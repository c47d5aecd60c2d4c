import type { Rate } from "./pace";

/** Requests that an account and region may send, and which of them are counted together. */
export interface CountedRate extends Rate {
  /** Calls with the same key share the rate. */
  readonly key: string;
}

/** Commands that count together: a pattern of their names, the size of their bucket, and its refill per second. */
type Category = readonly [commands: RegExp, atOnce: number, perSecond: number];

interface Service {
  /** True where every command of a category has a bucket of its own. @default they share the category's */
  readonly each?: boolean;
  /** What all calls of the service share besides. @default nothing */
  readonly total?: Rate;
  /** The first category that fits a command counts; the last one fits them all. */
  readonly categories: readonly [...(readonly Category[]), Category];
}

/**
 * What AWS publishes on the page above each service, as of 2026. Where a page has only a rate per second, as many calls are
 * assumed to be accepted at once. The last category of a service is assumed for the calls that its page does not list.
 */
const PUBLISHED: Readonly<Partial<Record<string, Service>>> = {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html: one deletion of a REST API in 30 seconds, and
  // 10 calls per second, 40 at once, in total.
  apiGateway: {
    total: { atOnce: 40, perSecond: 10 },
    categories: [
      [/^DeleteRestApi$/, 1, 1 / 30],
      [/./, 40, 10],
    ],
  },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html. Assumed for all others: the rate of
  // changes of alarms; the page has 10 and more for tags.
  cloudWatch: {
    each: true,
    categories: [
      [/^DeleteAlarms$/, 3, 3],
      [/^DescribeAlarms$/, 9, 9],
      [/Dashboards?$/, 10, 10],
      [/./, 3, 3],
    ],
  },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html: 1,000 write units per
  // second for one partition. A cleanup's calls use four on average, so even in one partition these would be accepted. The
  // rates of all others are assumed.
  dynamoDb: {
    categories: [
      [/Tables?$|Tags?OfResource$|^(Tag|Untag)Resource$/, 100, 50],
      [/./, 200, 200],
    ],
  },
  // https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html. Every reading call is counted as one with a filter
  // or pages. These are limits of requests, whatever the number of ids in one.
  ec2: {
    each: true,
    categories: [
      [/^(Describe|Get|List)/, 100, 20],
      [/^DeleteNatGateway$/, 10, 1],
      [/^DeleteVpcEndpoints$/, 4, 0.3],
      [/./, 50, 5],
    ],
  },
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
  ecs: {
    categories: [
      [/^(Create|Delete|Put|Update)Cluster/, 20, 1],
      [/^(De)?[Rr]egisterTaskDefinition$/, 20, 1],
      [/^DeleteTaskDefinitions$/, 5, 1],
      [/^(Create|Delete|Update)Service$/, 50, 5],
      [/^StopTask$/, 100, 40],
      [/^(Describe|List)Services$/, 100, 20],
      [/^(Describe|List)Tasks$/, 100, 20],
      [/^(Describe|List)Clusters$/, 50, 20],
      [/TaskDefinition/, 50, 20],
      [/./, 50, 20],
    ],
  },
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
  elb: {
    total: { atOnce: 40, perSecond: 10 },
    categories: [
      [/^Describe/, 40, 10],
      [/^(Dere|Re)gisterTargets$/, 20, 4],
      [/./, 20, 3],
    ],
  },
  // https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html. By name only ScheduleKeyDeletion;
  // for the others the lowest rate of their kind on the page: 100 for lists and descriptions, 5 for changes.
  kms: {
    each: true,
    categories: [
      [/^(Describe|Get|List)/, 100, 100],
      [/^ScheduleKeyDeletion$/, 15, 15],
      [/./, 5, 5],
    ],
  },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html: 10 for log groups, 5 for tags.
  // Assumed for queries and deletion protection: 5, as for most others on the page.
  logs: {
    each: true,
    categories: [
      [/^(Create|Delete|Describe)LogGroups?$/, 10, 10],
      [/./, 5, 5],
    ],
  },
  // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests: 5 per second in total.
  route53: { categories: [[/./, 5, 5]] },
};

/** Assumed: AWS publishes no rate of IAM. */
const ASSUMED: Readonly<Partial<Record<string, Rate>>> = {
  iam: { atOnce: 40, perSecond: 15 },
};
/**
 * Assumed for every other service, whether AWS publishes a rate or not, because a cleanup makes few of these calls. AWS may
 * accept fewer, such as 15 calls of Lambda's control plane per second; the SDK then tries again.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const OTHER: Rate = { atOnce: 100, perSecond: 50 };

/** The rates that a call of a client, by its name in `Clients`, counts towards. */
export function ratesOf(service: string, command: string): readonly CountedRate[] {
  const published = PUBLISHED[service];
  if (!published) return [{ key: service, ...(ASSUMED[service] ?? OTHER) }];
  const { categories, each, total } = published;
  const index = categories.findIndex(([commands]) => commands.test(command));
  const [, atOnce, perSecond] = categories[index]!;
  const own = { key: `${service} ${each ? command : index}`, atOnce, perSecond };
  return total ? [own, { key: service, ...total }] : [own];
}
