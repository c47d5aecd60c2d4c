import { faultsOf } from "../../../environments/schema/faults";
import { prod } from "../../../environments/prod";
import { environmentSchema } from "../../../environments/schema/schema";

function faultsIn(delivery: unknown): string[] {
  const value = { ...prod, delivery };
  const { error } = environmentSchema.safeParse(value);
  return faultsOf("file", value, error?.issues ?? []).map(({ path, allowed, fix }) =>
    [path, allowed, fix].join(" | "),
  );
}

const gitHub = (environment: string) => ({ kind: "gitHub", repository: "acme/infra", environment });
const role = (name: string, externalId: string) => ({ kind: "role", roleArn: `arn:aws:iam::111122223333:role/${name}`, externalId }); // prettier-ignore

describe("the apply role's trust", () => {
  it.each([
    ["the same environment", gitHub("infrastructure"), gitHub("infrastructure")],
    // An external id is not a secret.
    ["the same role with another external id", role("jenkins", "plan"), role("jenkins", "apply")],
  ])("must differ from the plan role's: %s", (_, plan, apply) =>
    expect(faultsIn({ plan, apply })).toEqual([
      "delivery.apply | an identity other than delivery.plan, which runs unreviewed code from every pull request | " +
        "use a separate environment, service account or role that runs only approved code",
    ]),
  );

  it.each([
    ["another environment", gitHub("infrastructure-plan"), gitHub("infrastructure-prod")],
    ["another role", role("planner", "infra"), role("deployer", "infra")],
    ["another kind", role("planner", "infra"), gitHub("infrastructure-prod")],
    ["anyone where nobody plans", undefined, gitHub("infrastructure-prod")],
  ])("accepts %s", (_, plan, apply) => expect(faultsIn({ plan, apply })).toEqual([]));
});
