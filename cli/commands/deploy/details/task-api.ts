import { logRows, project, teardown, textOf, type DetailsInput, type Section } from "./sections";

export function taskApiSections({ stack, outputs, terms, warned }: DetailsInput): Section[] {
  const { id, definition } = stack;
  const text = textOf(outputs);
  const tasks = definition?.taskApi?.tasks;
  return [
    project(stack),
    {
      title: "ENDPOINTS",
      rows: [
        ["Task API", text("api_url")],
        ["Dashboard", text("dashboard_name")],
      ],
    },
    {
      title: "COMPUTE RESOURCES",
      rows: [
        ["Cluster", text("cluster_name")],
        ["Service", text("service_name")],
        ["Task family", text("task_family")],
        ["Tasks", tasks && `${tasks.min} to ${tasks.max}`],
        ["Repository", text("repository_url")],
      ],
    },
    {
      title: "STORAGE",
      rows: [
        ["Database", text("database_address")],
        ["PostgreSQL", text("database_version")],
        ["Secret", text("database_secret_arn")],
      ],
    },
    teardown(stack, outputs, { terms, warned }),
    {
      title: "QUICK START",
      rows: [
        ["", `API_URL=${text("api_url")}`],
        ["", `npm run smoke -- "$API_URL"   # reads only, from the allowed networks`],
      ],
    },
    {
      title: "MANAGEMENT",
      rows: [
        ["Status", `automock status ${id}`],
        ["Release", "docs/task-api/delivery.md"],
        ["Destroy", `automock destroy ${id}`],
        ...logRows(outputs),
      ],
    },
  ];
}
