import type * as rds from "@aws-sdk/client-rds";
import { anywhere, operation, type Need, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { after, DURATIONS } from "../world/after";
import { tagList, type Entity } from "../world/entity";
import type { Database } from "../world/workload";
import type { World } from "../world/world";

const on = (action: string, item: Entity | undefined): Need => ({
  action: `rds:${action}`,
  resource: item?.arn ?? "*",
  tags: item?.tags ?? {},
});

function databaseOf(world: World, id: string | undefined): Database {
  const database = world.databases.get(id);
  if (!database) throw new AwsError("DBInstanceNotFoundFault", `DBInstance ${id} not found.`, 404);
  return database;
}

export const RDS: Operations = {
  DescribeDBInstances: operation<rds.DescribeDBInstancesCommandInput, rds.DescribeDBInstancesCommandOutput>(
    anywhere("rds:DescribeDBInstances"),
    (input, { world }) => {
      const wanted = input.DBInstanceIdentifier;
      const found = wanted === undefined ? world.databases.all() : [databaseOf(world, wanted)];
      const { items, next } = pageOf(world, found, (d) => d.id, input.Marker, input.MaxRecords);
      return {
        DBInstances: items.map((d) => ({
          DBInstanceIdentifier: d.id,
          DBInstanceArn: d.arn,
          DBInstanceStatus: d.status,
          DBSubnetGroup: { VpcId: world.databaseSubnetGroups.get(d.subnetGroup)?.vpcId },
          DeletionProtection: d.deletionProtection,
          TagList: tagList(d.tags),
        })),
        Marker: next,
      };
    },
  ),
  DescribeDBClusters: operation<rds.DescribeDBClustersCommandInput, rds.DescribeDBClustersCommandOutput>(
    anywhere("rds:DescribeDBClusters"),
    () => ({ DBClusters: [] }),
  ),
  ModifyDBInstance: operation<rds.ModifyDBInstanceCommandInput, rds.ModifyDBInstanceCommandOutput>(
    (input, world) => on("ModifyDBInstance", world.databases.get(input.DBInstanceIdentifier)),
    (input, call) => {
      const database = databaseOf(call.world, input.DBInstanceIdentifier);
      if (database.status !== "available") {
        throw new AwsError("InvalidDBInstanceStateFault", `DB instance is in state ${database.status}`);
      }
      if (input.DeletionProtection !== undefined) database.deletionProtection = input.DeletionProtection;
      database.status = "modifying";
      after(call, DURATIONS.databaseModify, () => {
        if (database.status === "modifying") database.status = "available";
      });
      return {};
    },
  ),
  DeleteDBInstance: operation<rds.DeleteDBInstanceCommandInput, rds.DeleteDBInstanceCommandOutput>(
    (input, world) => on("DeleteDBInstance", world.databases.get(input.DBInstanceIdentifier)),
    (input, call) => {
      const database = databaseOf(call.world, input.DBInstanceIdentifier);
      if (database.deletionProtection) {
        throw new AwsError(
          "InvalidParameterCombination",
          "Cannot delete protected DB Instance, please disable deletion protection and try again.",
        );
      }
      if (database.status === "deleting") {
        throw new AwsError("InvalidDBInstanceStateFault", "Instance is already being deleted.");
      }
      if (!input.SkipFinalSnapshot && !input.FinalDBSnapshotIdentifier) {
        throw new AwsError("InvalidParameterCombination", "FinalDBSnapshotIdentifier is required.");
      }
      database.status = "deleting";
      after(call, DURATIONS.database, () => {
        for (const id of database.interfaceIds) call.world.interfaces.delete(id);
        call.world.databases.delete(database.id);
      });
      return {};
    },
  ),
  DescribeDBSubnetGroups: operation<
    rds.DescribeDBSubnetGroupsCommandInput,
    rds.DescribeDBSubnetGroupsCommandOutput
  >(anywhere("rds:DescribeDBSubnetGroups"), (input, { world }) => {
    const name = input.DBSubnetGroupName;
    const found = world.databaseSubnetGroups.where((g) => name === undefined || g.id === name);
    if (name !== undefined && found.length === 0) throw subnetGroupMissing(name);
    const { items, next } = pageOf(world, found, (g) => g.id, input.Marker, input.MaxRecords);
    return {
      DBSubnetGroups: items.map((g) => ({
        DBSubnetGroupName: g.id,
        DBSubnetGroupArn: g.arn,
        VpcId: g.vpcId,
      })),
      Marker: next,
    };
  }),
  DeleteDBSubnetGroup: operation<rds.DeleteDBSubnetGroupCommandInput, rds.DeleteDBSubnetGroupCommandOutput>(
    (input, world) => on("DeleteDBSubnetGroup", world.databaseSubnetGroups.get(input.DBSubnetGroupName)),
    (input, { world }) => {
      const group = world.databaseSubnetGroups.get(input.DBSubnetGroupName);
      if (!group) throw subnetGroupMissing(input.DBSubnetGroupName);
      if (world.databases.some((d) => d.subnetGroup === group.id)) {
        throw new AwsError(
          "InvalidDBSubnetGroupStateFault",
          "Cannot delete the subnet group because it is in use.",
        );
      }
      world.databaseSubnetGroups.delete(group.id);
      return {};
    },
  ),
  DescribeDBParameterGroups: operation<
    rds.DescribeDBParameterGroupsCommandInput,
    rds.DescribeDBParameterGroupsCommandOutput
  >(anywhere("rds:DescribeDBParameterGroups"), (input, { world }) => {
    const name = input.DBParameterGroupName;
    const found = world.databaseParameterGroups.where((g) => name === undefined || g.id === name);
    if (name !== undefined && found.length === 0) throw parameterGroupMissing(name);
    const { items, next } = pageOf(world, found, (g) => g.id, input.Marker, input.MaxRecords);
    return {
      DBParameterGroups: items.map((g) => ({ DBParameterGroupName: g.id, DBParameterGroupArn: g.arn })),
      Marker: next,
    };
  }),
  DeleteDBParameterGroup: operation<
    rds.DeleteDBParameterGroupCommandInput,
    rds.DeleteDBParameterGroupCommandOutput
  >(
    (input, world) =>
      on("DeleteDBParameterGroup", world.databaseParameterGroups.get(input.DBParameterGroupName)),
    (input, { world }) => {
      const group = world.databaseParameterGroups.get(input.DBParameterGroupName);
      if (!group) throw parameterGroupMissing(input.DBParameterGroupName);
      if (world.databases.some((d) => d.parameterGroup === group.id)) {
        throw new AwsError(
          "InvalidDBParameterGroupStateFault",
          "One or more database instances are still members.",
        );
      }
      world.databaseParameterGroups.delete(group.id);
      return {};
    },
  ),
  ListTagsForResource: operation<rds.ListTagsForResourceCommandInput, rds.ListTagsForResourceCommandOutput>(
    (input) => ({ action: "rds:ListTagsForResource", resource: input.ResourceName ?? "*" }),
    (input, { world }) => {
      const stores = [world.databases, world.databaseSubnetGroups, world.databaseParameterGroups];
      const item = stores
        .flatMap((store) => store.all() as Entity[])
        .find((e) => e.arn === input.ResourceName);
      if (item) return { TagList: tagList(item.tags) };
      const name = input.ResourceName?.split(":").at(-1);
      if (input.ResourceName?.includes(":subgrp:")) throw subnetGroupMissing(name);
      if (input.ResourceName?.includes(":pg:")) throw parameterGroupMissing(name);
      throw new AwsError("DBInstanceNotFoundFault", `DBInstance ${name} not found.`, 404);
    },
  ),
};

function subnetGroupMissing(name: string | undefined): AwsError {
  return new AwsError("DBSubnetGroupNotFoundFault", `DB subnet group '${name}' does not exist.`, 404);
}

function parameterGroupMissing(name: string | undefined): AwsError {
  return new AwsError("DBParameterGroupNotFoundFault", `DBParameterGroup not found: ${name}`, 404);
}
