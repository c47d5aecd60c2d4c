import { InvalidArgumentError, type Command } from "commander";
import { handle } from "../../context";
import { helpText, termOf } from "../../help";

export const DEFAULT_TOKEN_MINUTES = 15;
const MAX_TOKEN_MINUTES = 60;

export function addControlPlaneCommand(program: Command): void {
  const group = program
    .command("control-plane")
    .description("sign a token that opens MockServer's control plane")
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: termOf,
    })
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock control-plane token automock-staging"],
          ["automock dashboard automock-staging", "a browser, with the token added"],
        ],
      }),
    );
  group
    .command("token")
    .argument("<stack>", "automock stack, for example automock-staging")
    .description("sign a token with the stack's KMS key, for callers in controlPlaneAllowedCidrs")
    .option(
      "--minutes <minutes>",
      `how long it is valid, 1 to ${MAX_TOKEN_MINUTES}`,
      minutes,
      DEFAULT_TOKEN_MINUTES,
    )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock control-plane token automock-staging"],
          ["automock --json control-plane token automock-staging | jq -r .token"],
        ],
        notes: [
          "Send it as the header Authorization: Bearer <token>.",
          "Needs the right kms:Sign on the key that the output control_plane_key_arn names. CloudTrail records each signature. A token opens one stack and cannot be revoked: keep it short-lived.",
        ],
        json: "{ stack, token, subject, expiresAt }",
      }),
    )
    .action(
      handle(async (cli, stack: string, options: { readonly minutes: number }) => {
        const { tokenCommand } = await import("./run");
        await tokenCommand(cli, stack, options.minutes);
      }),
    );
}

function minutes(text: string): number {
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_TOKEN_MINUTES) return Number(text);
  throw new InvalidArgumentError(`Use a whole number of minutes from 1 to ${MAX_TOKEN_MINUTES}.`);
}
