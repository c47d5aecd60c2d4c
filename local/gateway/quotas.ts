/** What an account, or an API, has at most. */
const COUNTS = {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
  restApis: 600,
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
  routesPerApi: 300,
  integrationsPerApi: 300,
  stagesPerApi: 10,
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
  tables: 2500,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  roles: 1000,
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html
  buckets: 10_000,
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
  rules: 300,
} as const;

/** Seconds between two calls, or in which a name cannot be used again. */
const SECONDS = {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
  queueName: 60,
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
  queuePurge: 60,
} as const;

/** Calls that an account may make in a region, and how many at once. */
const RATES = {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
  apiGatewayCalls: { atOnce: 40, perSecond: 10 },
  createRestApi: { atOnce: 1, perSecond: 1 / 3 },
  createDeployment: { atOnce: 1, perSecond: 1 / 5 },
  deleteRestApi: { atOnce: 1, perSecond: 1 / 30 },
  putRestApi: { atOnce: 1, perSecond: 1 },
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
  queueTagCalls: { atOnce: 30, perSecond: 30 },
} as const;

export type Count = keyof typeof COUNTS;
export type Rate = keyof typeof RATES;
export type Pause = keyof typeof SECONDS;

interface Bucket {
  tokens: number;
  at: number;
}

/** What AWS refuses because it is too many or too often. */
export class Quotas {
  private readonly changed = new Map<Count | Rate | Pause, number>();
  private readonly buckets = new Map<string, Bucket>();

  constructor(readonly now: () => number = Date.now) {}

  /** Another value than that of AWS. A rate or a pause of 0 refuses nothing. */
  set(quota: Count | Rate | Pause, value: number): void {
    this.changed.set(quota, value);
  }

  /** The values of AWS again. */
  clear(): void {
    this.changed.clear();
  }

  most(count: Count): number {
    return this.changed.get(count) ?? COUNTS[count];
  }

  /** Whether something that happened at `since` (milliseconds) still blocks. */
  blocks(pause: Pause, since: number): boolean {
    return this.now() - since < 1000 * (this.changed.get(pause) ?? SECONDS[pause]);
  }

  /** Whether one more call is accepted now; it is counted then. */
  take(rate: Rate, place: string): boolean {
    const { atOnce, perSecond } = RATES[rate];
    const refill = this.changed.get(rate) ?? perSecond;
    if (refill === 0) return true;
    const key = `${rate} ${place}`;
    const { tokens, at } = this.buckets.get(key) ?? { tokens: atOnce, at: this.now() };
    const filled = Math.min(atOnce, tokens + ((this.now() - at) / 1000) * refill);
    // Sums of fractions are a little less than whole.
    const accepted = filled >= 1 - 1e-9;
    this.buckets.set(key, { tokens: accepted ? filled - 1 : filled, at: this.now() });
    return accepted;
  }
}
