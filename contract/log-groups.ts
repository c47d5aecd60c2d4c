/**
 * Starts of the names of a stack's log groups: its own, and those that services create under its names.
 *
 * @param prefix `<system>-<environment>`
 */
export function logGroupPrefixes(prefix: string): readonly string[] {
  return [
    `/${prefix}/`,
    `/aws/ecs/containerinsights/${prefix}/`,
    `/aws/rds/instance/${prefix}/`,
    `/aws/lambda/${prefix}/`,
  ];
}
