import type { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { managedPolicyArn, SERVICE_POLICIES } from "../iam/managed-policies";
import { ServiceRole } from "../iam/service-role";

/**
 * Role that lets RDS write enhanced monitoring metrics of one database to CloudWatch Logs.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
 */
export class MonitoringRole extends ServiceRole {
  constructor(scope: Construct, id: string, props: { readonly names: Names; readonly identifier: string }) {
    const { names, identifier } = props;
    super(scope, id, {
      ...props,
      purpose: "database-monitoring",
      description: "Lets RDS write the operating system's metrics of the database",
      service: "monitoring.rds.amazonaws.com",
      sourceArn: names.arn("rds", `db:${identifier}`),
      policies: {},
      managedPolicyArns: {
        "enhanced-monitoring": managedPolicyArn(names, SERVICE_POLICIES.rdsMonitoring),
      },
    });
  }
}
