import { project, textOf, type DetailsInput, type Section } from "./sections";

export function adminSections({ stack, outputs }: DetailsInput): Section[] {
  const text = textOf(outputs);
  return [
    project(stack),
    {
      title: "ADMIN BOXES",
      rows: [
        ["Template", text("launch_template")],
        ["Policy", text("launcher_policy_arn")],
        ["Session log", text("session_log_group")],
        ["Dashboard", text("dashboard_name")],
      ],
    },
    {
      title: "QUICK START",
      rows: [
        ["", "automock admin up --reason 'why you need it'"],
        ["", "automock admin list"],
      ],
    },
    {
      title: "MANAGEMENT",
      rows: [
        ["Who may", "attach the policy above to their permission set or role"],
        ["Destroy", `automock destroy ${stack.id}`],
      ],
    },
  ];
}
