import { logRows, project, teardown, textOf, type DetailsInput, type Section } from "./sections";

export function automockSections({ stack, outputs, terms, warned }: DetailsInput): Section[] {
  const { id, definition } = stack;
  const text = textOf(outputs);
  const automock = definition?.automock;
  const size = automock?.size;
  const url = text("mock_url");
  const isOpen = automock?.deployment.strategy === "rolling" && automock.controlPlaneAllowedCidrs.length > 0;
  const takesTokens = automock?.controlPlaneAuthentication !== "networksOnly";
  return [
    project(stack),
    {
      title: "ENDPOINTS",
      rows: [
        ["Mock API", url],
        ["Load balancer", text("alb_dns_name")],
        ["Dashboard", text("dashboard_name")],
      ],
    },
    {
      title: "COMPUTE RESOURCES",
      rows: [
        ["Cluster", text("cluster_name")],
        ["Service", text("service_name")],
        ["Size", typeof size === "object" ? `${size.cpuUnits} CPU units, ${size.memoryMiB} MiB` : size],
        ["Tasks", automock && `${automock.tasks.min} to ${automock.tasks.max}`],
      ],
    },
    {
      title: "STORAGE",
      rows: [
        ["Bucket", text("config_bucket")],
        ["Key", text("expectations_key")],
      ],
    },
    teardown(stack, outputs, { terms, warned }),
    {
      title: "QUICK START",
      rows: [
        ["", `MOCK_URL=${url}`],
        ["", `automock expectations push ${id} expectations.json`],
        ["", `curl "$MOCK_URL/greeting"   # one of your paths, from apiAllowedCidrs`],
        ...(isOpen
          ? ([
              ["", "# from controlPlaneAllowedCidrs; 403 from anywhere else:"],
              ["", `curl "$MOCK_URL/mockserver/ready"`],
              ...(takesTokens
                ? ([["", `JWT="Authorization: Bearer $(automock control-plane token ${id})"`]] as const)
                : []),
              [
                "",
                `curl -X PUT ${takesTokens ? '-H "$JWT" ' : ""}"$MOCK_URL/mockserver/retrieve?type=ACTIVE_EXPECTATIONS"`,
              ],
              ["", `automock dashboard ${id}`],
            ] as const)
          : []),
      ],
    },
    {
      title: "MANAGEMENT",
      rows: [
        ["Status", `automock status ${id}`],
        ["Expectations", `automock expectations history ${id}`],
        ["Destroy", `automock destroy ${id}`],
        ...logRows(outputs),
      ],
    },
  ];
}
