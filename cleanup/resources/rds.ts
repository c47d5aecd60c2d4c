import {
  DeleteDBInstanceCommand,
  DeleteDBParameterGroupCommand,
  DeleteDBSubnetGroupCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBSubnetGroupsCommand,
  ListTagsForResourceCommand,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { TAG } from "../../contract/tags";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import { MINUTE } from "../engine/time";
import { candidates, type Listed } from "./candidates";
import type { ResourceType } from "./resource-type";
import { ACCEPTED, GONE, presentIf, tagsFrom, type Tags } from "./shared";

const INSTANCE = "rds:db-instance";
const SUBNET_GROUP = "rds:db-subnet-group";
const PARAMETER_GROUP = "rds:db-parameter-group";

const instance: ResourceType = {
  type: INSTANCE,
  terraform: ["aws_db_instance"],
  arns: ["db:"],
  arnParts: [
    "snapshot:rds:", // automatic ones; others stay and block
    "auto-backup:",
  ],
  stuckMs: 60 * MINUTE,
  handler: ({ read, write }) => ({
    list: candidates(INSTANCE, {
      async all() {
        const all = await allPages(async (Marker) => {
          const page = await read.rds.send(new DescribeDBInstancesCommand({ Marker }));
          return { items: page.DBInstances, next: page.Marker };
        });
        return all.map(
          ({ DBInstanceIdentifier: id, DBInstanceArn: arn, DBInstanceStatus: status, ...one }) => ({
            id: id!,
            arn,
            name: id,
            vpcId: one.DBSubnetGroup?.VpcId,
            tags: tagsFrom(one.TagList),
            presence: status === "deleting" ? "deleting" : "present",
          }),
        );
      },
    }),
    async look({ id }) {
      const status = (await instanceOf(read, id))?.DBInstanceStatus;
      if (status === undefined) return "absent";
      return status === "deleting" ? "deleting" : "present";
    },
    async prepare({ id, tags }) {
      const found = await instanceOf(read, id);
      // Someone set the protection. Only the tag tells that it was not meant to be permanent.
      if (tags === "unreadable" || tags[TAG.ephemeral] !== "true") return;
      if (!found?.DeletionProtection) return;
      await write.rds.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: id,
          DeletionProtection: false,
          ApplyImmediately: true,
        }),
      );
    },
    async remove({ id }) {
      await write.rds.send(
        new DeleteDBInstanceCommand({
          DBInstanceIdentifier: id,
          SkipFinalSnapshot: true,
          DeleteAutomatedBackups: true,
        }),
      );
      return ACCEPTED;
    },
  }),
};

const subnetGroup: ResourceType = {
  type: SUBNET_GROUP,
  terraform: ["aws_db_subnet_group"],
  arns: ["subgrp:"],
  after: [INSTANCE],
  handler: ({ read, write }) => ({
    list: candidates(SUBNET_GROUP, {
      async all() {
        const all = await allPages(async (Marker) => {
          const page = await read.rds.send(new DescribeDBSubnetGroupsCommand({ Marker }));
          return { items: page.DBSubnetGroups, next: page.Marker };
        });
        return all.map(({ DBSubnetGroupName: id, DBSubnetGroupArn: arn, VpcId: vpcId }) => ({
          id: id!,
          arn,
          name: id,
          vpcId,
        }));
      },
      tags: (one) => tagsOf(read, one),
    }),
    look: ({ id }) =>
      presentIf(async () => {
        const answer = await read.rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: id }));
        return answer.DBSubnetGroups?.length;
      }),
    async remove({ id }) {
      await write.rds.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: id }));
      return GONE;
    },
  }),
};

const parameterGroup: ResourceType = {
  type: PARAMETER_GROUP,
  terraform: ["aws_db_parameter_group"],
  arns: ["pg:"],
  after: [INSTANCE],
  handler: ({ read, write }) => ({
    list: candidates(PARAMETER_GROUP, {
      async all() {
        const all = await allPages(async (Marker) => {
          const page = await read.rds.send(new DescribeDBParameterGroupsCommand({ Marker }));
          return { items: page.DBParameterGroups, next: page.Marker };
        });
        return all.map(({ DBParameterGroupName: id, DBParameterGroupArn: arn }) => ({
          id: id!,
          arn,
          name: id,
          ...(id!.startsWith("default.") && { builtIn: "default parameter group" }),
        }));
      },
      tags: (one) => tagsOf(read, one),
    }),
    look: ({ id }) =>
      presentIf(async () => {
        const command = new DescribeDBParameterGroupsCommand({ DBParameterGroupName: id });
        return (await read.rds.send(command)).DBParameterGroups?.length;
      }),
    async remove({ id }) {
      await write.rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: id }));
      return GONE;
    },
  }),
};

/** Database instances with their groups. */
export const rds: readonly ResourceType[] = [instance, subnetGroup, parameterGroup];

async function instanceOf(read: Clients, id: string) {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: id });
  return (await unlessNotFound(() => read.rds.send(command)))?.DBInstances?.[0];
}

async function tagsOf(read: Clients, { arn }: Listed): Promise<Tags> {
  return tagsFrom((await read.rds.send(new ListTagsForResourceCommand({ ResourceName: arn }))).TagList);
}
