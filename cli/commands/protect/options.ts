import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addProtectCommand(program: Command): void {
  addProtection(program, true, {
    name: "protect",
    description: "keep an ephemeral environment after its expiry, until it is unprotected",
    after:
      "Its owner pays for it until someone unprotects it. A deletion that has begun stops before the next resource.",
  });
}

export function addUnprotectCommand(program: Command): void {
  addProtection(program, false, {
    name: "unprotect",
    description: "let a protected environment expire again",
    after:
      "If its time to live has ended, its owner is warned again and, where deletion is enabled, the reaper deletes it 55 minutes later. To keep the environment, extend it first.",
  });
}

function addProtection(
  program: Command,
  value: boolean,
  { name, description, after }: Readonly<Record<"name" | "description" | "after", string>>,
): void {
  program
    .command(name)
    .description(description)
    .argument("<stack>", "for example automock-demo-42")
    .addHelpText(
      "after",
      helpText({
        examples: [[`automock ${name} automock-demo-42`], [`automock ${name} automock-demo-42 --json`]],
        notes: [`${after} You can run the command twice without harm.`],
        json: "{ stack, accountId, region, protected, changed, owner, phase, expiresAt, minutesLeft, deletionEnabled, usdHourly: { expected }, atLeast }",
      }),
    )
    .action(
      handle(async (cli, stack: string) => {
        const { protectCommand } = await import("./run");
        await protectCommand(cli, stack, value);
      }),
    );
}
