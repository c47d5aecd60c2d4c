import { isSuccess, type Answer, type Call, type Forward, type ServicePatch } from "../call";
import type { Delays } from "../delays";
import { awsErrorAnswer } from "../error-shape";
import { formOf } from "../operation";
import { ownCall } from "../own-call";

/** When roles were created. */
export class Roles {
  private readonly startedByRole = new Map<string, number>();

  constructor(private readonly delays: Delays) {}

  created({ accountId }: Pick<Call, "accountId">, name: string): void {
    this.startedByRole.set(`${accountId} ${name}`, this.delays.started());
  }

  /** Whether Lambda can assume a role already: a new one takes its time to get around. */
  isUsable({ accountId }: Pick<Call, "accountId">, arn: string): boolean {
    const started = this.startedByRole.get(`${accountId} ${arn.split("/").at(-1)}`);
    return started === undefined || this.delays.isOver("rolePropagation", started);
  }
}

const WITH_BOUNDARY = new Set(["CreateRole", "PutRolePermissionsBoundary"]);

/** Permissions boundaries that must exist, and the age of roles. */
export function iam(roles: Roles): ServicePatch {
  return async (call, forward) => {
    const form = formOf(call);
    const boundary = WITH_BOUNDARY.has(call.operation) ? form?.get("PermissionsBoundary") : undefined;
    if (boundary && !(await policyExists(boundary, call, forward))) return noPolicy(call, boundary);
    const answer = await forward(call);
    if (call.operation === "CreateRole" && isSuccess(answer))
      roles.created(call, form?.get("RoleName") ?? "");
    return answer;
  };
}

async function policyExists(arn: string, { accountId, region }: Call, forward: Forward): Promise<boolean> {
  const form = { Action: "GetPolicy", Version: "2010-05-08", PolicyArn: arn };
  return isSuccess(await forward(ownCall({ accountId, region, service: "iam", form })));
}

function noPolicy(call: Call, arn: string): Answer {
  return awsErrorAnswer(call, {
    status: 404,
    code: "NoSuchEntity",
    message: `Scope ARN: ${arn} does not exist or is not attachable.`,
  });
}
