import { ListAccountAliasesCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Clients } from "../../../cleanup/aws/clients";
import type { Clock, Identity } from "../core/ports";

/** The account that the reaper really runs in, independent of its settings. An unreadable alias is an error, not "no alias". */
export function identity({ sts, iam }: Pick<Clients, "sts" | "iam">, region: string): Identity {
  return {
    async get() {
      const [{ Account }, { AccountAliases }] = await Promise.all([
        sts.send(new GetCallerIdentityCommand({})),
        iam.send(new ListAccountAliasesCommand({})),
      ]);
      if (Account === undefined) throw new Error("STS did not return the account");
      return { accountId: Account, region, alias: AccountAliases?.[0] };
    },
  };
}

/** The Lambda's clock, and AWS's own from the `Date` header of a fresh answer. */
export function clock({ sts }: Pick<Clients, "sts">): Clock {
  return {
    now: () => Date.now(),
    async authority() {
      let date: string | undefined;
      const command = new GetCallerIdentityCommand({});
      command.middlewareStack.add(
        (next) => async (args) => {
          const answer = await next(args);
          date = (answer.response as { headers?: Record<string, string> } | undefined)?.headers?.date;
          return answer;
        },
        { step: "deserialize", priority: "low", name: "dateHeader" },
      );
      await sts.send(command);
      const at = Date.parse(date ?? "");
      if (Number.isNaN(at)) throw new Error("the answer of STS has no readable Date header");
      return at;
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}
