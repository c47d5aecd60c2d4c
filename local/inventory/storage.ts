import { paginateListTables } from "@aws-sdk/client-dynamodb";
import {
  paginateDescribeDBInstances,
  paginateDescribeDBParameterGroups,
  paginateDescribeDBSnapshots,
  paginateDescribeDBSubnetGroups,
} from "@aws-sdk/client-rds";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { pages } from "./clients";
import { items, type Lister } from "./item";

/** Buckets, tables, databases. */
export const listStorage: Lister = async ({ s3, dynamoDb, rds }) => {
  const at = { client: rds };
  const buckets = (await s3.send(new ListBucketsCommand({}))).Buckets ?? [];
  const tables = await pages(paginateListTables({ client: dynamoDb }, {}), (page) => page.TableNames);
  const instances = await pages(paginateDescribeDBInstances(at, {}), (page) => page.DBInstances);
  const snapshots = await pages(paginateDescribeDBSnapshots(at, {}), (page) => page.DBSnapshots);
  const subnetGroups = await pages(paginateDescribeDBSubnetGroups(at, {}), (page) => page.DBSubnetGroups);
  const parameterGroups = await pages(
    paginateDescribeDBParameterGroups(at, {}),
    (page) => page.DBParameterGroups,
  );
  return [
    ...items("s3", "bucket", buckets, (bucket) => bucket.Name),
    ...items("dynamodb", "table", tables, (name) => name),
    ...items("rds", "dbInstance", instances, (instance) => instance.DBInstanceArn),
    ...items("rds", "dbSnapshot", snapshots, (snapshot) => snapshot.DBSnapshotArn),
    ...items("rds", "dbSubnetGroup", subnetGroups, (group) => unlessDefault(group.DBSubnetGroupName)),
    ...items("rds", "dbParameterGroup", parameterGroups, (group) =>
      unlessDefault(group.DBParameterGroupName),
    ),
  ];
};

/** AWS's own groups are `default` and `default.<family>`. */
function unlessDefault(name: string | undefined): string | undefined {
  return /^default([.:].*)?$/.test(name ?? "") ? undefined : name;
}
