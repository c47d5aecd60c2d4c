import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { BOX_VOLUME_GIB, type AdminNames } from "../../contract/admin-box";
import { USER_DATA } from "./user-data";

export interface BoxLaunchTemplateProps {
  readonly names: AdminNames;
  readonly securityGroupId: string;
  readonly instanceProfileArn: string;
  /** Tags of boxes, their volumes and network interfaces. */
  readonly tags: Readonly<Record<string, string>>;
  /** Instance profile with its policies. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** The newest Amazon Linux 2023, resolved at each launch. It has the SSM agent. */
const IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

/**
 * What a box is: Amazon Linux 2023 without a key, metadata only with a token, one encrypted volume, terminated when it
 * shuts down. Type, subnet and market come from the launch. Free of charge.
 */
export class BoxLaunchTemplate extends Construct {
  /** Id (a token). */
  public readonly templateId: string;

  constructor(scope: Construct, id: string, props: BoxLaunchTemplateProps) {
    super(scope, id);
    const { names, securityGroupId, instanceProfileArn, tags, dependsOn } = props;
    const ofBox = { ...tags, Name: names.launchTemplate };
    const template = new LaunchTemplate(this, "launch-template", {
      name: names.launchTemplate,
      description: "Admin boxes: npx automock admin up",
      updateDefaultVersion: true,
      imageId: IMAGE,
      instanceInitiatedShutdownBehavior: "terminate",
      iamInstanceProfile: { arn: instanceProfileArn },
      vpcSecurityGroupIds: [securityGroupId],
      creditSpecification: { cpuCredits: "standard" },
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "enabled",
      },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeType: "gp3",
            volumeSize: BOX_VOLUME_GIB,
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      userData: Buffer.from(USER_DATA).toString("base64"),
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: ofBox,
      })),
      tags: { Name: names.launchTemplate },
      dependsOn: [...dependsOn],
    });
    this.templateId = template.id;
  }
}
