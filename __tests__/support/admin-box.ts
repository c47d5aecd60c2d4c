import { CreateLaunchTemplateCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateInstanceProfileCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateScheduleGroupCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { CreateDocumentCommand, SSMClient } from "@aws-sdk/client-ssm";
import { adminNames, type AdminNames } from "../../contract/admin-box";
import type { LocalClientConfig } from "../../local/environment";
import { USER_DATA } from "../../modules/admin-box/user-data";

export const ADMIN_NAMES: AdminNames = adminNames({
  accountId: "123456789012",
  region: "us-east-1",
  environment: "staging",
});

/** What `automock admin` needs of its stack on a local AWS, without Terraform. */
export async function createAdminStack(
  config: LocalClientConfig,
  securityGroupIds?: readonly string[],
): Promise<void> {
  const ssm = new SSMClient(config);
  const document = (Name: string, content: object) =>
    ssm.send(
      new CreateDocumentCommand({
        Name,
        DocumentType: "Session",
        DocumentFormat: "JSON",
        Content: JSON.stringify({ schemaVersion: "1.0", ...content }),
      }),
    );
  await new IAMClient(config).send(
    new CreateInstanceProfileCommand({ InstanceProfileName: ADMIN_NAMES.instanceRole }),
  );
  await Promise.all([
    createLaunchTemplate(config, securityGroupIds),
    new SchedulerClient(config).send(new CreateScheduleGroupCommand({ Name: ADMIN_NAMES.scheduleGroup })),
    document(ADMIN_NAMES.shellDocument, { sessionType: "Standard_Stream", inputs: {} }),
    document(ADMIN_NAMES.commandDocument, {
      sessionType: "NonInteractiveCommands",
      parameters: { command: { type: "String" } },
      properties: { linux: { commands: "{{ command }}" } },
    }),
  ]);
}

/** The launch template of the stack, with its instance profile and its user data. */
export async function createLaunchTemplate(
  config: LocalClientConfig,
  securityGroupIds: readonly string[] = [],
): Promise<void> {
  await new EC2Client(config).send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: ADMIN_NAMES.launchTemplate,
      LaunchTemplateData: {
        ImageId: "ami-12c6146b",
        ...(securityGroupIds.length > 0 && { SecurityGroupIds: [...securityGroupIds] }),
        IamInstanceProfile: { Arn: `arn:aws:iam::123456789012:instance-profile/${ADMIN_NAMES.instanceRole}` },
        UserData: Buffer.from(USER_DATA).toString("base64"),
        MetadataOptions: { HttpTokens: "required", InstanceMetadataTags: "enabled" },
      },
    }),
  );
}
