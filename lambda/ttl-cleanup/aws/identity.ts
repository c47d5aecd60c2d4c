import { ListAccountAliasesCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
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
export function clock(clients: Pick<Clients, "sts">): Clock {
  const sts = clients.sts as STSClient;
  // Of the client, not of one command: passes that ask at the same time share the answer to another's command.
  const dates = new WeakMap<object, string>();
  sts.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const date = (answer.response as { headers?: Record<string, string> } | undefined)?.headers?.date;
      if (date !== undefined) dates.set(answer.output as object, date);
      return answer;
    },
    { step: "initialize", name: "dateHeader", override: true },
  );
  return {
    now: () => Date.now(),
    async authority() {
      const at = Date.parse(dates.get(await sts.send(new GetCallerIdentityCommand({}))) ?? "");
      if (Number.isNaN(at)) throw new Error("the answer of STS has no readable Date header");
      return at;
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}
