import { DescribeInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import type { Clients } from "../../../cleanup/aws/clients";
import { unlessNotFound } from "../../../cleanup/aws/errors";
import { allPages } from "../../../cleanup/aws/pages";
import type { Metrics } from "../../../cleanup/engine/ports";
import { tagsFrom } from "../../../cleanup/resources/shared";
import { ADMIN_METRICS, ADMIN_SYSTEM, BOX_STATES } from "../../../contract/admin-box";
import { TAG } from "../../../contract/tags";
import type { Boxes } from "../core/ports";

/** Admin boxes in this account and region. @param metrics of the namespace of admin boxes */
export function boxes({ ec2 }: Pick<Clients, "ec2">, metrics: Metrics): Boxes {
  return {
    async all() {
      const reservations = await allPages(async (NextToken) => {
        const page = await ec2.send(
          new DescribeInstancesCommand({
            NextToken,
            Filters: [
              { Name: `tag:${TAG.system}`, Values: [ADMIN_SYSTEM] },
              { Name: "instance-state-name", Values: [...BOX_STATES] },
            ],
          }),
        );
        return { items: page.Reservations, next: page.NextToken };
      });
      return reservations
        .flatMap(({ Instances = [] }) => Instances)
        .map(({ InstanceId, LaunchTime, IamInstanceProfile, Tags }) => {
          if (InstanceId === undefined || LaunchTime === undefined) {
            throw new Error("EC2 described an instance without id or launch time");
          }
          return {
            id: InstanceId,
            tags: tagsFrom(Tags),
            launchedAt: LaunchTime.getTime(),
            instanceProfileArn: IamInstanceProfile?.Arn,
          };
        });
    },

    async terminate(id) {
      await unlessNotFound(() => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })));
    },

    reportOverdue(environment, count) {
      metrics.add(ADMIN_METRICS.boxesOverdue, count, { name: "Environment", value: environment });
    },
  };
}
