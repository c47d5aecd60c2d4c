import { isObject } from "../../contract/json";
import { splitAddress } from "../terraform/plan-json";

/** Whether an attribute of a resource is nobody's drift: the code leaves it to others. */
export type LeftToOthers = (address: string, attribute: string) => boolean;

/**
 * Of a resource with `ignore_changes`, what is ignored and what the code does not set: an uploaded object brings its
 * own `etag` and `version_id` along. A resource without it is all the code's.
 *
 * @param synthesized `cdk.tf.json` of the stack
 */
export function leftToOthers(synthesized: unknown): LeftToOthers {
  const resources = isObject(synthesized) && isObject(synthesized.resource) ? synthesized.resource : {};
  return (address, attribute) => {
    const [type, id] = splitAddress(address).resource.split(".") as [string, string];
    const byId = resources[type];
    const block = isObject(byId) ? byId[id] : undefined;
    if (!isObject(block) || !isObject(block.lifecycle)) return false;
    const ignored = block.lifecycle.ignore_changes;
    if (ignored === "all") return true;
    return (
      Array.isArray(ignored) && ignored.length > 0 && (ignored.includes(attribute) || !(attribute in block))
    );
  };
}
