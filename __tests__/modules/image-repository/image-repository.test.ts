import {
  ImageRepository,
  type ImageRepositoryProps,
} from "../../../modules/image-repository/image-repository";
import { argumentsOf } from "../../support/arguments-of";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

function synthesized(changed: Partial<ImageRepositoryProps> = {}) {
  let repository: ImageRepository | undefined;
  const template = Template.of((stack) => {
    repository = new ImageRepository(stack, "images", { names: testNames, forceDelete: false, ...changed });
  });
  return { template, repository: repository! };
}

describe("image repository", () => {
  const { template, repository } = synthesized();

  it("creates a repository with a key, an alias and a lifecycle policy", () =>
    expect(template.counts()).toEqual({
      aws_ecr_lifecycle_policy: 1,
      aws_ecr_repository: 1,
      aws_kms_alias: 1,
      aws_kms_key: 1,
    }));

  it("has immutable tags, scan on push and its own key", () => {
    const key = Object.keys(template.byId("aws_kms_key"))[0];
    expect(argumentsOf(template.sole("aws_ecr_repository"))).toEqual({
      name: "automock-test",
      image_tag_mutability: "IMMUTABLE",
      image_scanning_configuration: { scan_on_push: true },
      encryption_configuration: [{ encryption_type: "KMS", kms_key: `\${aws_kms_key.${key}.arn}` }],
      force_delete: false,
      tags: { Name: "automock-test" },
    });
    expect(template.sole("aws_kms_alias").name).toBe("alias/automock-test-images");
  });

  it("keeps the ten newest tagged images, and untagged ones for a week", () =>
    expect(JSON.parse(template.sole("aws_ecr_lifecycle_policy").policy as string)).toEqual({
      rules: [
        {
          rulePriority: 1,
          description: "Untagged images go after 7 days",
          selection: {
            tagStatus: "untagged",
            countType: "sinceImagePushed",
            countUnit: "days",
            countNumber: 7,
          },
          action: { type: "expire" },
        },
        {
          rulePriority: 2,
          description: "The newest 10 images stay",
          selection: {
            tagStatus: "tagged",
            tagPatternList: ["*"],
            countType: "imageCountMoreThan",
            countNumber: 10,
          },
          action: { type: "expire" },
        },
      ],
    }));

  it("has a literal name and ARN", () => {
    expect(repository.repositoryName).toBe("automock-test");
    expect(repository.repositoryArn).toBe("arn:aws:ecr:us-east-1:111122223333:repository/automock-test");
  });

  it("lets a role pull its images only", () =>
    expect(repository.pullStatements).toEqual([
      { sid: "LogInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
      {
        sid: "PullImages",
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        resources: ["arn:aws:ecr:us-east-1:111122223333:repository/automock-test"],
      },
    ]));
});
