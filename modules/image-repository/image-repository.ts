import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { CustomerKey } from "../shared/customer-key";
import type { PolicyStatement } from "../shared/policy-document";

/** Images available for a rollback. */
const KEPT_IMAGES = 10;

/** Retention of untagged images. */
const UNTAGGED_DAYS = 7;

export interface ImageRepositoryProps {
  readonly names: Names;
  /** Whether deleting the repository deletes its images too. */
  readonly forceDelete: boolean;
}

/**
 * An ECR repository `<system>-<environment>` with immutable tags, scan on push and its own encryption key. It
 * keeps the 10 newest tagged images, and untagged ones for 7 days.
 *
 * Cost: $0.10 per GB-month (https://aws.amazon.com/ecr/pricing/), $1 per month for the key.
 */
export class ImageRepository extends Construct {
  /** Literal, known before the apply. */
  public readonly repositoryName: string;
  /** Literal, known before the apply. */
  public readonly repositoryArn: string;
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>` (a token). */
  public readonly repositoryUrl: string;
  /** Lets a role pull images. */
  public readonly pullStatements: readonly PolicyStatement[];

  constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id);
    const { names } = props;
    this.repositoryName = names.name("repository");
    this.repositoryArn = names.arn("ecr", `repository/${this.repositoryName}`);
    const key = new CustomerKey(this, "key", {
      names,
      purpose: "images",
      description: `Images of the repository ${this.repositoryName}`,
    });
    const repository = new EcrRepository(this, "repository", {
      name: this.repositoryName,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: "KMS", kmsKey: key.keyArn }],
      forceDelete: props.forceDelete,
      tags: { Name: this.repositoryName },
    });
    new EcrLifecyclePolicy(this, "lifecycle-policy", {
      repository: repository.name,
      policy: lifecyclePolicy(),
    });
    this.repositoryUrl = repository.repositoryUrl;
    this.pullStatements = [
      { sid: "LogInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
      {
        sid: "PullImages",
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        resources: [this.repositoryArn],
      },
    ];
  }
}

/** The keys are in the order that AWS returns, so that a second plan shows no changes. */
function lifecyclePolicy(): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `Untagged images go after ${UNTAGGED_DAYS} days`,
        selection: {
          tagStatus: "untagged",
          countType: "sinceImagePushed",
          countUnit: "days",
          countNumber: UNTAGGED_DAYS,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 2,
        description: `The newest ${KEPT_IMAGES} images stay`,
        selection: {
          tagStatus: "tagged",
          tagPatternList: ["*"],
          countType: "imageCountMoreThan",
          countNumber: KEPT_IMAGES,
        },
        action: { type: "expire" },
      },
    ],
  });
}
