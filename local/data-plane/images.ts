import { join } from "node:path";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { Tools } from "./tools";

/** What runs on this machine in place of an image. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * The program for a container: MockServer's image is java with its jar, the AWS CLI's is the shell with an `aws`
 * command of this project, that of the Task API a stand-in. `undefined`: nothing here can run it.
 */
export function programFor(container: ContainerDefinition, tools: Tools): Program | undefined {
  const { entryPoint = [], command = [] } = container;
  switch (repositoryName(container.image ?? "")) {
    case "mockserver":
      return tools.mockServer && { command: "java", args: [...tools.mockServer, ...command] };
    case "aws-cli": {
      const [program = "aws", ...args] = [...entryPoint, ...command];
      return tools.mockServer && { command: program, args };
    }
    case "task-api":
      return tools.authorityFile === undefined
        ? undefined
        : { command: process.execPath, args: [join(__dirname, "task-api.mjs"), tools.authorityFile] };
    default:
      return undefined;
  }
}

/** `mockserver` of `public.ecr.aws/mockserver/mockserver:9.1.0`; an environment's suffix of the Task API's is cut off. */
export function repositoryName(image: string): string {
  const last = image.split("@")[0]!.split("/").at(-1)!.split(":")[0]!;
  return last.startsWith("task-api") ? "task-api" : last;
}
