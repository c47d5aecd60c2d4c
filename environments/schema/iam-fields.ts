import { z } from "zod";

/** What the account asks of every role; most accounts ask for nothing. */
export const iam = z
  .strictObject({
    permissionsBoundaryArn: z
      .string()
      .regex(/^arn:aws(-cn|-us-gov)?:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/)
      .optional()
      .describe(
        "ARN of the policy that every role must carry; by default one that the bootstrap stack creates",
      ),
    path: z
      .string()
      .max(512)
      .regex(/^\/([\w+=,.@-]+\/)*$/)
      .optional()
      .describe(
        'path of the roles, starting and ending with a slash, for example "/delivery/"; by default "/"',
      ),
  })
  .describe("what the account asks of every role: { permissionsBoundaryArn, path }");
