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
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { ACCEPTED, GONE, hintsOf, isCandidateName, readTags, tagsFrom, type HandlerFactory } from "./shared";

const INSTANCE = "rds:db-instance";
const SUBNET_GROUP = "rds:db-subnet-group";
const PARAMETER_GROUP = "rds:db-parameter-group";

/** What both kinds of groups have in common: they go at once, after the instances that use them. */
const GROUP = {
  layer: "workload",
  after: [INSTANCE],
  stuckMs: 15 * MINUTE,
} as const;

/** Database instances with their groups. */
export const rds: HandlerFactory = ({ read, write }) => {
  const tagsOf = (arn: string | undefined) =>
    readTags(async () =>
      tagsFrom((await read.rds.send(new ListTagsForResourceCommand({ ResourceName: arn }))).TagList),
    );

  const instanceOf = async (id: string) => {
    const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: id });
    return (await unlessNotFound(() => read.rds.send(command)))?.DBInstances?.[0];
  };

  const instance: Handler = {
    type: INSTANCE,
    layer: "workload",
    after: [],
    stuckMs: 60 * MINUTE,
    async *list(env) {
      const all = await allPages(async (Marker) => {
        const page = await read.rds.send(new DescribeDBInstancesCommand({ Marker }));
        return { items: page.DBInstances, next: page.Marker };
      });
      const hints = hintsOf(env, INSTANCE);
      for (const one of all) {
        const { DBInstanceIdentifier: id, DBInstanceArn: arn, DBInstanceStatus: status } = one;
        const vpcId = one.DBSubnetGroup?.VpcId;
        const isOurs = isCandidateName(id, env) || env.ownedVpcIds.includes(vpcId ?? "");
        if (!isOurs && !hints.includes(arn!)) continue;
        const presence = status === "deleting" ? "deleting" : "present";
        yield { type: INSTANCE, id: id!, arn, name: id, vpcId, tags: tagsFrom(one.TagList), presence };
      }
    },
    async look({ id }) {
      const status = (await instanceOf(id))?.DBInstanceStatus;
      if (status === undefined) return "absent";
      return status === "deleting" ? "deleting" : "present";
    },
    async prepare({ id, tags }) {
      const found = await instanceOf(id);
      // Protection is somebody's will; only the tag says that it was not meant for ever.
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
  };

  const subnetGroup: Handler = {
    type: SUBNET_GROUP,
    ...GROUP,
    async *list(env) {
      const all = await allPages(async (Marker) => {
        const page = await read.rds.send(new DescribeDBSubnetGroupsCommand({ Marker }));
        return { items: page.DBSubnetGroups, next: page.Marker };
      });
      const hints = hintsOf(env, SUBNET_GROUP);
      for (const { DBSubnetGroupName: id, DBSubnetGroupArn: arn, VpcId: vpcId } of all) {
        const isOurs = isCandidateName(id, env) || env.ownedVpcIds.includes(vpcId ?? "");
        if (!isOurs && !hints.includes(arn!) && !hints.includes(id!)) continue;
        const tags = await tagsOf(arn);
        if (tags) yield { type: SUBNET_GROUP, id: id!, arn, name: id, vpcId, tags };
      }
    },
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: id })),
      );
      return found?.DBSubnetGroups?.length ? "present" : "absent";
    },
    async remove({ id }) {
      await write.rds.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: id }));
      return GONE;
    },
  };

  const parameterGroup: Handler = {
    type: PARAMETER_GROUP,
    ...GROUP,
    async *list(env) {
      const all = await allPages(async (Marker) => {
        const page = await read.rds.send(new DescribeDBParameterGroupsCommand({ Marker }));
        return { items: page.DBParameterGroups, next: page.Marker };
      });
      const hints = hintsOf(env, PARAMETER_GROUP);
      for (const { DBParameterGroupName: id, DBParameterGroupArn: arn } of all) {
        if (!isCandidateName(id, env) && !hints.includes(arn!) && !hints.includes(id!)) continue;
        const tags = await tagsOf(arn);
        const builtIn = id!.startsWith("default.") ? { builtIn: "default parameter group" } : {};
        if (tags) yield { type: PARAMETER_GROUP, id: id!, arn, name: id, ...builtIn, tags };
      }
    },
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: id })),
      );
      return found?.DBParameterGroups?.length ? "present" : "absent";
    },
    async remove({ id }) {
      await write.rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: id }));
      return GONE;
    },
  };

  return [instance, subnetGroup, parameterGroup];
};
