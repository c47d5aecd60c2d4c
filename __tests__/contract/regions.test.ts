import { otherBackupTargets, zonesOf } from "../../contract/regions";

/** The regions of the table, in which RDS copies backups. */
const REGIONS = [
  ...["ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"],
  ...["ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"],
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
];

const pairs = REGIONS.flatMap((from) =>
  REGIONS.filter((to) => to !== from && otherBackupTargets(from, to) === undefined).map((to) => [from, to]),
);

describe("copies of backups", () => {
  it("there are as many pairs as in AWS's table", () => expect(pairs).toHaveLength(108));

  it("each pair goes both ways", () =>
    expect(pairs.filter(([from, to]) => otherBackupTargets(to!, from!) !== undefined)).toEqual([]));

  it("a pair outside the table is refused with the targets that the table has", () =>
    expect(otherBackupTargets("ap-northeast-3", "us-east-1")).toEqual(["ap-northeast-1"]));

  it.each([
    ["eu-central-2", "eu-central-1"],
    ["eu-central-1", "eu-central-2"],
  ])("from %s to %s: not known, because one of them is newer than the table", (from, to) =>
    expect(otherBackupTargets(from, to)).toBeUndefined(),
  );
});

it.each([
  ["us-east-1", "abcdef"],
  ["us-east-2", "abc"],
  ["us-west-2", "abcd"],
  ["ap-northeast-1", "abcd"],
  ["ap-northeast-2", "abcd"],
  ["ca-central-1", "abd"],
  ["eu-central-2", "abc"],
])("the zones of %s are %s", (region, letters) => expect(zonesOf(region).join("")).toBe(letters));
