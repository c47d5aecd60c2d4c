/**
 * What to do about resources that exist although they are not in the state, from the errors of an apply.
 *
 * A cluster of ECS creates the log group of Container Insights by itself if it is missing
 * (https://github.com/aws/containers-roadmap/issues/2315). That data which arrives after a destroy brings it back is reported
 * for EKS (https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2763); no report for ECS is known, and none
 * denies it.
 *
 * @returns `undefined` if the errors are about something else
 */
export function explainAlreadyExists(errors: string, region: string): string | undefined {
  const text = errors.replaceAll(/\s+/g, " ");
  const groups = [
    ...text.matchAll(/CloudWatch Logs Log Group \(([^)\s]+)\)[^)]*?ResourceAlreadyExistsException/g),
  ];
  const records = [
    ...text.matchAll(
      /create resource record set \[name='(_[^']+?)\.?', type='CNAME'\] but it already exists/g,
    ),
  ];
  const lines = [
    ...unique(groups).map(
      (name) =>
        `The log group ${name} is left from an earlier life of this environment. If you do not need its logs, delete it:\n` +
        `  ${deleteLogGroup(region, name)}`,
    ),
    ...unique(records).map(
      (name) =>
        `The record ${name} proves another certificate for the same domain, which is not renewed without it. ` +
        "Use another domain, or, if no other certificate of the account has this domain, delete the record.",
    ),
  ];
  return lines.length === 0 ? undefined : lines.join("\n");
}

/** The command that deletes a log group. */
export function deleteLogGroup(region: string, name: string): string {
  return `aws logs delete-log-group --region ${region} --log-group-name ${name}`;
}

function unique(matches: readonly RegExpExecArray[]): readonly string[] {
  return [...new Set(matches.map(([, name]) => name!))];
}
