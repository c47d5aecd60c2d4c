import type { Rate } from "./pace";

/** Requests that an account and region may send, and what counts together. */
export interface CountedRate extends Rate {
  /** Calls with the same key share the rate. */
  readonly key: string;
}

const rate = (atOnce: number, perSecond: number): Rate => ({ atOnce, perSecond });

/** Of services whose calls are counted together. Route 53's is published, the others are what is usual. */
const BY_SERVICE: Readonly<Partial<Record<string, Rate>>> = {
  ecs: rate(50, 20),
  elb: rate(40, 10),
  iam: rate(40, 15),
  route53: rate(10, 5),
};
const OTHER = rate(100, 50);

const READ = /^(Describe|Get|List)/;

/**
 * The rate that a call of a client, by its name in `Clients`, counts towards. EC2, CloudWatch and CloudWatch Logs count each action for itself:
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
export function rateOf(service: string, command: string): CountedRate {
  const key = `${service} ${command}`;
  switch (service) {
    case "ec2":
      return { key, ...(READ.test(command) ? rate(100, 20) : rate(50, 5)) };
    case "cloudWatch":
      return { key, ...(command === "DeleteAlarms" ? rate(3, 3) : rate(9, 9)) };
    case "logs":
      return { key, ...rate(10, 10) };
    default:
      return { key: service, ...(BY_SERVICE[service] ?? OTHER) };
  }
}
