/** How the failure of a deployment begins that ECS has rolled back: written into the stack, found in what Terraform says. */
export const ROLLED_BACK = "ECS has rolled the deployment back";
