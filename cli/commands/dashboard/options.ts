import { InvalidArgumentError, type Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addDashboardCommand(program: Command): void {
  program
    .command("dashboard")
    .argument("<stack>", "automock stack, for example automock-staging")
    .description("open MockServer's dashboard of a stack on 127.0.0.1, with a token added to each request")
    .option("--port <port>", "port on 127.0.0.1; 0 for any that is free", port, 0)
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock dashboard automock-staging"],
          ["automock dashboard automock-staging --port 8081"],
        ],
        notes: [
          "Works from the networks in controlPlaneAllowedCidrs, with the right kms:Sign on the stack's key. The dashboard shows one of the tasks. Ctrl-C ends it.",
        ],
        json: "{ stack, url }",
      }),
    )
    .action(
      handle(async (cli, stack: string, options: { readonly port: number }) => {
        const { dashboardCommand } = await import("./run");
        await dashboardCommand(cli, stack, options.port);
      }),
    );
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("Use a port from 0 to 65535.");
}
