import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

/** Adds `expectations diff`. */
export function addExpectationsDiff(group: Command): void {
  group
    .command("diff")
    .argument("<stack>", "automock stack, for example automock-demo-42")
    .argument("[file]", "file to compare with (default: the newest version with the one before)")
    .description("show what callers would notice: mocks added, gone, changed or hidden")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations diff automock-demo-42 mocks.json"],
          ["automock expectations diff automock-demo-42", "show what the last push changed"],
        ],
        json: "{ stack, bucket, fromVersion, to, added: [{ id, request }], gone: [{ id, request }], changed: [{ id, request, keys }], hidden: [{ id, request, by }] }",
      }),
    )
    .action(
      handle(async (cli, id: string, file: string | undefined) => {
        const { diffCommand } = await import("./run");
        await diffCommand(cli, id, file);
      }),
    );
}
