import type { PolicyStatement } from "./policy-document";

/**
 * Denies access without TLS or with a TLS version below 1.2.
 * Condition keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
 */
export function transportStatements(bucketArn: string): readonly PolicyStatement[] {
  const everyone = {
    effect: "Deny",
    actions: ["s3:*"],
    resources: [bucketArn, `${bucketArn}/*`],
    principals: { AWS: ["*"] },
  } as const;
  return [
    { sid: "DenyWithoutTls", ...everyone, conditions: { Bool: { "aws:SecureTransport": ["false"] } } },
    { sid: "DenyOldTls", ...everyone, conditions: { NumericLessThan: { "s3:TlsVersion": ["1.2"] } } },
  ];
}
