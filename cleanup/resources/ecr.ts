import {
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-ecr";
import { allPages } from "../aws/pages";
import { candidates } from "./candidates";
import type { ResourceType } from "./resource-type";
import { GONE, presentIf, tagsFrom } from "./shared";

const REPOSITORY = "ecr:repository";

const repository: ResourceType = {
  type: REPOSITORY,
  terraform: ["aws_ecr_repository"],
  parts: ["aws_ecr_lifecycle_policy", "aws_ecr_repository_policy"],
  arns: ["repository/"],
  handler: ({ read, write }) => ({
    list: candidates(REPOSITORY, {
      async all() {
        const all = await allPages(async (nextToken) => {
          const page = await read.ecr.send(new DescribeRepositoriesCommand({ nextToken }));
          return { items: page.repositories, next: page.nextToken };
        });
        return all.map(({ repositoryName: name, repositoryArn: arn }) => ({ id: name!, arn, name }));
      },
      tags: async ({ arn }) =>
        tagsFrom((await read.ecr.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags),
    }),
    look: ({ id }) =>
      presentIf(async () => {
        const answer = await read.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [id] }));
        return answer.repositories?.length;
      }),
    async remove({ id }) {
      await write.ecr.send(new DeleteRepositoryCommand({ repositoryName: id, force: true })); // with its images
      return GONE;
    },
  }),
};

/** Image repositories. */
export const ecr: readonly ResourceType[] = [repository];
