import type { Environment } from "../../environments/schema";
import { TaskApiStack } from "../../stacks/task-api/task-api-stack";
import { prodEnvironment, stagingEnvironment } from "./environments";
import { Template, type Resource } from "./template";

/** The Task API stack of an environment that has one. */
export function taskApi(environment: Environment): Template {
  return Template.ofApp((app) => new TaskApiStack(app, `task-api-${environment.name}`, environment));
}

export const prod = taskApi(prodEnvironment);
export const staging = taskApi(stagingEnvironment);
export const stacks = [
  ["prod", prod],
  ["staging", staging],
] as const;

/** The block of an argument that has one at most. */
export const block = (value: unknown) => (Array.isArray(value) ? value[0] : value) as Record<string, unknown>;
/** The first container of the only task definition. */
export const container = (template: Template) =>
  (JSON.parse(template.sole("aws_ecs_task_definition").container_definitions as string) as Resource[])[0]!;
/** The only alarm whose name ends like this. */
export const alarm = (template: Template, end: string): Resource => {
  const found = template
    .all("aws_cloudwatch_metric_alarm")
    .filter(({ alarm_name }) => String(alarm_name).endsWith(end));
  if (found.length !== 1) throw new Error(`${found.length} alarms end in ${end}`);
  return found[0]!;
};
