import { serviceOf } from "./resource-type";
import { RESOURCE_TYPES } from "./resource-types";

/**
 * The types that an ARN may be of; none when it goes with another resource, `undefined` when nobody knows it. Two
 * types may have the same ARNs: a composite alarm's looks like a metric alarm's.
 */
export function typesOfArn(arn: string): readonly string[] | undefined {
  const [, , service, , , ...rest] = arn.split(":");
  const resource = rest.join(":");
  const startsWithOne = (starts: readonly string[] = []) =>
    starts.some((start) => resource.startsWith(start));
  const ofService = RESOURCE_TYPES.filter((one) => serviceOf(one) === service);
  const types = ofService.filter(({ arns }) => startsWithOne(arns)).map(({ type }) => type);
  if (types.length > 0) return types;
  return ofService.some(({ arnParts }) => startsWithOne(arnParts)) ? [] : undefined;
}
