import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addImagesCommand(program: Command): void {
  program
    .command("images")
    .description("compare the pinned digests of the tasks' public images with their registries")
    .option("--update", "pin each image to its current digest")
    .addHelpText(
      "after",
      helpText({
        examples: [["automock images"], ["automock images --update", "then review, commit and deploy"]],
        notes: [
          "The exit code is 1 if an image is not pinned, or its tag has another digest now. Needs no credentials, but a network that reaches the registries.",
        ],
        json: "{ images: [{ image, pinned, current }], updated }",
      }),
    )
    .action(
      handle(async (cli, { update }: { readonly update?: true }) => {
        const { imagesCommand } = await import("./run");
        await imagesCommand(cli, update ?? false);
      }),
    );
}
