import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import type { Construct } from "constructs";
import { adminNames } from "../../contract/admin-box";
import { tagsFor } from "../../contract/tags";
import type { Environment } from "../../environments/schema";
import { sectionOf } from "../../environments/schema/systems";
import { BoxBudget } from "../../modules/admin-box/budget";
import { BoxLaunchTemplate } from "../../modules/admin-box/launch-template";
import { ConnectEndpoint } from "../../modules/admin-box/connect-endpoint";
import { BoxRole } from "../../modules/admin-box/box-role";
import { BoxSecurityGroup } from "../../modules/admin-box/security-group";
import { EndRole } from "../../modules/admin-box/end-role";
import { LauncherPolicy } from "../../modules/admin-box/launcher-policy";
import { SessionDocuments } from "../../modules/admin-box/session-documents";
import { adminPanels } from "../../modules/admin-box/panels";
import { Alarms } from "../../modules/monitoring/alarms";
import { Dashboard } from "../../modules/monitoring/dashboard";
import { SystemStack } from "../system-stack";

/**
 * What `automock admin` needs in an account: the launch template of the boxes, their roles, the policy for people, the
 * session documents and their log, and alarms. It runs no box. No pipeline applies it, because it decides who may do
 * what by hand.
 *
 * Cost: docs/costs.md. Keys, alarms and dashboard; each box comes on top while it runs.
 */
export class AdminStack extends SystemStack {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id, "admin", environment);
    const { name, notifications } = environment;
    const settings = sectionOf(environment, "admin");
    const names = adminNames({ ...environment, environment: name });

    const securityGroup = new BoxSecurityGroup(this, "security-group", {
      names,
      vpcId: settings.network?.vpcId,
      reaches: settings.reaches,
    });
    const boxRole = new BoxRole(this, "box-role", { names });
    const endRole = new EndRole(this, "end-role", { names, environment: name });
    const template = new BoxLaunchTemplate(this, "template", {
      names,
      securityGroupId: securityGroup.securityGroupId,
      instanceProfileArn: boxRole.instanceProfileArn,
      tags: tagsFor(this.tags),
      dependsOn: boxRole.ready,
    });
    const connect =
      settings.instanceConnect && settings.network
        ? new ConnectEndpoint(this, "connect", {
            names,
            vpcId: settings.network.vpcId,
            subnetId: settings.network.subnetIds[0]!,
            boxSecurityGroupId: securityGroup.securityGroupId,
          })
        : undefined;
    const launcher = new LauncherPolicy(this, "launcher", {
      names,
      environment: name,
      launchTemplateId: template.templateId,
      securityGroupId: securityGroup.securityGroupId,
      boxRoleArn: boxRole.roleArn,
      endRoleArn: endRole.roleArn,
      subnetIds: settings.network?.subnetIds,
      connectEndpointArn: connect?.endpointArn,
    });
    new SchedulerScheduleGroup(this, "schedule-group", {
      name: names.scheduleGroup,
      tags: { Name: names.scheduleGroup },
    });
    new SessionDocuments(this, "sessions", { names, ...settings });
    new BoxBudget(this, "budget", {
      names,
      monthlyUsd: settings.monthlyBudgetUsd,
      emails: notifications.emails,
    });
    const topic = this.notificationTopic();
    const panels = adminPanels(name);
    new Alarms(this, "alarms", {
      names: names.names,
      definitions: panels.flatMap(({ alarms }) => alarms),
      topicArn: topic.topicArn,
    });
    const { dashboardName } = new Dashboard(this, "dashboard", { names: names.names, panels });

    this.output("launch_template", names.launchTemplate, "Launch template of the boxes");
    this.output("launcher_policy_arn", launcher.policyArn, "Policy for the people who may launch boxes");
    this.output("session_log_group", names.sessionLogGroup, "Log group of the sessions");
    this.output("dashboard_name", dashboardName, "CloudWatch dashboard");
    this.output("topic_arn", topic.topicArn, "Topic of the alarms");
  }
}
