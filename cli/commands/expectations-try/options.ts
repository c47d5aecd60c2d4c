import { InvalidArgumentError, Option, type Command } from "commander";
import { TASK_SIZES } from "../../../contract/fargate";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { TryOptions } from "./run";

/** Adds `expectations try`. */
export function addExpectationsTry(group: Command): void {
  group
    .command("try")
    .argument("<file>", "JSON array of expectations")
    .description("answer here with a real MockServer, and tell which mock answered each request")
    .option("--port <port>", "port on 127.0.0.1; 0 for any that is free", port, 1080)
    .addOption(
      new Option("--size <size>", "size of the tasks whose memory MockServer gets")
        .choices(Object.keys(TASK_SIZES))
        .default("small"),
    )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock expectations try mocks.json"],
          ["automock expectations try mocks.json --port 8080 --size medium"],
        ],
        notes: [
          "A saved file is loaded within seconds. Ctrl-C ends it.",
          "Needs Java 17 or newer. MockServer is downloaded once (106 MB).",
        ],
        json: "for each request a line: { request, status, answeredBy, nearest: { id, why: [] } }",
      }),
    )
    .action(
      handle(async (cli, file: string, options: TryOptions) => {
        const { tryCommand } = await import("./run");
        await tryCommand(cli, file, options);
      }),
    );
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("Use a port from 0 to 65535.");
}
