import { REQUIRED_TAGS } from "../../contract/tags";
import { blocks } from "../../contract/terraform-json";
import { ofType, type Rule } from "./rule";

/** Every provider must set the required tags, and every ECS service must propagate them to its tasks. */
export const requiredTags: Rule = function* (resources, { provider = {} }) {
  for (const configuration of provider.aws ?? []) {
    const tags = blocks(configuration.default_tags)[0]?.tags as Record<string, string> | undefined;
    const missing = REQUIRED_TAGS.filter((key) => !tags?.[key]);
    if (missing.length > 0) {
      yield {
        address: "provider.aws",
        message: `default_tags lack ${missing.join(", ")}: create them with tagsFor().`,
      };
    }
  }
  for (const { address, values: service } of ofType(resources, "aws_ecs_service")) {
    if (service.propagate_tags !== "SERVICE") {
      yield { address, message: 'Tasks get no tags: set propagateTags: "SERVICE".' };
    }
  }
};
