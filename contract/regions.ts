/**
 * Regions of the partition `aws`, the only supported one. The others have their own host names, and
 * Amazon ECR Public, which holds the images, is not in China.
 * Sources: `regionRegex` in https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json and, the same, in
 * @aws-sdk/core;
 * https://docs.amazonaws.cn/en_us/aws/latest/userguide/ecr-public.html, section "Region availability"
 */
const SUPPORTED = /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/;

/** Partitions by the start of their regions' names, for messages. Sources: as above. */
const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, "aws-cn, China"],
  [/^us-gov-/, "aws-us-gov, GovCloud"],
  [/^eusc-/, "aws-eusc, European Sovereign Cloud"],
  [/^us-iso-/, "aws-iso"],
  [/^us-isob-/, "aws-iso-b"],
  [/^eu-isoe-/, "aws-iso-e"],
  [/^us-isof-/, "aws-iso-f"],
];

/** Why a region cannot be used: its partition, as far as it is known; `undefined` if it can. */
export function unsupportedPartition(region: string): string | undefined {
  if (SUPPORTED.test(region)) return undefined;
  return UNSUPPORTED.find(([start]) => start.test(region))?.[1] ?? "unknown";
}

/**
 * Regions whose availability zones are not a to c. An account may see fewer: in the regions from before November 2012 each
 * account has letters of its own.
 * Sources: https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html (independently mapped zones);
 * the letters, of which AWS publishes no list, as EC2 answers them in
 * https://github.com/getmoto/moto/blob/master/moto/ec2/models/availability_zones_and_regions.py
 */
const OTHER_ZONES: Readonly<Record<string, string>> = {
  "ap-northeast-1": "abcd",
  "ap-northeast-2": "abcd",
  "ca-central-1": "abd",
  "us-east-1": "abcdef",
  "us-west-2": "abcd",
};

/**
 * Letters of a region's availability zones; each region has at least three zones.
 * Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
export function zonesOf(region: string): readonly string[] {
  return [...(OTHER_ZONES[region] ?? "abc")];
}

const EUROPE = ["eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"];

const without = (regions: readonly string[], region: string) => regions.filter((other) => other !== region);

/**
 * Regions to which RDS copies automated backups, by the region of the database. AWS publishes no newer table than this one;
 * for regions that are not in it, `aws rds describe-source-regions` has the answer.
 * Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html, section "AWS Region support", as of
 * https://github.com/awsdocs/amazon-rds-user-guide/blob/0598514cf7ab4d1a41619be1a4421b2314357ecf/doc_source/USER_ReplicateBackups.md
 */
const BACKUP_TARGETS: Readonly<Record<string, readonly string[]>> = {
  "ap-northeast-1": ["ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "us-east-1", "us-east-2", "us-west-2"], // prettier-ignore
  "ap-northeast-2": ["ap-northeast-1", "ap-southeast-1", "us-east-1", "us-east-2", "us-west-2"],
  "ap-northeast-3": ["ap-northeast-1"],
  "ap-south-1": ["ap-southeast-1", "us-east-1", "us-east-2", "us-west-2"],
  "ap-southeast-1": ["ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-2", "us-east-1", "us-east-2", "us-west-2"], // prettier-ignore
  "ap-southeast-2": ["ap-southeast-1", "us-east-1", "us-west-1", "us-west-2"],
  "ca-central-1": ["eu-west-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"],
  "eu-central-1": [...without(EUROPE, "eu-central-1"), "us-east-1", "us-east-2", "us-west-2"],
  "eu-north-1": [...without(EUROPE, "eu-north-1"), "us-east-1"],
  "eu-west-1": [...without(EUROPE, "eu-west-1"), "ca-central-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"], // prettier-ignore
  "eu-west-2": [...without(EUROPE, "eu-west-2"), "us-east-1"],
  "eu-west-3": [...without(EUROPE, "eu-west-3"), "us-east-1"],
  "sa-east-1": ["us-east-1", "us-east-2"],
  "us-east-1": [...EUROPE, "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "sa-east-1", "us-east-2", "us-west-1", "us-west-2"], // prettier-ignore
  "us-east-2": ["ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ca-central-1", "eu-central-1", "eu-west-1", "sa-east-1", "us-east-1", "us-west-1", "us-west-2"], // prettier-ignore
  "us-west-1": ["ap-southeast-2", "ca-central-1", "eu-west-1", "us-east-1", "us-east-2", "us-west-2"],
  "us-west-2": ["ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-west-1", "us-east-1", "us-east-2", "us-west-1"], // prettier-ignore
};

/**
 * Regions to which RDS copies the backups of a database in a region, or `undefined` if it copies them to the target or one
 * of both is newer than the table.
 */
export function otherBackupTargets(region: string, target: string): readonly string[] | undefined {
  const targets = BACKUP_TARGETS[region];
  if (targets === undefined || BACKUP_TARGETS[target] === undefined || targets.includes(target))
    return undefined;
  return [...targets].sort();
}
