import { generateKeyPairSync, sign, verify } from "node:crypto";
import { signToken, type TokenClients } from "../../../operations/control-plane/token";
import { awsError } from "../../support/fake-clients";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const STACK = {
  id: "automock-staging",
  system: "automock",
  environment: "staging",
  accountId: "123456789012",
  region: "us-east-1",
} as const;
const ME = "arn:aws:sts::123456789012:assumed-role/developer/me";
const OPTIONS = { minutes: 15, now: Date.parse("2026-03-01T10:00:00.900Z") };

function clientsWith(signing: (input: Record<string, unknown>) => unknown): TokenClients {
  return {
    kms: { send: async ({ input }: { input: Record<string, unknown> }) => signing(input) },
    sts: { send: async () => ({ Arn: ME }) },
  } as unknown as TokenClients;
}

it("signs who may use which stack until when", async () => {
  const asked: Record<string, unknown>[] = [];
  const clients = clientsWith((input) => {
    asked.push(input);
    return { Signature: sign("RSA-SHA256", input.Message as Buffer, privateKey) };
  });
  const { token, subject, expiresAt } = await signToken(clients, STACK, OPTIONS);
  const [head, claims, signature] = token.split(".") as [string, string, string];
  const parsed = [head, claims].map(
    (part) => JSON.parse(Buffer.from(part, "base64url").toString()) as object,
  );
  expect(parsed).toEqual([
    { alg: "RS256", typ: "JWT" },
    { sub: ME, aud: "automock-staging", iat: 1772359200, exp: 1772360100 },
  ]);
  expect(
    verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, "base64url")),
  ).toBe(true);
  expect([subject, expiresAt.toISOString()]).toEqual([ME, "2026-03-01T10:15:00.000Z"]);
  expect(asked.map(({ Message: _, ...rest }) => rest)).toEqual([
    {
      KeyId: "alias/automock-staging-control-plane",
      SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_256",
      MessageType: "RAW",
    },
  ]);
});

it.each([
  [
    "NotFoundException",
    "automock-staging has no signing key (alias/automock-staging-control-plane): it is not deployed, or its control plane takes no tokens.\n" +
      "Set automock.controlPlaneAllowedCidrs and deploy it: automock deploy automock-staging.",
  ],
  [
    "AccessDeniedException",
    `${ME} may not sign tokens for automock-staging.\n` +
      "Ask for the right kms:Sign on its key, the output control_plane_key_arn of the stack.",
  ],
  ["ThrottlingException", "slower"],
])("explains %s", async (name, message) => {
  const clients = clientsWith(() => {
    throw awsError(name, "slower");
  });
  await expect(signToken(clients, STACK, OPTIONS)).rejects.toThrow(message);
});
