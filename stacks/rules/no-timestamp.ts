import type { Rule } from "./rule";

/** `timestamp()` changes in every plan. Only `terraform_data` may use it, because it can ignore the change. */
export const noTimestamp: Rule = function* (resources) {
  for (const { type, address, values: args } of resources) {
    if (type !== "terraform_data" && JSON.stringify(args).includes("timestamp()")) {
      yield {
        address,
        message: "timestamp() changes in every plan: store the time in a terraform_data.",
      };
    }
  }
};
