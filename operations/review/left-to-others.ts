import { isObject } from "../../contract/json";
import { splitAddress } from "../terraform/plan-json";

/** Whether something other than this code manages the attribute, so that its changes are not drift. */
export type LeftToOthers = (address: string, attribute: string) => boolean;

/** What comes along with an ignored attribute: an uploaded object brings its own `etag` and `version_id`. */
const COMPANIONS: Readonly<Record<string, RegExp>> = {
  aws_db_instance: /^(status|latest_restorable_time|engine_version_actual)$/,
  aws_dynamodb_table_item: /^id$/,
  aws_ecs_service: /^(desired_count|task_definition|deployments?)$/,
  aws_lambda_function: /^(code_sha256|last_modified|qualified_arn|source_code_(hash|size)|version)$/,
  aws_s3_object:
    /^(bucket_key_enabled|cache_control|checksum_\w+|content(_\w+)?|etag|kms_key_id|metadata|server_side_encryption|source(_hash)?|storage_class|version_id)$/,
  aws_secretsmanager_secret_version: /^(has_secret_string_wo|version_id|version_stages)$/,
};

/**
 * Of a resource with `ignore_changes`, what is ignored and what comes along with that. Everything else is the code's,
 * also what it leaves at a default.
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
    if (!Array.isArray(ignored) || ignored.length === 0) return false;
    return (
      ignored.includes(attribute) || (!(attribute in block) && (COMPANIONS[type]?.test(attribute) ?? false))
    );
  };
}
