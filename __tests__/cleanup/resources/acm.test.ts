import { awsError } from "../../support/fake-clients";
import { found, handlerOf } from "../../support/handlers";

test("a certificate in use names its users", async () => {
  const user = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/theirs/1";
  const { handler } = handlerOf("acm:certificate", {
    DeleteCertificate: () => {
      throw awsError("ResourceInUseException");
    },
    DescribeCertificate: () => ({ Certificate: { InUseBy: [user] } }),
  });
  expect(await handler.remove(found("acm:certificate", "arn:certificate"))).toEqual({
    kind: "blocked",
    by: [user],
  });
});
